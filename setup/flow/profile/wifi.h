/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One Wi-Fi network that a device may join, and its name and security in words. */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include "proto/message.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wifi_network {
        uint8_t ssid[WIFI_SSID_MAX]; /* bytes, passed on unchanged */
        size_t ssid_len;
        int security; /* enum wifi_security */
        bool hidden;
        struct secret *password; /* NULL: open, or not read yet */
        char *password_file;     /* as written; NULL once it has been read */
        char *qr_file;           /* text of a WIFI: code with all of it; NULL once it has been read */
};

void wifi_network_done(struct wifi_network *n);

/* What it must be like to have a chance. -EINVAL with *ret_trouble filled. */
int wifi_network_check(const struct wifi_network *n, struct trouble *ret_trouble);

/* The text of a QR code, "WIFI:T:WPA;S:name;P:password;;". The network is checked and the caller's. -EINVAL
 * with *ret_trouble filled, -ENOMEM. */
int wifi_network_from_qr(const char *text, size_t len, struct wifi_network *ret,
                         struct trouble *ret_trouble);

/* The name as people read it: UTF-8 as it is, what cannot be shown as '?'. */
enum { WIFI_TEXT_MAX = WIFI_SSID_MAX + 1 };
void wifi_ssid_text(const uint8_t *ssid, size_t len, char ret[static WIFI_TEXT_MAX]);

/* "wpa2"; NULL if unknown */
const char *wifi_security_name(int security);
