/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a site wants of every device that is set up there: networks, claim mode, name. Read from an INI file
 * (read.h), single options laid over it (keys.h); one table of keys serves both, the CLI's help and the
 * check of usher.profile(5).
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

#include "setup/flow/profile/name.h"
#include "setup/flow/profile/wifi.h"

enum {
        PROFILE_NETWORKS_MAX = 10, /* what a device stores (device.md 3.6) */
        PROFILE_PATH_MAX = 4096,
        PROFILE_NOTES_MAX = 512,
        PROFILE_GROUPS_MAX = 10, /* groups of one device */
        COUNTRY_LEN = 2,         /* ISO 3166-1 alpha-2 */
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

/* A secret X comes from the file X_file, which is NULL once it has been read. */
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
        int sim; /* enum sim_type; 0: leave as it is */
        struct {
                char *name; /* NULL: leave as it is */
                char *user;
                struct secret *password;
                char *password_file;
        } apn; /* of the external SIM */
        char country[COUNTRY_LEN +
                     1]; /* where the SIM is used: it may be activated there; "" = it may not */

        struct { /* provisioning mode of product firmware (device.md 4.4); NULL, 0: listening mode */
                char *service_uuid, *version_uuid, *tx_uuid, *rx_uuid;
                unsigned company_id;
        } mode;
};

/* A profile of its own, secrets and all: each job has one. -ENOMEM. */
int profile_copy(const struct profile *from, struct profile *ret);

/* Takes everything out. */
void profile_done(struct profile *p);

/* Before options name a network of their own: they replace all of the file's. */
void profile_drop_networks(struct profile *p);

/* Those of `from`, which has none afterwards, in place of those of `p`. */
void profile_take_networks(struct profile *p, struct profile *from);

/* "user", ... */
const char *profile_claim_name(enum claim_mode mode);

/* "6.2.0" or "6.2" -> three numbers; what follows them (-rc.1) is passed over. */
bool profile_version(const char *text, unsigned ret[static 3]);

/* The i-th name of a list with commas, blanks around it dropped; false past the end, or if it is too long.
 */
bool profile_group(const char *list, size_t i, char ret[static PROFILE_NAME_MAX]);

/* THE table of keys: a new one is a member above and a row in profile.c; usher.profile(5) has an item of its
 * own for it only where the row's sentence does not do. */

/* How the value is read and what the member is. */
enum profile_kind {
        KEY_TEXT,        /* char *, bytes; limit: how many at most */
        KEY_PLAIN,       /* the same, plain UTF-8 text: the cloud takes JSON */
        KEY_FILE,        /* char *, the path of a file; limit: bytes of that */
        KEY_SECRET_FILE, /* likewise, and `secret` is where its content goes; limit: bytes of that */
        KEY_WORD_FILE,   /* likewise, of a secret that is one word: no password */
        KEY_WORD,   /* int or an enum: one of the words in `value`; limit: what the first one stands for */
        KEY_YES_NO, /* bool */
        KEY_CHOICE, /* enum choice, by yes and no */
        KEY_NUMBER, /* unsigned, 1 up to limit */
        KEY_NAME,   /* as KEY_PLAIN, and of the form that name.h, ... */
        KEY_EMAIL,
        KEY_GROUPS,
        KEY_VERSION,
        KEY_UUID, /* ... keys.c holds it to */
        KEY_COUNTRY,
        KEY_SSID, /* the network's ssid and ssid_len */
        KEY_SSID_HEX,
};

struct profile_key {
        const char *section; /* "setup", "wifi", "cellular" or "product" */
        const char *key;     /* options are called --KEY, those of "wifi" --wifi-KEY */
        const char *value;   /* placeholder: "FILE", "yes|no" */
        const char *help;    /* one sentence */
        enum profile_kind kind;
        size_t offset; /* in struct profile; for "wifi" in struct wifi_network */
        size_t secret; /* KEY_SECRET_FILE: offset of the secret */
        int limit;
};

/* NULL past the end. */
const struct profile_key *profile_key(size_t i);

/* Whether the value is the file of a secret, which itself stands nowhere else. */
bool profile_key_is_secret(const struct profile_key *key);

/* What the rows call a section of a file: "wifi" for "wifi", "wifi 2", "wifi guests", ...; the others are
 * called as they are. */
const char *profile_section(const char *section);

/* NULL if there is none. */
const struct profile_key *profile_key_find(const char *section, const char *key);
