/* SPDX-License-Identifier: Apache-2.0 */

/* hci0 is never assumed: an adapter must be powered and able to be a central, and there may be several, or
 * one that is plugged in later (bluez.md 19). Everything that stands in the way has its own fault, so that
 * a person reads "blocked by rfkill" and not "not found". Faults come from the mirror and two folders of
 * sysfs; nothing here waits.
 *
 * BlueZ before 5.67 does not say why an adapter is off; rfkill's sysfs folder does. */

#include "ble/adapter.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

DEFINE_CLEANUP(DIR *, closedir)

const char *adapter_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

size_t adapter_connections(const struct objects *o, const char *path)
{
        const struct ble_device *d;
        size_t n = 0;

        for (size_t i = 0; (d = objects_device_at(o, i)); i++)
                n += d->connected && ble_path_is_below(d->path, path);
        return n;
}

/* The first line of a small file; "" if it cannot be read. */
static void read_line(int dir, const char *folder, const char *file, size_t size, char *ret)
{
        _cleanup_(closep) int fd = -1;
        char path[300];
        ssize_t n = 0;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, file);
        fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
                n = read(fd, ret, size - 1);
        ret[n > 0 ? n : 0] = '\0';
        ret[strcspn(ret, "\n")] = '\0';
}

/* Whether rfkill blocks this adapter; NULL asks for any Bluetooth radio (a blocked USB one may be
 * unplugged). */
static bool is_blocked(const char *sysfs, const char *name)
{
        _cleanup_(closedirp) DIR *dir = NULL;
        char path[256], type[16], owner[32], soft[4], hard[4];
        struct dirent *e;

        (void)snprintf(path, sizeof(path), "%s/class/rfkill", sysfs);
        dir = opendir(path);
        while (dir && (e = readdir(dir))) {
                if (e->d_name[0] == '.')
                        continue;
                read_line(dirfd(dir), e->d_name, "type", sizeof(type), type);
                read_line(dirfd(dir), e->d_name, "name", sizeof(owner), owner);
                read_line(dirfd(dir), e->d_name, "soft", sizeof(soft), soft);
                read_line(dirfd(dir), e->d_name, "hard", sizeof(hard), hard);
                if (strcmp(type, "bluetooth") == 0 && (!name || strcmp(owner, name) == 0) &&
                    (*soft == '1' || *hard == '1'))
                        return true;
        }
        return false;
}

/* Whether the kernel has a Bluetooth controller at all. */
static bool kernel_has_adapter(const char *sysfs)
{
        _cleanup_(closedirp) DIR *dir = NULL;
        char path[256];
        struct dirent *e;

        (void)snprintf(path, sizeof(path), "%s/class/bluetooth", sysfs);
        dir = opendir(path);
        while (dir && (e = readdir(dir)))
                if (strncmp(e->d_name, "hci", 3) == 0 && !strchr(e->d_name, ':')) /* "hci0:64" is a link */
                        return true;
        return false;
}

static bool is_wanted(const struct ble_adapter *a, const char *want)
{
        return !want || !*want || strcmp(adapter_name(a->path), want) == 0 ||
               strcasecmp(a->address, want) == 0;
}

/* Why an adapter of the mirror cannot be used; false if it can. */
static bool judge(const struct ble_adapter *a, const char *sysfs, struct trouble *ret)
{
        const char *name = adapter_name(a->path);

        if (a->has_roles && !a->central)
                (void)trouble_set(ret, FAULT_BT_NO_ADAPTER, "%s cannot connect to Low Energy devices", name);
        else if (a->powered)
                return false;
        else if (strcmp(a->power_state, "off-blocked") == 0 || is_blocked(sysfs, name))
                (void)trouble_set(ret, FAULT_BT_BLOCKED, "%s", name);
        else
                (void)trouble_set(ret, FAULT_BT_POWERED_OFF, "%s", name);
        return true;
}

static int no_adapter(struct adapter_choice *ret, const struct trouble *why)
{
        *ret = (struct adapter_choice){ .trouble = *why };
        return -ENODEV;
}

/* No adapter in bluetoothd's list. */
static int no_adapter_at_all(const char *sysfs, struct adapter_choice *ret)
{
        return no_adapter(ret, &(struct trouble){ .fault = is_blocked(sysfs, NULL) ? FAULT_BT_BLOCKED
                                                                                   : FAULT_BT_NO_ADAPTER });
}

static int choose_ready(const struct objects *o, const char *want, const char *sysfs,
                        struct adapter_choice *ret)
{
        struct trouble judged, first = {};
        const struct ble_adapter *a, *best = NULL;
        size_t connections, least = 0;
        char seen[96] = "";

        for (size_t i = 0; (a = objects_adapter_at(o, i)); i++) {
                (void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%s", *seen ? ", " : "",
                               adapter_name(a->path));
                if (!is_wanted(a, want))
                        continue;
                if (judge(a, sysfs, &judged)) {
                        if (first.fault == FAULT_NONE)
                                first = judged;
                        continue;
                }
                connections = adapter_connections(o, a->path);
                if (!best || connections < least) {
                        best = a;
                        least = connections;
                }
        }
        if (best) {
                *ret = (struct adapter_choice){};
                (void)snprintf(ret->path, sizeof(ret->path), "%s", best->path);
                return 0;
        }
        if (first.fault == FAULT_NONE && *seen)
                (void)trouble_set(&first, FAULT_BT_NO_ADAPTER, "there is no %s, but %s", want, seen);
        return first.fault != FAULT_NONE ? no_adapter(ret, &first) : no_adapter_at_all(sysfs, ret);
}

int adapter_choose(const struct objects *o, const char *want, const char *sysfs, struct adapter_choice *ret)
{
        switch (objects_state(o)) {
        case OBJECTS_LOADING: return -EAGAIN;
        case OBJECTS_READY: return choose_ready(o, want, sysfs, ret);
        case OBJECTS_DENIED: return no_adapter(ret, objects_trouble(o));
        case OBJECTS_NO_DAEMON:
        case OBJECTS_NO_BUS:
                /* udev starts bluetoothd when an adapter appears: without one, its absence is no news */
                if (!kernel_has_adapter(sysfs))
                        return no_adapter_at_all(sysfs, ret);
                return no_adapter(ret, objects_trouble(o));
        }
        return -EINVAL;
}
