/* SPDX-License-Identifier: Apache-2.0 */

/* BlueZ: what a scan hears, for as long as the list lives. The sim radio: the sockets in its folder, looked
 * at twice a second, since a socket's name is all that a device tells there.
 *
 * A device that is connected does not advertise. One that this machine's bluetoothd holds a link to is
 * listed all the same, as one that cannot be set up now. */

#include "setup/ports/heard.h"
#include "ble/central.h"
#include "proto/base/timer.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_MS = 500, TELL_MS = 100 };

struct heard {
        struct sd_event *loop;
        const struct heard_events *events;
        void *userdata;
        struct heard_device device[HEARD_MAX];
        size_t n;
        struct timer *timer;

        struct central *central; /* BlueZ */
        struct op *browse;
        struct ble_mode mode;

        char dir[256]; /* sim */
};

static int compare(const void *a, const void *b)
{
        const struct heard_device *x = a, *y = b;
        int rx = x->rssi ? x->rssi : -128, ry = y->rssi ? y->rssi : -128;

        return rx != ry ? ry - rx : strcmp(x->address, y->address);
}

/* Replaces the list, and tells if it is another one. */
static void set_list(struct heard *n, struct heard_device *device, size_t count)
{
        qsort(device, count, sizeof(*device), compare);
        if (count == n->n && memcmp(device, n->device, count * sizeof(*device)) == 0)
                return;
        memcpy(n->device, device, count * sizeof(*device));
        n->n = count;
        n->events->changed(n->userdata);
}

/* BlueZ */
static bool describe(const struct heard *n, const struct ble_device *d, struct heard_device *ret)
{
        if (!ble_is_setup_device(d, &n->mode) || (!d->present && !d->connected))
                return false;
        memset(ret, 0, sizeof(*ret)); /* with the padding: lists are compared as bytes */
        (void)snprintf(ret->name, sizeof(ret->name), "%.60s", d->name);
        (void)snprintf(ret->address, sizeof(ret->address), "%s", d->address);
        (void)ble_setup_code(d, &n->mode, ret->setup_code);
        ret->platform_id = ble_platform_id(d, &n->mode);
        ret->rssi = d->present ? d->rssi : 0;
        if (d->connected)
                ret->why = "connected to another client of this machine";
        else if (!*ret->setup_code)
                ret->why = "it does not tell its setup code";
        ret->connectable = !ret->why;
        return true;
}

static void look_bluez(void *userdata)
{
        struct heard_device list[HEARD_MAX];
        struct heard *n = userdata;
        const struct ble_device *d;
        size_t count = 0;

        n->timer = timer_free(n->timer);
        for (size_t i = 0; count < HEARD_MAX && (d = objects_device_at(central_objects(n->central), i)); i++)
                count += describe(n, d, &list[count]);
        set_list(n, list, count);
}

/* Adverts come by the dozen; the list is told ten times a second. */
static void on_told(void *userdata, const struct central_found *f)
{
        struct heard *n = userdata;

        if (f->fault != FAULT_NONE)
                n->events->failed(n->userdata, f->fault, f->cause);
        else if (!n->timer)
                (void)timer_new(n->loop, TELL_MS, look_bluez, n, &n->timer);
}

/* sim */
static void look_sim(void *userdata)
{
        struct heard_device list[HEARD_MAX];
        struct heard *n = userdata;
        DIR *dir = opendir(n->dir);
        struct dirent *e;
        struct stat st;
        size_t count = 0;

        n->timer = timer_free(n->timer);
        if (!dir) {
                n->events->failed(n->userdata, FAULT_CONFIG, "the folder of the sim radio cannot be read");
                return;
        }
        while (count < HEARD_MAX && (e = readdir(dir))) {
                const char *dash = strrchr(e->d_name, '-');

                if (fstatat(dirfd(dir), e->d_name, &st, 0) < 0 || !S_ISSOCK(st.st_mode) ||
                    strlen(e->d_name) >= HEARD_TEXT_MAX)
                        continue;
                memset(&list[count], 0, sizeof(list[count]));
                (void)snprintf(list[count].name, HEARD_TEXT_MAX, "%s", e->d_name);
                (void)snprintf(list[count].address, HEARD_TEXT_MAX, "%s", e->d_name);
                if (dash && strlen(dash + 1) == 6)
                        (void)snprintf(list[count].setup_code, sizeof(list[count].setup_code), "%s",
                                       dash + 1);
                list[count++].connectable = true; /* the socket is there only while the device advertises */
        }
        (void)closedir(dir);
        (void)timer_new(n->loop, LOOK_MS, look_sim, n, &n->timer);
        set_list(n, list, count);
}

/* life */
int heard_new(struct sd_event *loop, const char *spec, const struct heard_events *events, void *userdata,
              struct heard **ret)
{
        _cleanup_(heard_freep) struct heard *n = calloc(1, sizeof(*n));
        const char *colon = spec ? strchr(spec, ':') : NULL;
        int r;

        if (!n)
                return -ENOMEM;
        n->loop = loop;
        n->events = events;
        n->userdata = userdata;
        if (spec && strncmp(spec, "sim:", 4) == 0 && spec[4] && strlen(spec) < sizeof(n->dir)) {
                (void)snprintf(n->dir, sizeof(n->dir), "%s", spec + 4);
                r = timer_new(loop, 0, look_sim, n, &n->timer);
        } else if (!spec || strcmp(spec, "bluez") == 0 || (strncmp(spec, "bluez:", 6) == 0 && spec[6])) {
                n->mode = ble_mode_listening();
                r = central_new(
                        &(struct central_config){ .loop = loop, .adapter = colon ? colon + 1 : NULL },
                        &n->central);
                if (r == 0)
                        r = central_browse(n->central, &n->mode, on_told, n, &n->browse);
        } else {
                r = -EINVAL;
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(n);
        return 0;
}

struct heard *heard_free(struct heard *n)
{
        if (!n)
                return NULL;
        n->timer = timer_free(n->timer);
        n->browse = op_free(n->browse);
        n->central = central_free(n->central);
        free(n);
        return NULL;
}

const struct heard_device *heard_at(const struct heard *n, size_t i)
{
        return i < n->n ? &n->device[i] : NULL;
}
