/* SPDX-License-Identifier: Apache-2.0 */

/* One table from what bluetoothd says to what it means. BlueZ up to 5.6x answers most connection failures
 * with org.bluez.Error.Failed and puts the reason into the message, so the message is looked at first. */

#include "ble/error.h"
#include "ble/bluez-names.h"
#include "proto/base/cleanup.h"
#include <string.h>

static const struct {
        const char *text; /* a part of the message, or the whole name */
        enum bluez_error class;
} by_message[] = {
        { "le-connection-abort-by-local", BLUEZ_ABORTED },
        { "le-connection-abort-by-remote", BLUEZ_ABORTED },
        { "le-connection-timeout", BLUEZ_ABORTED },
        { "le-connection-refused", BLUEZ_ABORTED },
        { "le-connection-link-layer-protocol-error", BLUEZ_ABORTED },
        { "le-connection-unknown", BLUEZ_ABORTED },
        { "le-connection-busy", BLUEZ_ABORTED }, /* the kernel has another LE connection pending */
        { "le-connection-already-connected", BLUEZ_ALREADY },
        { "le-connection-concurrent-connection-limit", BLUEZ_LIMIT },
        { "le-connection-memory-allocation", BLUEZ_LIMIT },
        { "le-connection-adapter-not-powered", BLUEZ_NOT_READY },
        { "Software caused connection abort", BLUEZ_ABORTED }, /* strerror texts of older releases */
        { "Connection reset by peer", BLUEZ_ABORTED },
        { "Too many links", BLUEZ_LIMIT },
        { "Host is down", BLUEZ_ABORTED },
        { "Not connected", BLUEZ_ABORTED },
        { "No discovery started", BLUEZ_ALREADY }, /* StopDiscovery after the scan ended by itself */
}, by_name[] = {
        { SD_BUS_ERROR_UNKNOWN_OBJECT, BLUEZ_GONE },
        { SD_BUS_ERROR_UNKNOWN_INTERFACE, BLUEZ_GONE },
        /* libdbus servers answer UnknownMethod for a path that is not there; a method that is really missing
         * (AcquireWrite of an old daemon) is told apart by who asks: see link-acquire.c */
        { SD_BUS_ERROR_UNKNOWN_METHOD, BLUEZ_GONE },
        { BLUEZ_ERROR "DoesNotExist", BLUEZ_GONE },
        { BLUEZ_ERROR "InProgress", BLUEZ_IN_PROGRESS },
        { BLUEZ_ERROR "Busy", BLUEZ_IN_PROGRESS },
        { BLUEZ_ERROR "AlreadyConnected", BLUEZ_ALREADY },
        { BLUEZ_ERROR "NotConnected", BLUEZ_ABORTED },
        { BLUEZ_ERROR "ConnectionAttemptFailed", BLUEZ_ABORTED },
        { BLUEZ_ERROR "NotReady", BLUEZ_NOT_READY },
        { BLUEZ_ERROR "NotAvailable", BLUEZ_NOT_READY },
        { BLUEZ_ERROR "NotSupported", BLUEZ_NOT_OFFERED },
        { BLUEZ_ERROR "NotPermitted", BLUEZ_NOT_OFFERED }, /* somebody else has acquired the characteristic */
        { BLUEZ_ERROR "NotAuthorized", BLUEZ_DENIED },
        { BLUEZ_ERROR "Blocked", BLUEZ_DENIED },
        { SD_BUS_ERROR_ACCESS_DENIED, BLUEZ_DENIED },
        { SD_BUS_ERROR_SERVICE_UNKNOWN, BLUEZ_NO_DAEMON },
        { SD_BUS_ERROR_NAME_HAS_NO_OWNER, BLUEZ_NO_DAEMON },
        { "org.freedesktop.DBus.Error.Disconnected", BLUEZ_NO_DAEMON },
        { SD_BUS_ERROR_NO_REPLY, BLUEZ_NO_ANSWER }, /* also: bluetoothd died under the call */
        { SD_BUS_ERROR_TIMEOUT, BLUEZ_NO_ANSWER },
        { "System.Error.ETIMEDOUT", BLUEZ_NO_ANSWER },
        { "System.Error.ECONNRESET", BLUEZ_NO_DAEMON },
        { "System.Error.ENOTCONN", BLUEZ_NO_DAEMON },
};

enum bluez_error bluez_error_class(const sd_bus_error *e)
{
        if (!e || !e->name)
                return BLUEZ_OK;
        if (e->message)
                for (size_t i = 0; i < ELEMENTSOF(by_message); i++)
                        if (strstr(e->message, by_message[i].text))
                                return by_message[i].class;
        for (size_t i = 0; i < ELEMENTSOF(by_name); i++)
                if (strcmp(e->name, by_name[i].text) == 0)
                        return by_name[i].class;
        return BLUEZ_FAILED;
}

const char *bluez_error_text(const sd_bus_error *e)
{
        const char *dot;

        if (!e || !e->name)
                return "no error";
        if (e->message && *e->message)
                return e->message;
        dot = strrchr(e->name, '.');
        return dot && dot[1] ? dot + 1 : e->name;
}
