/* SPDX-License-Identifier: Apache-2.0 */

/* Every call has the same three properties, so they are set in one place: it does not start bluetoothd
 * (bluez.md 12), it ends by a deadline, and it does not block. */

#include "ble/call.h"
#include "ble/bluez-names.h"
#include "proto/base/cleanup.h"
#include "proto/base/timer.h"
#include <errno.h>

enum { CLOSE_MS = 1000 };

static int send_call(sd_bus *bus, sd_bus_message *m, const struct bluez_call *call, void *userdata,
                     sd_bus_slot **slot)
{
        int r;

        if (!call->done) {
                r = sd_bus_message_set_expect_reply(m, false);
                return r < 0 ? r : sd_bus_send(bus, m, NULL);
        }
        return sd_bus_call_async(bus, slot, m, call->done, userdata, (uint64_t)call->timeout_ms * 1000);
}

int bluez_call(sd_bus *bus, const struct bluez_call *call, void *userdata, sd_bus_slot **slot)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        int r;

        /* sd-bus takes 0 for "the default", which is 25 s and not ours */
        if (call->done && call->timeout_ms == 0)
                return -EINVAL;
        if (slot)
                *slot = sd_bus_slot_unref(*slot);
        if (!bus)
                return -ENOTCONN;
        r = sd_bus_message_new_method_call(bus, &m, BLUEZ_BUS_NAME, call->path, call->interface,
                                           call->method);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(m, false);
        if (r >= 0 && call->sensitive)
                r = sd_bus_message_sensitive(m);
        if (r >= 0 && call->fill)
                r = call->fill(m, call->arg);
        if (r >= 0)
                r = send_call(bus, m, call, userdata, slot);
        return r < 0 ? r : 0;
}

int bluez_no_options(sd_bus_message *m, const void *arg)
{
        (void)arg;
        return sd_bus_message_append(m, "a{sv}", 0);
}

/* sd_bus_flush() would wait for as long as it takes: for the bus to say hello, and for room in its socket.
 */
sd_bus *bluez_bus_close(sd_bus *bus)
{
        uint64_t end = timer_now_ms() + CLOSE_MS, n;

        while (bus && sd_bus_is_ready(bus) > 0 && sd_bus_get_n_queued_write(bus, &n) >= 0 && n > 0 &&
               timer_now_ms() < end)
                if (sd_bus_process(bus, NULL) == 0 && sd_bus_wait(bus, CLOSE_MS * 1000 / 10) < 0)
                        break;
        return sd_bus_close_unref(bus);
}
