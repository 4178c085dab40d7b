/* SPDX-License-Identifier: Apache-2.0 */

/* Version numbers of Device OS form a tree, not a line: 5.8.2 and 5.9 hold fixes that 6.0 and 6.1 lack. So a
 * behaviour is given as "since this version of each line", the way device.md 4 states it. */

#include "tests/sim/device/version.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int os_version_parse(const char *text, struct os_version *ret)
{
        struct os_version v = { 0 };
        int end = 0;

        if (*text < '0' || *text > '9')
                return -EINVAL;
        if (sscanf(text, "%3u.%3u.%3u-rc.%3u%n", &v.major, &v.minor, &v.patch, &v.rc, &end) == 4 &&
            !text[end] && v.rc > 0) {
                *ret = v;
                return 0;
        }
        v = (struct os_version){ 0 };
        end = 0;
        if (sscanf(text, "%3u.%3u.%3u%n", &v.major, &v.minor, &v.patch, &end) == 3 && !text[end]) {
                *ret = v;
                return 0;
        }
        v = (struct os_version){ 0 };
        end = 0;
        if (sscanf(text, "%3u.%3u%n", &v.major, &v.minor, &end) == 2 && !text[end]) {
                *ret = v;
                return 0;
        }
        return -EINVAL;
}

void os_version_format(struct os_version v, char ret[static OS_VERSION_TEXT_MAX])
{
        if (v.rc)
                snprintf(ret, OS_VERSION_TEXT_MAX, "%u.%u.%u-rc.%u", v.major, v.minor, v.patch, v.rc);
        else
                snprintf(ret, OS_VERSION_TEXT_MAX, "%u.%u.%u", v.major, v.minor, v.patch);
}

static int compare(unsigned a, unsigned b)
{
        return (a > b) - (a < b);
}

int os_version_compare(struct os_version a, struct os_version b)
{
        int r = compare(a.major, b.major);

        if (!r)
                r = compare(a.minor, b.minor);
        if (!r)
                r = compare(a.patch, b.patch);
        if (!r)
                r = compare(a.rc ? a.rc : ~0u, b.rc ? b.rc : ~0u);
        return r;
}

static bool since(struct os_version v, unsigned major, unsigned minor, unsigned patch)
{
        return os_version_compare(v, (struct os_version){ major, minor, patch, 0 }) >= 0;
}

static enum join_rule join_rule(struct os_version v)
{
        if (since(v, 6, 2, 0))
                return JOIN_VALIDATES;
        if (since(v, 6, 1, 0))
                return JOIN_CONNECTS_FIRST;
        if (since(v, 6, 0, 0))
                return JOIN_SAVES_FIRST;
        if (since(v, 5, 8, 2))
                return JOIN_VALIDATES;
        if (since(v, 5, 8, 0))
                return JOIN_CONNECTS_FIRST;
        return JOIN_SAVES_FIRST;
}

void os_behaviour(const struct platform *p, struct os_version v, struct os_behaviour *ret)
{
        bool rtl = p->chip == CHIP_RTL872X;
        bool six = since(v, 6, 0, 0);

        *ret = (struct os_behaviour){
                .join = join_rule(v),
                .setup_flag = !since(v, 4, 0, 0),
                .setup_code_in_advert = since(v, 3, 3, 0),
                .hidden_field = since(v, 5, 5, 0),
                .hidden_by_request = since(v, 5, 7, 0),
                .wpa3 = !rtl || since(v, 5, 5, 0),
                .stores_without_join = since(v, 6, 2, 0) || (!six && since(v, 5, 8, 2)),
                .protected_state = six,
                .set_protected_state = since(v, 6, 1, 1),
                .asset_info = since(v, 5, 7, 0),
                .iccid_with_imei = since(v, 6, 1, 0) || (!six && since(v, 5, 9, 0)),
                .padded_lists = !since(v, 4, 0, 1) || (since(v, 5, 0, 0) && !since(v, 5, 1, 0)),
                .stop_listening_kills_ble = rtl && since(v, 5, 4, 1),
                .empty_scan_resets_radio = rtl && since(v, 5, 5, 0),
                .ethernet = (p->has & PLATFORM_ETHERNET) && (!rtl || since(v, 5, 0, 0)),
                .thread_interface = (p->has & PLATFORM_THREAD) && !since(v, 2, 0, 0),
                .provisioning_mode = since(v, 3, 3, 0),
                .start_listening_refuses = since(v, 4, 0, 0),
        };
}

static const char *advert_prefix(const struct platform *p, struct os_version v)
{
        if (p->advert_prefix)
                return p->advert_prefix;
        if (!since(v, 5, 8, 0))
                return "Pseries";
        if (strcmp(p->key, "photon2") == 0 && since(v, 5, 8, 2))
                return "Photon 2";
        return "P2";
}

void os_advert_name(const struct platform *p, struct os_version v, const char *setup_code,
                    char ret[static ADVERT_NAME_MAX + 1])
{
        snprintf(ret, ADVERT_NAME_MAX + 1, "%s-%.6s", advert_prefix(p, v), setup_code);
}

bool os_runs_on(const struct platform *p, struct os_version v)
{
        struct os_version bound;

        if (os_version_parse(p->first_os, &bound) < 0 || os_version_compare(v, bound) < 0)
                return false;
        return !p->last_os ||
               (os_version_parse(p->last_os, &bound) == 0 && os_version_compare(v, bound) <= 0);
}
