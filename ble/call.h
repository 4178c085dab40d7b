/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One call of a method of bluetoothd's: the only way in which usher sends it anything. */

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct bluez_call {
        const char *path, *interface, *method;

        /* Appends the arguments, with `arg`; NULL: there are none. 0 or more, or a negative errno. */
        int (*fill)(sd_bus_message *m, const void *arg);
        const void *arg;

        /* Called once: with bluetoothd's answer, or with an error when `timeout_ms` (> 0) are over or the
         * bus is gone. NULL: nobody waits, and no answer is asked for. */
        sd_bus_message_handler_t done;
        unsigned timeout_ms;

        bool sensitive; /* sd-bus wipes the message when it has left */
};

/* Sends it; `slot` is where the caller keeps what waits for the answer: what it holds is given up first, so
 * that of two calls in one place only the later is answered. It may be NULL if `done` is. bluetoothd is
 * never started for a call: udev does that when there is an adapter. 0; -ENOTCONN: `bus` is NULL or closed;
 * -ENOMEM and the like. */
int bluez_call(sd_bus *bus, const struct bluez_call *call, void *userdata, sd_bus_slot **slot);

/* bluez_call.fill: an empty a{sv} of options. */
int bluez_no_options(sd_bus_message *m, const void *arg);

/* Closes the connection. What was sent on it gets a second to leave; a bus that answers nothing, or takes
 * nothing any more, does not keep us. NULL is taken and returned. */
sd_bus *bluez_bus_close(sd_bus *bus);
