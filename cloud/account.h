/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The account that the client's token belongs to. */

#include "cloud/client.h"

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
