/* SPDX-License-Identifier: Apache-2.0 */

/* What a network must be like to have a chance, checked before a device waits 90 seconds for nothing
 * (device.md 3.6 and 5.23). */

#include "setup/flow/profile/wifi.h"
#include "proto/base/text.h"
#include <string.h>

void wifi_network_done(struct wifi_network *n)
{
        secret_free(n->password);
        free(n->password_file);
        free(n->qr_file);
        *n = (struct wifi_network){};
}

static bool all_hex(const char *text)
{
        return strspn(text, "0123456789abcdefABCDEF") == strlen(text);
}

static int check_password(const struct wifi_network *n, const char *ssid, struct trouble *ret_trouble)
{
        size_t len = secret_len(n->password);

        if (n->security == WIFI_OPEN)
                return trouble_set(ret_trouble, FAULT_CONFIG, "\"%s\" is open and takes no password", ssid);
        if (strlen(secret_text(n->password)) != len)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the password of \"%s\" has a byte of value zero", ssid);
        if (n->security == WIFI_WEP) {
                if (len == 5 || len == 13 || ((len == 10 || len == 26) && all_hex(secret_text(n->password))))
                        return 0;
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the WEP key of \"%s\" has 5 or 13 characters, or 10 or 26 "
                                   "hexadecimal digits",
                                   ssid);
        }
        if ((len >= 8 && len <= 63) || (len == 64 && all_hex(secret_text(n->password))))
                return 0;
        return trouble_set(ret_trouble, FAULT_CONFIG,
                           "the password of \"%s\" has %zu characters; 8 to 63 are possible, or 64 "
                           "hexadecimal digits",
                           ssid, len);
}

int wifi_network_check(const struct wifi_network *n, struct trouble *ret_trouble)
{
        char ssid[WIFI_TEXT_MAX];

        if (n->ssid_len == 0 || n->ssid_len > WIFI_SSID_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "a network has no ssid (1 to 32 bytes)");
        wifi_ssid_text(n->ssid, n->ssid_len, ssid);
        if (memchr(n->ssid, 0, n->ssid_len))
                return trouble_set(
                        ret_trouble, FAULT_CONFIG,
                        "\"%s\" has a byte of value zero, at which the device cuts a name off: the "
                        "network must be called something else",
                        ssid);
        if (n->password)
                return check_password(n, ssid, ret_trouble);
        if (n->security != WIFI_OPEN && n->security != WIFI_SECURITY_AUTO)
                return trouble_set(ret_trouble, FAULT_CONFIG, "\"%s\" is said to be %s, but has no password",
                                   ssid, wifi_security_name(n->security));
        return 0;
}

void wifi_ssid_text(const uint8_t *ssid, size_t len, char ret[static WIFI_TEXT_MAX])
{
        size_t at = 0;

        if (len > WIFI_SSID_MAX)
                len = WIFI_SSID_MAX;
        while (at < len) {
                size_t n = text_character(ssid + at, len - at);

                if (n == 0)
                        ret[at] = '?';
                else
                        memcpy(ret + at, ssid + at, n);
                at += n ? n : 1;
        }
        ret[at] = 0;
        text_clean(ret);
}

const char *wifi_security_name(int security)
{
        switch (security) {
        case WIFI_SECURITY_AUTO: return "auto";
        case WIFI_OPEN: return "open";
        case WIFI_WEP: return "wep";
        case WIFI_WPA: return "wpa";
        case WIFI_WPA2: return "wpa2";
        case WIFI_WPA_WPA2: return "wpa-wpa2";
        case WIFI_WPA3: return "wpa3";
        case WIFI_WPA2_WPA3: return "wpa2-wpa3";
        default: return NULL; /* of a device that knows more than we do */
        }
}
