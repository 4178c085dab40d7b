/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Faults: what a person must act on. Mechanics travel as negative errno; whatever ends or holds up a setup
 * is one row of this table, with the sentence and the advice that every surface shows (CLI, events, D-Bus,
 * man page). */

#include <stdbool.h>
#include <stddef.h>

enum fault {
        FAULT_NONE,
        FAULT_INTERNAL,
        FAULT_USAGE,
        FAULT_CONFIG,
        FAULT_INSTALLATION,
        FAULT_CLOCK,
        FAULT_STORE,
        FAULT_SCANNER,
        FAULT_SCAN_BROKEN,
        FAULT_LABEL_UNREADABLE,
        FAULT_LABEL_INVALID,
        FAULT_LABEL_NO_SECRET,
        FAULT_LABEL_PARTIAL_SECRET,
        FAULT_LABEL_AMBIGUOUS,
        FAULT_DEVICE_NOT_FOUND,
        FAULT_SECRET_MISMATCH,
        FAULT_BT_NO_ADAPTER,
        FAULT_BT_POWERED_OFF,
        FAULT_BT_BLOCKED,
        FAULT_BT_NO_DAEMON,
        FAULT_BT_NOT_PERMITTED,
        FAULT_BT_CONNECT,
        FAULT_BT_BUSY,
        FAULT_LINK_LOST,
        FAULT_LINK_SILENT,
        FAULT_LINK_PROTOCOL,
        FAULT_DEVICE_NO_SECRET,
        FAULT_DEVICE_VERSION,
        FAULT_DEVICE_WRONG,
        FAULT_DEVICE_REFUSED,
        FAULT_DEVICE_PROTECTED,
        FAULT_DEVICE_UNSUPPORTED,
        FAULT_FIRMWARE,
        FAULT_WIFI_JOIN,
        FAULT_WIFI_PASSWORD,
        FAULT_WIFI_NOT_SEEN,
        FAULT_WIFI_WEAK,
        FAULT_WIFI_SETTINGS,
        FAULT_SIM,
        FAULT_MODEM,
        FAULT_ETHERNET,
        FAULT_DEVICE_OFFLINE,
        FAULT_DEVICE_NO_ADDRESS,
        FAULT_DEVICE_NO_INTERNET,
        FAULT_DEVICE_CLOUD_BLOCKED,
        FAULT_DEVICE_KEYS,
        FAULT_TOKEN_MISSING,
        FAULT_TOKEN_INVALID,
        FAULT_TOKEN_EXPIRED,
        FAULT_TOKEN_SCOPE,
        FAULT_SIGN_IN,
        FAULT_SIGN_IN_CODE,
        FAULT_CLOUD_UNREACHABLE,
        FAULT_CLOUD_REFUSED,
        FAULT_CLOUD_NOT_FOUND,
        FAULT_CLOUD_BUSY,
        FAULT_CLOUD_SERVER,
        FAULT_CLOUD_ANSWER,
        FAULT_CLAIM_FOREIGN,
        FAULT_CLAIM_REFUSED,
        FAULT_CLAIM_OFFLINE,
        FAULT_CLAIM_LIMIT,
        FAULT_PENDING,
        FAULT_TIMEOUT,
        FAULT_BATCH,
        FAULT_CANCELLED,
        _FAULT_MAX,
};

/* Exit codes: design.md 6. */
enum {
        EXIT_DONE = 0,
        EXIT_INTERNAL = 1,
        EXIT_USAGE = 2,
        EXIT_LABEL = 10,
        EXIT_NOT_FOUND = 11,
        EXIT_SECRET = 12,
        EXIT_BLUETOOTH = 13,
        EXIT_REFUSED = 14,
        EXIT_WIFI = 15,
        EXIT_SIM = 16,
        EXIT_DEVICE_CLOUD = 17,
        EXIT_TOKEN = 18,
        EXIT_CLOUD = 19,
        EXIT_CLAIM = 20,
        EXIT_PENDING = 21,
        EXIT_TIMEOUT = 22,
        EXIT_BATCH = 24,
        EXIT_CANCELLED = 130,
};

struct fault_info {
        const char *key;      /* stable: events, reports, documentation. "wifi-join" */
        const char *sentence; /* what is wrong, for a person */
        const char *advice;   /* what to do next */
        const char *bus_name; /* the last part of the D-Bus error name: "WifiJoin" */
        int exit_code;
        bool again; /* the same setup may be tried again without changing anything */
        bool retry; /* that is worth it after a pause, by itself: what is in the way may be gone without a
                     * person. Never without `again` */
};

/* Never NULL; FAULT_NONE has key "none" and exit code 0. */
const struct fault_info *fault_info(enum fault f);

/* The one with that key; FAULT_INTERNAL if there is none. */
enum fault fault_find(const char *key);

/* What an exit code stands for, in ascending order; NULL past the end. */
struct fault_code {
        int code;
        const char *meaning; /* "Wi-Fi." */
};
const struct fault_code *fault_code_at(size_t i);
