/* SPDX-License-Identifier: Apache-2.0 */

/* sd-device gives its events to a loop only: this one has a loop of its own, which is turned when somebody
 * asks, and never waits. The monitor listens before the list is made, so that nothing falls between: a node
 * may be told twice. */

#include "setup/label/scanner/discover.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

enum { QUEUE_MAX = 64 };

static const char mark[] = "ID_USHER_SCANNER";
static const char *const subsystems[] = { "input", "tty", "hidraw" };

struct discover {
        sd_event *loop;
        sd_device_monitor *monitor;
        struct discovered queue[QUEUE_MAX];
        size_t n;
};

/* What is not in the queue any more when it is full is found when it is plugged in again. */
static void add(struct discover *d, sd_device *device, bool gone)
{
        const char *path, *value;

        if (sd_device_get_devname(device, &path) < 0 || strlen(path) >= sizeof(d->queue[0].path))
                return;
        if (!gone && (sd_device_get_property_value(device, mark, &value) < 0 || strcmp(value, "1") != 0))
                return;
        if (d->n == QUEUE_MAX)
                return;
        d->queue[d->n].gone = gone;
        (void)snprintf(d->queue[d->n].path, sizeof(d->queue[0].path), "%s", path);
        d->n++;
}

static int on_device(sd_device_monitor *monitor, sd_device *device, void *userdata)
{
        sd_device_action_t action;

        (void)monitor;
        if (sd_device_get_action(device, &action) >= 0)
                add(userdata, device, action == SD_DEVICE_REMOVE);
        return 0;
}

static int listen_(struct discover *d)
{
        int r = sd_event_new(&d->loop);

        if (r >= 0)
                r = sd_device_monitor_new(&d->monitor);
        if (r >= 0)
                r = sd_device_monitor_attach_event(d->monitor, d->loop);
        for (size_t i = 0; i < ELEMENTSOF(subsystems) && r >= 0; i++)
                r = sd_device_monitor_filter_add_match_subsystem_devtype(d->monitor, subsystems[i], NULL);
        if (r >= 0)
                r = sd_device_monitor_start(d->monitor, on_device, d);
        return r;
}

static int list(struct discover *d)
{
        sd_device_enumerator *e = NULL;
        int r = sd_device_enumerator_new(&e);

        if (r >= 0)
                r = sd_device_enumerator_add_match_property(e, mark, "1");
        if (r >= 0)
                for (sd_device *device = sd_device_enumerator_get_device_first(e); device;
                     device = sd_device_enumerator_get_device_next(e))
                        add(d, device, false);
        sd_device_enumerator_unref(e);
        return r;
}

int discover_start(struct discover **ret)
{
        _cleanup_(discover_freep) struct discover *d = calloc(1, sizeof(*d));
        int r;

        if (!d)
                return -ENOMEM;
        r = listen_(d);
        if (r >= 0)
                r = list(d);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

struct discover *discover_free(struct discover *d)
{
        if (!d)
                return NULL;
        sd_device_monitor_unref(d->monitor);
        sd_event_unref(d->loop);
        free(d);
        return NULL;
}

int discover_fd(const struct discover *d)
{
        return sd_event_get_fd(d->loop);
}

int discover_next(struct discover *d, struct discovered *ret)
{
        int r = 1;

        while (d->n < QUEUE_MAX && r > 0)
                r = sd_event_run(d->loop, 0);
        if (r < 0)
                return r;
        if (d->n == 0)
                return 0;
        *ret = d->queue[0];
        d->n--;
        memmove(d->queue, d->queue + 1, d->n * sizeof(d->queue[0]));
        return 1;
}
