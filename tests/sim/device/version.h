/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Device OS versions and what they change for a client (device.md 4). Every difference is a
 * field of struct os_behaviour; nothing else in the virtual device compares version numbers. */

#include "tests/sim/device/platform.h"
#include <stdbool.h>
#include <stddef.h>

struct os_version {
        unsigned major, minor, patch;
        unsigned rc; /* 0 = a release */
};

enum { OS_VERSION_TEXT_MAX = 48 };

/* "6.2.0", "6.2", "3.3.1-rc.1". -EINVAL for anything else. */
int os_version_parse(const char *text, struct os_version *ret);
void os_version_format(struct os_version v, char ret[static OS_VERSION_TEXT_MAX]);

/* < 0, 0, > 0; a release candidate comes before its release. */
int os_version_compare(struct os_version a, struct os_version b);

/* What 500 does (device.md 4.3). */
enum join_rule {
        JOIN_SAVES_FIRST,    /* save, connect by scan, roll back: every failure is -170 */
        JOIN_CONNECTS_FIRST, /* network first, then validate, which disconnects again */
        JOIN_VALIDATES,      /* validate, save, then connect, also while listening */
};

struct os_behaviour {
        enum join_rule join;
        bool setup_flag;           /* 73/74 keep a real flag that boot obeys (device.md 4.2) */
        bool setup_code_in_advert; /* manufacturer data holds the setup code (device.md 3.1) */
        bool hidden_field;         /* 500 knows `hidden` (device.md 4.3) */
        bool hidden_by_request;    /* RTL: a hidden network takes the request's security (device.md 4.3) */
        bool wpa3;                 /* RTL: experimental since 5.5.0; nRF: as far as the NCP knows it */
        bool stores_without_join;  /* 507 (device.md 4.1) */
        bool protected_state;      /* 76 (device.md 4.1) */
        bool set_protected_state;  /* 77 (device.md 4.1) */
        bool asset_info;           /* 91 (device.md 4.1) */
        bool iccid_with_imei;      /* 554 (device.md 4.1) */
        bool padded_lists;         /* list replies end in zero bytes (device.md 3.4) */
        bool stop_listening_kills_ble; /* RTL: 71 takes the BT stack down before its reply (device.md 3.8) */
        bool empty_scan_resets_radio;  /* RTL: (device.md 3.8) */
        bool ethernet;                 /* P2 class: Ethernet since 5.0.0 */
        bool thread_interface;         /* mesh radio in the interface list, before 2.0 (device.md 4.1) */
        bool provisioning_mode;        /* 3.3.0 (device.md 4.4) */
        bool start_listening_refuses;  /* 70 says -130 when listening mode is disabled, since 4.0.0
                                          (device.md 4.4) */
};

void os_behaviour(const struct platform *p, struct os_version v, struct os_behaviour *ret);

/* The advertised name "Argon-ABCDEF" (device.md 3.1). */
enum { ADVERT_NAME_MAX = 29 };
void os_advert_name(const struct platform *p, struct os_version v, const char *setup_code,
                    char ret[static ADVERT_NAME_MAX + 1]);

/* False if this version was never made for this platform. */
bool os_runs_on(const struct platform *p, struct os_version v);
