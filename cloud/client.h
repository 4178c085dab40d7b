/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The Particle cloud as this account sees it: one client per account, each REST call one typed verb. A verb
 * starts an operation (proto/base/op.h holds the rules) on the thread's default sd-event loop and calls done
 * once; dropping the operation drops the request.
 *
 * Every verb returns 0, -EINVAL for arguments that cannot be sent (device ids are 24 hexadecimal digits of
 * either case) or -ENOMEM; everything else arrives in the callback: FAULT_NONE in the error and a result, or
 * a fault and no result (NULL). Results are valid during the callback only.
 *
 * Failures that pass by themselves (no connection, 429, 529, 502, 503; 500, 504 and lost answers where
 * repeating cannot do harm) are tried again inside, with growing pauses and jitter and as the cloud's
 * Retry-After says, while the client's patience lasts (cloud.md 1). That is short for a
 * server that cannot be connected to from the beginning (no such name, nobody listens, no way there): what
 * is wrong there does not pass by itself. */

#include "cloud/error.h"
#include "proto/base/op.h"
#include "proto/base/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOUD_URL "https://api.particle.io"

enum {
        CLOUD_PATIENCE_MS = 60000,
        CLOUD_REACH_MS = 15000, /* for a server that no connection has ever been made to */
        CLOUD_ID_LEN = 24,      /* hexadecimal digits of a device id */
};

struct cloud_client;

/* life */
struct cloud_config {
        const char *url;            /* NULL: CLOUD_URL. https, or http to a loopback address */
        const char *ca_file;        /* PEM file of a private cloud; NULL: the system's store */
        const char *proxy;          /* NULL: HTTPS_PROXY and NO_PROXY of the environment decide */
        const struct secret *token; /* copied; NULL: for signing in */
        uint64_t patience_ms;       /* how long one verb may try again; 0: CLOUD_PATIENCE_MS */
        const char *serials_file; /* keeps what serial numbers are (cloud/serials.h); NULL: ask each time */
};

/* -EINVAL: the URL (cloud_url_check() says why); -EBADMSG: the token has characters that no token has; the
 * errno of reading ca_file. */
int cloud_client_new(const struct cloud_config *config, struct cloud_client **ret);

/* Takes NULL, returns NULL. Operations under way must be freed before. May be called from a callback. */
struct cloud_client *cloud_client_free(struct cloud_client *c);

DEFINE_CLEANUP(struct cloud_client *, cloud_client_free)

/* For verbs started from now on. */
void cloud_client_set_patience(struct cloud_client *c, uint64_t patience_ms);

/* 0, or -EINVAL and one sentence for a person. */
int cloud_url_check(const char *url, const char **ret_why);

/* account */
struct cloud_account {
        const char *user;        /* what a device's owner is compared with; NULL for an API user */
        bool api_user;           /* a programmatic user of a product: it cannot claim (cloud.md 2.5) */
        int64_t token_expires_s; /* seconds since 1970; 0 = never, or the cloud does not say */
        const char *client;      /* OAuth client of the token; NULL = not said */
        const char *const *scopes;
        size_t n_scopes;
};

typedef void (*cloud_account_fn)(void *userdata, const struct cloud_error *e, const struct cloud_account *a);

/* Is the token good, and whose is it? FAULT_TOKEN_* if not. */
int cloud_account(struct cloud_client *c, cloud_account_fn done, void *userdata, struct op **ret);

struct cloud_limit {
        bool known;   /* false: the account has no agreement that limits it, or the cloud does not say */
        bool reached; /* one more device cannot be claimed */
        unsigned max_devices; /* 0 = not said */
};

typedef void (*cloud_limit_fn)(void *userdata, const struct cloud_error *e, const struct cloud_limit *l);

/* The device limit of the free sandbox, from the account's service agreements (cloud.md 3.3). */
int cloud_limit(struct cloud_client *c, cloud_limit_fn done, void *userdata, struct op **ret);

/* serial numbers */
struct cloud_serial {
        const char *device_id;              /* lower case */
        const char *iccid;                  /* NULL: none, or not said */
        unsigned platform_id;               /* 0 = not said */
        const struct secret *mobile_secret; /* only if asked with a partial one; NULL: the cloud cannot
                                               complete it */
};

typedef void (*cloud_serial_fn)(void *userdata, const struct cloud_error *e, const struct cloud_serial *s);

/* FAULT_CLOUD_NOT_FOUND for an unknown one. Limited to 50 an hour and account, so what is known from before
 * is not asked again, unless a secret is to be completed. FAULT_CLOUD_BUSY once they are used up: then also
 * the following ones end so at once, until retry_after_s of the error are over. */
int cloud_serial(struct cloud_client *c, const char *serial, const struct secret *partial_secret,
                 cloud_serial_fn done, void *userdata, struct op **ret);

/* devices */
struct cloud_device {
        bool known; /* false: unknown to the cloud or somebody else's, it does not tell which (cloud.md 3.5);
                       then nothing below counts */
        const char *id;
        const char *name;         /* NULL = none */
        const char *owner;        /* user name; NULL = nobody */
        const char *serial;       /* NULL = not said */
        const char *iccid;        /* NULL = none, or not said */
        const char *os_version;   /* NULL = not said */
        unsigned platform_id;     /* 0 = not said */
        unsigned product_id;      /* 0 = none (the sandbox) */
        bool online;              /* may stay true for 46 min after the device has gone (cloud.md 3.5) */
        bool development;         /* product: marked as a development device */
        bool quarantined;         /* product: waits for approval */
        int64_t last_handshake_s; /* 0 = never, or not said */
};

typedef void (*cloud_device_fn)(void *userdata, const struct cloud_error *e, const struct cloud_device *d);
typedef void (*cloud_devices_fn)(void *userdata, const struct cloud_error *e, const struct cloud_device *d,
                                 size_t n);
typedef void (*cloud_done_fn)(void *userdata, const struct cloud_error *e);

int cloud_device(struct cloud_client *c, const char *device_id, cloud_device_fn done, void *userdata,
                 struct op **ret);

/* All devices that the account may see. */
int cloud_devices(struct cloud_client *c, cloud_devices_fn done, void *userdata, struct op **ret);

/* FAULT_CLOUD_NOT_FOUND: not visible, as above. */
int cloud_rename(struct cloud_client *c, const char *device_id, const char *name, cloud_done_fn done,
                 void *userdata, struct op **ret);
int cloud_unclaim(struct cloud_client *c, const char *device_id, cloud_done_fn done, void *userdata,
                  struct op **ret);

typedef void (*cloud_online_fn)(void *userdata, const struct cloud_error *e, bool online);

/* Asks the device itself. An absent one is no failure, it takes the cloud some seconds to notice. */
int cloud_ping(struct cloud_client *c, const char *device_id, cloud_online_fn done, void *userdata,
               struct op **ret);

/* Lets the device's light shout rainbows, or ends it. FAULT_DEVICE_OFFLINE: it does not answer. */
int cloud_signal(struct cloud_client *c, const char *device_id, bool on, cloud_done_fn done, void *userdata,
                 struct op **ret);

/* claiming */
typedef void (*cloud_claim_code_fn)(void *userdata, const struct cloud_error *e, const struct secret *code);

/* Valid for one hour and one device: ask late. product_id 0: for the account itself. */
int cloud_claim_code(struct cloud_client *c, unsigned product_id, cloud_claim_code_fn done, void *userdata,
                     struct op **ret);

struct cloud_claim {
        bool transfer_requested; /* not claimed yet: the owner decides by e-mail */
        bool online;
};

typedef void (*cloud_claim_fn)(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim);

/* Claims by id; the device must be online unless it is in a product of the account.
 *   FAULT_CLAIM_OFFLINE    the cloud does not see it online (yet): wait and ask again
 *   FAULT_CLAIM_FOREIGN    somebody else's; request_transfer asks the owner by e-mail
 *   FAULT_CLOUD_NOT_FOUND  unknown; the cloud is vague here, it may also be offline
 *   FAULT_CLAIM_LIMIT, FAULT_CLAIM_REFUSED, FAULT_TOKEN_SCOPE (API users cannot claim)
 * Never repeated after an answer was lost: e->unsure says that the owner must be read first. */
int cloud_claim(struct cloud_client *c, const char *device_id, bool request_transfer, cloud_claim_fn done,
                void *userdata, struct op **ret);
