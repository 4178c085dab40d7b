/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The products that set up over Bluetooth LE, as one table (device.md 2.4, 3.1, 3.2). */

#include <stddef.h>

enum chip {
        CHIP_NRF52840, /* one link, not advertising while connected */
        CHIP_RTL872X,  /* a new link silently takes the place of the old one */
};

enum {
        PLATFORM_WIFI = 1 << 0,
        PLATFORM_CELLULAR = 1 << 1,
        PLATFORM_ETHERNET = 1 << 2, /* may have an Ethernet wing or chip */
        PLATFORM_THREAD = 1 << 3,   /* 802.15.4 radio, in the interface list before Device OS 2.0 */
        PLATFORM_5GHZ = 1 << 4,
};

struct platform {
        const char *key;   /* "argon": the word on command lines and in results */
        const char *title; /* "Argon" */
        unsigned id;
        enum chip chip;
        unsigned has;              /* PLATFORM_* */
        const char *advert_prefix; /* NULL: depends on the version */
        const char *serial_prefix; /* what its serial numbers begin with */
        const char *first_os;
        const char *last_os; /* NULL = still supported */
};

/* NULL if there is none. */
const struct platform *platform_by_key(const char *key);

/* By how its serial number begins; NULL if that tells nothing. */
const struct platform *platform_by_serial(const char *serial);

/* In the table's order; NULL at the end. */
const struct platform *platform_at(size_t i);
