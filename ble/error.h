/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What BlueZ's error replies mean for what to do next. */

#include <systemd/sd-bus.h>

enum bluez_error {
        BLUEZ_OK,
        BLUEZ_GONE,        /* the object is not there (any more): look for the device again */
        BLUEZ_IN_PROGRESS, /* an earlier attempt is still pending, maybe one of a client that died */
        BLUEZ_ALREADY,     /* what was asked for is so already */
        BLUEZ_ABORTED,     /* the routine failure of a radio: try again when Connected is false */
        BLUEZ_LIMIT,       /* no free connection: back off */
        BLUEZ_NOT_READY,   /* the adapter is off or going away */
        BLUEZ_NO_DAEMON,   /* bluetoothd is not running, or died under the call */
        BLUEZ_DENIED,      /* the bus or bluetoothd refuses */
        BLUEZ_NOT_OFFERED, /* this bluetoothd or this characteristic cannot do it: use the other way */
        BLUEZ_NO_ANSWER,   /* the call timed out */
        BLUEZ_FAILED,      /* anything else */
};

/* NULL and an unset error are BLUEZ_OK. */
enum bluez_error bluez_error_class(const sd_bus_error *e);

/* "le-connection-abort-by-local" or, where BlueZ says nothing better, the last part of the error's name.
 * Never NULL; points into `e` or to a literal. */
const char *bluez_error_text(const sd_bus_error *e);
