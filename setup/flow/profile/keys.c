/* SPDX-License-Identifier: Apache-2.0 */

/* THE table of a profile's keys: parser, help of the CLI and manual page all come from here. One function
 * per kind of value, pure. */

#include "setup/flow/profile/keys.h"
#include "proto/base/text.h"
#include "setup/flow/name.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct target {
        struct profile *profile;
        struct wifi_network *network;
};

struct row {
        struct profile_key key;
        int (*set)(struct target t, const char *value, struct profile_error *ret_error);
};

int profile_error(struct profile_error *ret_error, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        vsnprintf(ret_error->why, sizeof(ret_error->why), format, ap);
        va_end(ap);
        return -EINVAL;
}

static int set_text(char **to, const char *value, const char *key, size_t max,
                    struct profile_error *ret_error)
{
        char *copy;

        if (!value[0])
                return profile_error(ret_error, "%s is empty", key);
        if (strlen(value) > max)
                return profile_error(ret_error, "%s is longer than %zu bytes", key, max);
        copy = strdup(value);
        if (!copy)
                return -ENOMEM;
        free(*to);
        *to = copy;
        return 0;
}

/* What the cloud keeps: it takes JSON, and would be asked only when the device is set up already. */
static int set_words(char **to, const char *value, const char *key, size_t max,
                     struct profile_error *ret_error)
{
        if (!text_is_utf8(value))
                return profile_error(ret_error, "%s is not plain text: UTF-8, no control characters", key);
        return set_text(to, value, key, max, ret_error);
}

/* setup */
static const char *const claim_modes[] = {
        [CLAIM_USER] = "user",
        [CLAIM_PRODUCT] = "product",
        [CLAIM_CUSTOMER] = "customer",
        [CLAIM_NONE] = "none",
};

const char *profile_claim_name(enum claim_mode mode)
{
        return mode == CLAIM_CODE ? "code" : claim_modes[mode];
}

static int set_claim(struct target t, const char *value, struct profile_error *ret_error)
{
        for (size_t i = 0; i < ELEMENTSOF(claim_modes); i++)
                if (strcmp(claim_modes[i], value) == 0) {
                        t.profile->claim = (enum claim_mode)i;
                        return 0;
                }
        return profile_error(ret_error, "claim is user, product, customer or none, not '%.40s'", value);
}

static int set_name(struct target t, const char *value, struct profile_error *ret_error)
{
        int e = name_check(value, ret_error);

        return e < 0 ? e : set_words(&t.profile->name, value, "name", PROFILE_NAME_MAX - 1, ret_error);
}

static int set_product(struct target t, const char *value, struct profile_error *ret_error)
{
        char *end = NULL;
        unsigned long id = value[0] >= '1' && value[0] <= '9' ? strtoul(value, &end, 10) : 0;

        if (id == 0 || *end || id > INT32_MAX)
                return profile_error(ret_error, "product is the number of a product, not '%.40s'", value);
        t.profile->product = (unsigned)id;
        return 0;
}

static int set_claim_user(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_words(&t.profile->claim_user, value, "claim-user", PROFILE_NAME_MAX - 1, ret_error);
}

static int set_customer(struct target t, const char *value, struct profile_error *ret_error)
{
        if (!strchr(value, '@'))
                return profile_error(ret_error, "customer is an e-mail address, not '%.40s'", value);
        return set_words(&t.profile->customer, value, "customer", PROFILE_NAME_MAX - 1, ret_error);
}

static int set_oauth_client(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_words(&t.profile->oauth_client, value, "oauth-client", PROFILE_NAME_MAX - 1, ret_error);
}

static int set_oauth_secret_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->oauth_secret_file, value, "oauth-secret-file", PROFILE_PATH_MAX,
                        ret_error);
}

static int set_claim_code_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->claim_code_file, value, "claim-code-file", PROFILE_PATH_MAX, ret_error);
}

bool profile_group(const char *list, size_t i, char ret[static PROFILE_NAME_MAX])
{
        size_t len;

        for (; i > 0; i--) {
                list = strchr(list, ',');
                if (!list)
                        return false;
                list++;
        }
        list += strspn(list, " ");
        len = strcspn(list, ",");
        while (len > 0 && list[len - 1] == ' ')
                len--;
        if (len >= PROFILE_NAME_MAX)
                return false;
        memcpy(ret, list, len);
        ret[len] = 0;
        return true;
}

static int set_groups(struct target t, const char *value, struct profile_error *ret_error)
{
        char group[PROFILE_NAME_MAX];
        size_t n = 0, commas = 0;
        bool good = true;

        for (const char *at = value; *at; at++)
                commas += *at == ',';
        while (profile_group(value, n, group)) {
                good &= group[0] != 0;
                n++;
        }
        if (!good || n != commas + 1 || n > PROFILE_GROUPS_MAX)
                return profile_error(ret_error,
                                     "groups are 1 to %d names of at most %d bytes, with commas in between",
                                     PROFILE_GROUPS_MAX, PROFILE_NAME_MAX - 1);
        return set_words(&t.profile->groups, value, "groups", PROFILE_NOTES_MAX, ret_error);
}

static int set_notes(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_words(&t.profile->notes, value, "notes", PROFILE_NOTES_MAX, ret_error);
}

static int hex_digit(char c)
{
        const char *digits = "0123456789abcdef";
        const char *at = c ? strchr(digits, c | 0x20) : NULL;

        return at && (c < 'A' || c > 'Z' || c <= 'F') ? (int)(at - digits) : -1;
}

bool profile_version(const char *text, unsigned ret[static 3])
{
        unsigned v[3] = {};

        if (sscanf(text, "%3u.%3u.%3u", &v[0], &v[1], &v[2]) < 2 || hex_digit(text[0]) < 0)
                return false;
        memcpy(ret, v, sizeof(v));
        return true;
}

static int set_min_os(struct target t, const char *value, struct profile_error *ret_error)
{
        unsigned version[3];

        if (!profile_version(value, version))
                return profile_error(ret_error, "min-os is a version such as 6.2.0, not '%.40s'", value);
        return set_text(&t.profile->min_os, value, "min-os", PROFILE_NAME_MAX - 1, ret_error);
}

static int set_secret_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->secret_file, value, "secret-file", PROFILE_PATH_MAX, ret_error);
}

/* wifi */
static int set_ssid(struct target t, const char *value, struct profile_error *ret_error)
{
        size_t len = strlen(value);

        if (len == 0 || len > WIFI_SSID_MAX)
                return profile_error(ret_error, "ssid has %zu bytes; 1 to 32 are possible", len);
        memcpy(t.network->ssid, value, len);
        t.network->ssid_len = len;
        return 0;
}

static int set_ssid_hex(struct target t, const char *value, struct profile_error *ret_error)
{
        size_t len = strlen(value);

        if (len == 0 || len % 2 || len > 2 * WIFI_SSID_MAX)
                return profile_error(ret_error,
                                     "ssid-hex has 2 to 64 hexadecimal digits, two for each byte");
        for (size_t i = 0; i < len / 2; i++) {
                int high = hex_digit(value[2 * i]), low = hex_digit(value[2 * i + 1]);

                if (high < 0 || low < 0)
                        return profile_error(ret_error,
                                             "ssid-hex has a character that is no digit 0-9, a-f");
                t.network->ssid[i] = (uint8_t)(high << 4 | low);
        }
        t.network->ssid_len = len / 2;
        return 0;
}

static int set_password_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.network->password_file, value, "password-file", PROFILE_PATH_MAX, ret_error);
}

static int set_qr_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.network->qr_file, value, "qr-file", PROFILE_PATH_MAX, ret_error);
}

static int refuse_password(struct target t, const char *value, struct profile_error *ret_error)
{
        (void)t;
        (void)value;
        return profile_error(ret_error,
                             "a password never stands in a profile: put it into a file of its own "
                             "(mode 0600) and name that with password-file");
}

static const struct {
        const char *name;
        int security;
} securities[] = {
        { "auto", WIFI_SECURITY_AUTO },
        { "open", WIFI_OPEN },
        { "wep", WIFI_WEP },
        { "wpa", WIFI_WPA },
        { "wpa2", WIFI_WPA2 },
        { "wpa-wpa2", WIFI_WPA_WPA2 },
        { "wpa3", WIFI_WPA3 },
        { "wpa2-wpa3", WIFI_WPA2_WPA3 },
};

const char *wifi_security_name(int security)
{
        for (size_t i = 0; i < ELEMENTSOF(securities); i++)
                if (securities[i].security == security)
                        return securities[i].name;
        return NULL;
}

static int set_security(struct target t, const char *value, struct profile_error *ret_error)
{
        for (size_t i = 0; i < ELEMENTSOF(securities); i++)
                if (strcmp(securities[i].name, value) == 0) {
                        t.network->security = securities[i].security;
                        return 0;
                }
        return profile_error(
                ret_error,
                "security is auto, open, wep, wpa, wpa2, wpa-wpa2, wpa3 or wpa2-wpa3, not '%.40s'", value);
}

static int yes_or_no(const char *key, const char *value, bool *ret, struct profile_error *ret_error)
{
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
                return profile_error(ret_error, "%s is yes or no, not '%.40s'", key, value);
        *ret = value[0] == 'y';
        return 0;
}

static int set_hidden(struct target t, const char *value, struct profile_error *ret_error)
{
        return yes_or_no("hidden", value, &t.network->hidden, ret_error);
}

static int set_choice(const char *key, enum choice *to, const char *value, struct profile_error *ret_error)
{
        bool yes = false;
        int e = yes_or_no(key, value, &yes, ret_error);

        if (e >= 0)
                *to = yes ? CHOICE_YES : CHOICE_NO;
        return e;
}

static int set_development(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_choice("development", &t.profile->development, value, ret_error);
}

static int set_request_transfer(struct target t, const char *value, struct profile_error *ret_error)
{
        return yes_or_no("request-transfer", value, &t.profile->request_transfer, ret_error);
}

static int set_ethernet(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_choice("ethernet", &t.profile->ethernet, value, ret_error);
}

static int set_release(struct target t, const char *value, struct profile_error *ret_error)
{
        return yes_or_no("release", value, &t.profile->release, ret_error);
}

/* cellular */
static int set_sim(struct target t, const char *value, struct profile_error *ret_error)
{
        if (strcmp(value, "internal") != 0 && strcmp(value, "external") != 0)
                return profile_error(ret_error, "sim is internal or external, not '%.40s'", value);
        t.profile->sim = value[0] == 'i' ? SIM_INTERNAL : SIM_EXTERNAL;
        return 0;
}

static int set_apn(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->apn, value, "apn", ACCESS_POINT_TEXT_MAX, ret_error);
}

static int set_apn_user(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->apn_user, value, "apn-user", ACCESS_POINT_TEXT_MAX, ret_error);
}

static int set_apn_password_file(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_text(&t.profile->apn_password_file, value, "apn-password-file", PROFILE_PATH_MAX,
                        ret_error);
}

static int set_country(struct target t, const char *value, struct profile_error *ret_error)
{
        if (strlen(value) != COUNTRY_LEN || value[0] < 'A' || value[0] > 'Z' || value[1] < 'A' ||
            value[1] > 'Z')
                return profile_error(ret_error, "country is two capital letters such as DE, not '%.40s'",
                                     value);
        memcpy(t.profile->country, value, COUNTRY_LEN + 1);
        return 0;
}

/* product */
static int set_uuid(char **to, const char *value, struct profile_error *ret_error)
{
        static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        size_t i = 0;

        while (i < sizeof(form) - 1 && value[i] &&
               (form[i] == '-' ? value[i] == '-' : hex_digit(value[i]) >= 0))
                i++;
        if (i < sizeof(form) - 1 || value[i])
                return profile_error(ret_error, "'%.60s' is no UUID (%s)", value, form);
        return set_text(to, value, "uuid", sizeof(form), ret_error);
}

static int set_service_uuid(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_uuid(&t.profile->service_uuid, value, ret_error);
}

static int set_version_uuid(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_uuid(&t.profile->version_uuid, value, ret_error);
}

static int set_tx_uuid(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_uuid(&t.profile->tx_uuid, value, ret_error);
}

static int set_rx_uuid(struct target t, const char *value, struct profile_error *ret_error)
{
        return set_uuid(&t.profile->rx_uuid, value, ret_error);
}

static int set_company_id(struct target t, const char *value, struct profile_error *ret_error)
{
        char *end;
        unsigned long id;

        errno = 0;
        id = strtoul(value, &end, 0);
        if (errno || end == value || *end || id == 0 || id > 0xffff || value[0] == '-')
                return profile_error(ret_error, "company-id is a number from 1 to 0xffff, not '%.40s'",
                                     value);
        t.profile->company_id = (unsigned)id;
        return 0;
}

static const struct row rows[] = {
        { { "setup", "claim", "user|product|customer|none",
            "Whose the device becomes; none needs no account." },
          set_claim },
        { { "setup", "name", "TEXT",
            "Name of the device in the cloud; {serial}, {platform}, {code} and {n} (a running number) are "
            "filled in." },
          set_name },
        { { "setup", "product", "ID", "The product that the device joins; a number." }, set_product },
        { { "setup", "claim-user", "NAME",
            "claim = product: the member of the team who owns the device; without it nobody does." },
          set_claim_user },
        { { "setup", "customer", "EMAIL",
            "claim = customer: whose the device becomes; without it the token's owner's." },
          set_customer },
        { { "setup", "oauth-client", "ID", "OAuth client of the product that signs the customer in." },
          set_oauth_client },
        { { "setup", "oauth-secret-file", "FILE", "File with that client's secret." },
          set_oauth_secret_file },
        { { "setup", "claim-code-file", "FILE",
            "File with a claim code that was made elsewhere: no account is needed here then." },
          set_claim_code_file },
        { { "setup", "groups", "NAME,...", "Groups of the product for the device." }, set_groups },
        { { "setup", "development", "yes|no", "Whether it is a development device of the product." },
          set_development },
        { { "setup", "request-transfer", "yes|no",
            "claim = user: ask the owner of a device that is somebody else's, by e-mail." },
          set_request_transfer },
        { { "setup", "notes", "TEXT", "Notes on the device in the product." }, set_notes },
        { { "setup", "secret-file", "FILE",
            "File with the mobile secret of product firmware, instead of the sticker's." },
          set_secret_file },
        { { "setup", "min-os", "VERSION",
            "Update older Device OS over Bluetooth first, with files from the cloud." },
          set_min_os },
        { { "setup", "ethernet", "yes|no", "Whether the device looks for an Ethernet adapter." },
          set_ethernet },
        { { "setup", "release", "yes|no",
            "End the Bluetooth link while the device connects; only the cloud tells then." },
          set_release },
        { { "wifi", "ssid", "TEXT", "Name of the Wi-Fi network, 1 to 32 bytes." }, set_ssid },
        { { "wifi", "ssid-hex", "DIGITS", "The name in hexadecimal, where a line cannot hold it." },
          set_ssid_hex },
        { { "wifi", "password-file", "FILE", "File with the password; none for an open network." },
          set_password_file },
        { { "wifi", "qr-file", "FILE",
            "File with the text of the network's QR code, WIFI:S:...; instead of all else." },
          set_qr_file },
        { { "wifi", "security", "auto|open|wep|wpa|wpa2|wpa-wpa2|wpa3|wpa2-wpa3",
            "Security; auto lets the device's own scan decide." },
          set_security },
        { { "wifi", "hidden", "yes|no", "Whether the network hides its name." }, set_hidden },
        { { "cellular", "sim", "internal|external", "The SIM card to use." }, set_sim },
        { { "cellular", "apn", "TEXT", "Access point of the external SIM." }, set_apn },
        { { "cellular", "apn-user", "TEXT", "User name for it." }, set_apn_user },
        { { "cellular", "apn-password-file", "FILE", "File with the password for it." },
          set_apn_password_file },
        { { "cellular", "country", "CC",
            "Where the device is used: a Particle SIM that is not active is activated for it, which may cost "
            "money." },
          set_country },
        { { "product", "service-uuid", "UUID", "Service of the firmware's provisioning mode." },
          set_service_uuid },
        { { "product", "version-uuid", "UUID", "Its version characteristic." }, set_version_uuid },
        { { "product", "tx-uuid", "UUID", "Its characteristic from the device to us." }, set_tx_uuid },
        { { "product", "rx-uuid", "UUID", "Its characteristic from us to the device." }, set_rx_uuid },
        { { "product", "company-id", "NUMBER", "Company id in its advertising data." }, set_company_id },
};

const struct profile_key *profile_key(size_t i)
{
        return i < ELEMENTSOF(rows) ? &rows[i].key : NULL;
}

int profile_key_set(struct profile *p, struct wifi_network *network, const char *section, const char *key,
                    const char *value, struct profile_error *ret_error)
{
        struct target t = { p, network };

        if (strcmp(section, "wifi") == 0 && strcmp(key, "password") == 0)
                return refuse_password(t, value, ret_error);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (strcmp(rows[i].key.section, section) == 0 && strcmp(rows[i].key.key, key) == 0)
                        return rows[i].set(t, value, ret_error);
        return profile_error(ret_error, "unknown key '%.60s' in [%s]", key, section);
}
