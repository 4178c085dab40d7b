/* SPDX-License-Identifier: Apache-2.0 */

/* What a scan hears, for as long as somebody listens. A device that is connected does not advertise; one
 * that this machine's bluetoothd holds a link to is listed all the same, as one that cannot be set up now.
 */

#include "ble/central.h"
#include "proto/base/timer.h"
#include "setup/ports/radio-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TELL_MS = 100 }; /* adverts come by the dozen: ten lists a second are enough */

struct listen {
        struct op op;
        sd_event *loop;
        struct central *central;
        struct op *browse;
        struct ble_mode mode;
        struct timer *timer; /* a list is due */
        radio_heard_fn told;
        void *userdata;
};

static void listen_free(struct op *op)
{
        struct listen *l = container_of(op, struct listen, op);

        timer_free(l->timer);
        op_free(l->browse);
        free(l);
}

static bool describe(const struct listen *l, const struct ble_device *d, struct heard_device *ret)
{
        if (!ble_is_setup_device(d, &l->mode) || (!d->present && !d->connected))
                return false;
        memset(ret, 0, sizeof(*ret)); /* with the padding: lists are compared as bytes */
        (void)snprintf(ret->name, sizeof(ret->name), "%.60s", d->name);
        (void)snprintf(ret->address, sizeof(ret->address), "%s", d->address);
        (void)ble_setup_code(d, &l->mode, ret->setup_code);
        ret->platform_id = ble_platform_id(d, &l->mode);
        ret->rssi = d->present ? d->rssi : 0;
        if (d->connected)
                ret->why = "connected to another client of this machine";
        else if (!*ret->setup_code)
                ret->why = "it does not tell its setup code";
        ret->connectable = !ret->why;
        return true;
}

static void tell(void *userdata)
{
        struct heard_device list[HEARD_MAX];
        struct listen *l = userdata;
        const struct ble_device *d;
        size_t n = 0;

        l->timer = timer_free(l->timer);
        for (size_t i = 0; n < HEARD_MAX && (d = objects_device_at(central_objects(l->central), i)); i++)
                n += describe(l, d, &list[n]);
        l->told(l->userdata, &(struct answer){}, list, n);
}

static void on_told(void *userdata, const struct central_found *f)
{
        struct listen *l = userdata;

        if (f->trouble.fault != FAULT_NONE)
                l->told(l->userdata, &(struct answer){ .trouble = f->trouble }, NULL, 0);
        else if (!l->timer)
                (void)timer_new(l->loop, TELL_MS, tell, l, &l->timer);
}

int radio_bluez_listen(sd_event *loop, struct central *central, radio_heard_fn told, void *userdata,
                       struct op **ret)
{
        struct listen *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        *l = (struct listen){ .op.free = listen_free,
                              .loop = loop,
                              .central = central,
                              .mode = ble_mode_listening(),
                              .told = told,
                              .userdata = userdata };
        r = central_browse(central, &l->mode, on_told, l, &l->browse);
        if (r < 0) {
                listen_free(&l->op);
                return r;
        }
        *ret = &l->op;
        return 0;
}
