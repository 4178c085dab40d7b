/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a site wants of every device that is set up there: networks, claim mode, name. Read from an INI file,
 * single options laid over it; one table of keys serves the parser, the CLI's help and usher.profile(5).
 *
 *      [setup]
 *      claim = user
 *      name = Kitchen
 *
 *      [wifi]                          further networks: [wifi 2], [wifi guests], ...
 *      ssid = Home
 *      password-file = home.password
 *
 * Secrets never stand in a profile, only the names of their files (relative to the profile), so that a
 * profile can be shown, mailed and kept under version control. */

#include "proto/base/secret.h"
#include "proto/message.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        PROFILE_NETWORKS_MAX = 10, /* what a device stores (device.md 3.6) */
        PROFILE_TEXT_MAX = 65536,  /* bytes of a profile */
        PROFILE_NAME_MAX = 64,
        PROFILE_WHY_MAX = 256,
        PROFILE_PATH_MAX = 4096,
        PROFILE_NOTES_MAX = 512,
        PROFILE_GROUPS_MAX = 10, /* groups of one device */
        COUNTRY_LEN = 2,         /* ISO 3166-1 alpha-2 */
};

struct wifi_network {
        uint8_t ssid[WIFI_SSID_MAX]; /* bytes, passed on unchanged */
        size_t ssid_len;
        int security; /* enum wifi_security */
        bool hidden;
        struct secret *password; /* NULL: open, or not read yet */
        char *password_file;     /* as written; NULL once it has been read */
        char *qr_file;           /* text of a WIFI: code with all of it; NULL once it has been read */
};

/* A choice that may also be left as the device has it. */
enum choice { CHOICE_LEAVE, CHOICE_NO, CHOICE_YES };

enum claim_mode {
        CLAIM_USER,     /* the account's own */
        CLAIM_PRODUCT,  /* a member of a product, owned by `claim_user` or by nobody */
        CLAIM_CUSTOMER, /* a customer's of a product */
        CLAIM_NONE,     /* as it is */
        CLAIM_CODE,     /* whose claim code was made elsewhere: no account is needed. Never written in a
                         * profile: it is what claim-code-file makes of user and customer */
};

struct profile {
        struct wifi_network networks[PROFILE_NETWORKS_MAX];
        char *sections[PROFILE_NETWORKS_MAX]; /* where each network comes from: "wifi 2" */
        size_t n_networks;
        enum claim_mode claim;
        char *name; /* for the device in the cloud, perhaps with {serial} and the like (name.h); NULL: leave
                     * as it is */
        unsigned product;   /* id; 0: none, the account's sandbox */
        char *claim_user;   /* CLAIM_PRODUCT: member of the team; NULL: it stays unclaimed */
        char *customer;     /* CLAIM_CUSTOMER: e-mail address; NULL: the token is the customer's */
        char *oauth_client; /* of the product, to sign the customer in */
        struct secret *oauth_secret;
        char *oauth_secret_file;
        struct secret *claim_code;
        char *claim_code_file;
        char *groups;            /* of the product, with commas; NULL: leave as they are */
        char *notes;             /* NULL: leave as they are */
        enum choice development; /* device of the product */
        bool request_transfer;   /* ask the owner of a device that is somebody else's */
        struct secret *secret;   /* product firmware's mobile secret instead of the sticker's; or NULL */
        char *secret_file;
        enum choice ethernet; /* detection of an Ethernet adapter */
        char *min_os;         /* "6.2.0": older firmware is updated first; NULL: left as it is */
        bool release;         /* end the Bluetooth link as soon as the device has all it needs */

        /* cellular */
        int sim;   /* enum sim_type; 0: leave as it is */
        char *apn; /* of the external SIM; NULL: leave as it is */
        char *apn_user;
        struct secret *apn_password;
        char *apn_password_file;
        char country[COUNTRY_LEN +
                     1]; /* where the SIM is used: it may be activated there; "" = it may not */

        /* provisioning mode of product firmware (device.md 4.4); NULL, 0: listening mode */
        char *service_uuid, *version_uuid, *tx_uuid, *rx_uuid;
        unsigned company_id;
};

/* Why a profile or value was not accepted, for a person. */
struct profile_error {
        unsigned line; /* 0: not about a line of the file */
        char why[PROFILE_WHY_MAX];
};

/* Every function here returns 0, -EINVAL with *ret_error filled, -ENOMEM, or the errno of reading a file
 * (with *ret_error filled as well). */

/* Reads the profile at `path` with all secrets that it names, and checks it as a whole. */
int profile_load(const char *path, struct profile *ret, struct profile_error *ret_error);

/* The same without files: names of secret files are only noted. */
int profile_parse(const char *text, size_t len, struct profile *ret, struct profile_error *ret_error);

/* Lays one value over the profile, by a row of the table of keys. For `section` "wifi", "wifi 2", ... the
 * network of that section is meant, which begins empty; see profile_drop_networks(). */
int profile_set(struct profile *p, const char *section, const char *key, const char *value,
                struct profile_error *ret_error);

/* Before options name a network of their own: they replace all of the file's. */
void profile_drop_networks(struct profile *p);

/* Reads the secret files that are noted; relative names start at `folder`. */
int profile_read_secrets(struct profile *p, const char *folder, struct profile_error *ret_error);

/* The rules that need more than one value: after the last value and the secrets are there. */
int profile_check(const struct profile *p, struct profile_error *ret_error);

void profile_done(struct profile *p);

/* "6.2.0" or "6.2" -> three numbers; what follows them (-rc.1) is passed over. */
bool profile_version(const char *text, unsigned ret[static 3]);

/* "user", ... */
const char *profile_claim_name(enum claim_mode mode);

/* The i-th name of a list with commas, blanks around it dropped; false past the end, or if it is too long.
 */
bool profile_group(const char *list, size_t i, char ret[static PROFILE_NAME_MAX]);

/* networks */
int wifi_network_check(const struct wifi_network *n, struct profile_error *ret_error);

/* The text of a QR code, "WIFI:T:WPA;S:name;P:password;;". The network is checked and the caller's. */
int wifi_network_from_qr(const char *text, size_t len, struct wifi_network *ret,
                         struct profile_error *ret_error);
void wifi_network_done(struct wifi_network *n);

/* The name as people read it: UTF-8 as it is, what cannot be shown as '?'. */
enum { WIFI_TEXT_MAX = WIFI_SSID_MAX + 1 };
void wifi_ssid_text(const uint8_t *ssid, size_t len, char ret[static WIFI_TEXT_MAX]);

/* "wpa2"; NULL if unknown */
const char *wifi_security_name(int security);

/* THE table of keys. */
struct profile_key {
        const char *section; /* "setup", "wifi", "cellular" or "product" */
        const char *key;     /* options are called --KEY, those of "wifi" --wifi-KEY */
        const char *value;   /* placeholder: "FILE", "yes|no" */
        const char *help;    /* one sentence */
};

/* NULL past the end. */
const struct profile_key *profile_key(size_t i);
