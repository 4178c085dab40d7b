/* SPDX-License-Identifier: Apache-2.0 */

/* THE table of a profile's keys: its reader, the options of the CLI, the checks of usher.profile(5) and what
 * a profile owns all come from here. A row whose member is of another type than its kind wants does not
 * compile. */

#include "setup/flow/profile/profile.h"
#include "setup/label/label.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { OAUTH_SECRET_MAX = 256, TEXT_MAX = PROFILE_NAME_MAX - 1 };

#define TYPE_OF(holder, member) typeof(((struct holder *)0)->member)
#define AT(holder, type, member)                                                                            \
        (offsetof(struct holder, member) +                                                                  \
         0 * sizeof(char[__builtin_types_compatible_p(type, TYPE_OF(holder, member)) ? 1 : -1]))
#define KEY(kind_, type, member, limit_)                                                                    \
        .kind = KEY_##kind_, .offset = AT(profile, type, member), .limit = limit_
#define WIFI(kind_, type, member, limit_)                                                                   \
        .kind = KEY_##kind_, .offset = AT(wifi_network, type, member), .limit = limit_
#define SECRET(kind_, member, limit_)                                                                       \
        .kind = KEY_##kind_, .offset = AT(profile, char *, member##_file),                                  \
        .secret = AT(profile, struct secret *, member), .limit = limit_

static const struct profile_key keys[] = {
        { "setup", "claim", "user|product|customer|none", "Whose the device becomes; none needs no account.",
          KEY(WORD, enum claim_mode, claim, CLAIM_USER) },
        { "setup", "name", "TEXT",
          "Name of the device in the cloud; {serial}, {platform}, {code} and {n} (a running number) are "
          "filled in.",
          KEY(NAME, char *, name, TEXT_MAX) },
        { "setup", "product", "ID", "The product that the device joins; a number.",
          KEY(NUMBER, unsigned, product, INT32_MAX) },
        { "setup", "claim-user", "NAME",
          "claim = product: the member of the team who owns the device; without it nobody does.",
          KEY(PLAIN, char *, claim_user, TEXT_MAX) },
        { "setup", "customer", "EMAIL",
          "claim = customer: whose the device becomes; without it the token's owner's.",
          KEY(EMAIL, char *, customer, TEXT_MAX) },
        { "setup", "oauth-client", "ID", "OAuth client of the product that signs the customer in.",
          KEY(PLAIN, char *, oauth_client, TEXT_MAX) },
        { "setup", "oauth-secret-file", "FILE", "File with that client's secret.",
          SECRET(WORD_FILE, oauth_secret, OAUTH_SECRET_MAX) },
        { "setup", "claim-code-file", "FILE",
          "File with a claim code that was made elsewhere: no account is needed here then.",
          SECRET(WORD_FILE, claim_code, CLAIM_CODE_MAX) },
        { "setup", "groups", "NAME,...", "Groups of the product for the device.",
          KEY(GROUPS, char *, groups, PROFILE_NOTES_MAX) },
        { "setup", "development", "yes|no", "Whether it is a development device of the product.",
          KEY(CHOICE, enum choice, development, 0) },
        { "setup", "request-transfer", "yes|no",
          "claim = user: ask the owner of a device that is somebody else's, by e-mail.",
          KEY(YES_NO, bool, request_transfer, 0) },
        { "setup", "notes", "TEXT", "Notes on the device in the product.",
          KEY(PLAIN, char *, notes, PROFILE_NOTES_MAX) },
        { "setup", "secret-file", "FILE",
          "File with the mobile secret of product firmware, instead of the sticker's.",
          SECRET(WORD_FILE, secret, LABEL_SECRET_LEN) },
        { "setup", "min-os", "VERSION",
          "Update older Device OS over Bluetooth first, with files from the cloud.",
          KEY(VERSION, char *, min_os, TEXT_MAX) },
        { "setup", "ethernet", "yes|no", "Whether the device looks for an Ethernet adapter.",
          KEY(CHOICE, enum choice, ethernet, 0) },
        { "setup", "release", "yes|no",
          "End the Bluetooth link while the device connects; only the cloud tells then.",
          KEY(YES_NO, bool, release, 0) },
        { "wifi", "ssid", "TEXT", "Name of the Wi-Fi network, 1 to 32 bytes.", .kind = KEY_SSID },
        { "wifi", "ssid-hex", "DIGITS", "The name in hexadecimal, where a line cannot hold it.",
          .kind = KEY_SSID_HEX },
        { "wifi", "password-file", "FILE", "File with the password; none for an open network.",
          WIFI(SECRET_FILE, char *, password_file, WIFI_PASSWORD_MAX),
          .secret = AT(wifi_network, struct secret *, password) },
        { "wifi", "qr-file", "FILE",
          "File with the text of the network's QR code, WIFI:S:...; instead of all else.",
          WIFI(FILE, char *, qr_file, PROFILE_PATH_MAX) },
        { "wifi", "security", "auto|open|wep|wpa|wpa2|wpa-wpa2|wpa3|wpa2-wpa3",
          "Security; auto lets the device's own scan decide.",
          WIFI(WORD, int, security, WIFI_SECURITY_AUTO) },
        { "wifi", "hidden", "yes|no", "Whether the network hides its name.", WIFI(YES_NO, bool, hidden, 0) },
        { "cellular", "sim", "internal|external", "The SIM card to use.",
          KEY(WORD, int, sim, SIM_INTERNAL) },
        { "cellular", "apn", "TEXT", "Access point of the external SIM.",
          KEY(TEXT, char *, apn.name, ACCESS_POINT_TEXT_MAX) },
        { "cellular", "apn-user", "TEXT", "User name for it.",
          KEY(TEXT, char *, apn.user, ACCESS_POINT_TEXT_MAX) },
        { "cellular", "apn-password-file", "FILE", "File with the password for it.",
          SECRET(SECRET_FILE, apn.password, ACCESS_POINT_TEXT_MAX) },
        { "cellular", "country", "CC",
          "Where the device is used: a Particle SIM that is not active is activated for it, which may cost "
          "money.",
          .kind = KEY_COUNTRY, .offset = offsetof(struct profile, country) },
        { "product", "service-uuid", "UUID", "Service of the firmware's provisioning mode.",
          KEY(UUID, char *, mode.service_uuid, TEXT_MAX) },
        { "product", "version-uuid", "UUID", "Its version characteristic.",
          KEY(UUID, char *, mode.version_uuid, TEXT_MAX) },
        { "product", "tx-uuid", "UUID", "Its characteristic from the device to us.",
          KEY(UUID, char *, mode.tx_uuid, TEXT_MAX) },
        { "product", "rx-uuid", "UUID", "Its characteristic from us to the device.",
          KEY(UUID, char *, mode.rx_uuid, TEXT_MAX) },
        { "product", "company-id", "NUMBER", "Company id in its advertising data.",
          KEY(NUMBER, unsigned, mode.company_id, UINT16_MAX) },
};

const struct profile_key *profile_key(size_t i)
{
        return i < ELEMENTSOF(keys) ? &keys[i] : NULL;
}

bool profile_key_is_secret(const struct profile_key *key)
{
        return key->kind == KEY_SECRET_FILE || key->kind == KEY_WORD_FILE;
}

const char *profile_section(const char *section)
{
        return strncmp(section, "wifi", 4) == 0 && (!section[4] || section[4] == ' ') ? "wifi" : section;
}

const struct profile_key *profile_key_find(const char *section, const char *key)
{
        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].key, key) == 0)
                        return &keys[i];
        return NULL;
}

/* life */
void profile_drop_networks(struct profile *p)
{
        for (size_t i = 0; i < p->n_networks; i++) {
                wifi_network_done(&p->networks[i]);
                free(p->sections[i]);
                p->sections[i] = NULL;
        }
        p->n_networks = 0;
}

void profile_take_networks(struct profile *p, struct profile *from)
{
        profile_drop_networks(p);
        memcpy(p->networks, from->networks, sizeof(p->networks));
        memcpy(p->sections, from->sections, sizeof(p->sections));
        p->n_networks = from->n_networks;
        memset(from->networks, 0, sizeof(from->networks));
        memset(from->sections, 0, sizeof(from->sections));
        from->n_networks = 0;
}

static bool is_text(const struct profile_key *key)
{
        switch (key->kind) {
        case KEY_TEXT:
        case KEY_PLAIN:
        case KEY_FILE:
        case KEY_SECRET_FILE:
        case KEY_WORD_FILE:
        case KEY_NAME:
        case KEY_EMAIL:
        case KEY_GROUPS:
        case KEY_VERSION:
        case KEY_UUID: return true;
        case KEY_WORD:
        case KEY_YES_NO:
        case KEY_CHOICE:
        case KEY_NUMBER:
        case KEY_COUNTRY:
        case KEY_SSID:
        case KEY_SSID_HEX: break;
        }
        return false;
}

static void member_done(struct profile *p, const struct profile_key *key)
{
        if (profile_key_is_secret(key))
                secret_free(*(struct secret **)((char *)p + key->secret));
        if (is_text(key))
                free(*(char **)((char *)p + key->offset));
}

void profile_done(struct profile *p)
{
        profile_drop_networks(p);
        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (strcmp(keys[i].section, "wifi") != 0)
                        member_done(p, &keys[i]);
        *p = (struct profile){};
}

/* copies */
static int copy_text(char **text)
{
        *text = *text ? strdup(*text) : NULL;
        return *text ? 0 : -ENOMEM;
}

static int copy_secret(struct secret **secret)
{
        const struct secret *from = *secret;

        *secret = NULL;
        return secret_new(secret_bytes(from), secret_len(from), secret);
}

/* Of a holder that is a copy, byte by byte: what it points to becomes its own. After an error the rest is
 * cut off, so that nothing is freed twice. */
static int own_member(void *holder, const struct profile_key *key, int error)
{
        char **text = (char **)((char *)holder + key->offset);
        struct secret **secret = (struct secret **)((char *)holder + key->secret);
        int r = error;

        if (profile_key_is_secret(key) && *secret && (r < 0 || (r = copy_secret(secret)) < 0))
                *secret = NULL;
        if (is_text(key) && *text && (r < 0 || (r = copy_text(text)) < 0))
                *text = NULL;
        return r;
}

int profile_copy(const struct profile *from, struct profile *ret)
{
        _cleanup_(profile_done) struct profile p = *from;
        int r = 0;

        for (size_t i = 0; i < p.n_networks; i++) {
                if (p.sections[i] && (r < 0 || (r = copy_text(&p.sections[i])) < 0))
                        p.sections[i] = NULL; /* one that was answered comes from no section */
        }
        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                bool wifi = strcmp(keys[i].section, "wifi") == 0;

                if (!wifi)
                        r = own_member(&p, &keys[i], r);
                for (size_t n = 0; wifi && n < p.n_networks; n++)
                        r = own_member(&p.networks[n], &keys[i], r);
        }
        if (r < 0)
                return r;
        *ret = p;
        p = (struct profile){};
        return 0;
}

/* values */
const char *profile_claim_name(enum claim_mode mode)
{
        switch (mode) {
        case CLAIM_USER: return "user";
        case CLAIM_PRODUCT: return "product";
        case CLAIM_CUSTOMER: return "customer";
        case CLAIM_NONE: return "none";
        case CLAIM_CODE: break;
        }
        return "code";
}

bool profile_version(const char *text, unsigned ret[static 3])
{
        unsigned v[3] = {};

        if (text[0] < '0' || text[0] > '9' || sscanf(text, "%3u.%3u.%3u", &v[0], &v[1], &v[2]) < 2)
                return false;
        memcpy(ret, v, sizeof(v));
        return true;
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
