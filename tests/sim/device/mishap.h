/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a virtual device can be told to do wrong, as one table: --fault NAME[=ARG][,OPTION]... of usher-sim,
 * and struct mishap for tests in C. `times=K` limits a mishap to the first K connections (radio and session)
 * or to the first K occasions (requests). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mishap_kind {
        /* radio and session */
        MISHAP_DROP_AFTER_BYTES,
        MISHAP_DROP_AFTER_RX,
        MISHAP_DROP_AFTER_TX,
        MISHAP_SILENT_AFTER_BYTES,
        MISHAP_VERSION,
        MISHAP_NO_SECRET,
        MISHAP_BAD_PROOF,
        MISHAP_BAD_CONFIRM,
        MISHAP_BAD_TAG,
        MISHAP_PAD_FRAMES,
        MISHAP_REFUSE_LINK,
        MISHAP_NOT_ADVERTISING,
        MISHAP_DROP_AT_REQUEST,
        MISHAP_WRONG_DEVICE,
        /* requests */
        MISHAP_SILENT_AT_REQUEST,
        MISHAP_RESULT,
        MISHAP_HOSTILE_TEXT,
        MISHAP_JOIN_RACE,
        MISHAP_JOIN_DROPS_LINK,
        MISHAP_SCAN_EMPTY,
        MISHAP_MODEM_ERROR,
        MISHAP_OTA_DISABLED,
        MISHAP_OTA_CORRUPT,
        /* the way to the cloud */
        MISHAP_NO_ASSOCIATION,
        MISHAP_NO_ADDRESS,
        MISHAP_NO_DNS,
        MISHAP_NO_INTERNET,
        MISHAP_UDP_BLOCKED,
        MISHAP_BAD_KEYS,
        MISHAP_RESUMED_SESSION,
        MISHAP_LOW_POWER,
        MISHAP_REBOOTING,
        _MISHAP_MAX,
};

struct mishap {
        enum mishap_kind kind;
        uint32_t arg;   /* bytes, request type, version, count, milliseconds */
        int32_t result; /* MISHAP_RESULT */
        bool after;     /* MISHAP_DROP_AT_REQUEST: the reply is lost instead of the request */
        unsigned times; /* 0 = always */
        unsigned used;  /* occasions so far; the device counts in its copy */
};

/* Whether `times` counts connections; else occasions. */
static inline bool mishap_per_connection(enum mishap_kind kind)
{
        return kind <= MISHAP_WRONG_DEVICE;
}

/* -ENOENT: no such name, -EINVAL: its argument is missing or wrong; *ret_why (static text) says which. */
int mishap_parse(const char *text, const char **ret_why, struct mishap *ret);

/* The table, for --help: NULL beyond its end. `arg` is NULL if there is none. */
const char *mishap_describe(size_t i, const char **ret_arg, const char **ret_summary);
