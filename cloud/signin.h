/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Getting a token for a user name and password, and giving it back (cloud.md 2.1 and 2.3). A client
 * without a token is enough for signing in. */

#include "cloud/client.h"

enum {
        SIGN_IN_TRIES_MAX = 3,          /* wrong ones in a row; the cloud blocks an address after ten */
        SIGN_IN_LIFE_S = 90 * 24 * 3600 /* the cloud's own default */
};

struct cloud_grant {
        bool otp_wanted;                /* the account asks for a one-time code: no token yet */
        const struct secret *mfa_token; /* goes into cloud_sign_in_otp(); NULL otherwise. Copy it */
        const struct secret *token;     /* NULL while a code is wanted. Copy it */
        int64_t expires_s;              /* seconds since 1970; 0 = never */
};

/* FAULT_SIGN_IN: not accepted, or SIGN_IN_TRIES_MAX wrong tries of this client are over (status 0). An
 * account with single sign-on is refused like a wrong password. */
typedef void (*cloud_grant_fn)(void *userdata, const struct cloud_error *e, const struct cloud_grant *grant);

/* life_s: how long the token is to last; 0 = for ever. */
int cloud_sign_in(struct cloud_client *c, const char *user, const struct secret *password, unsigned life_s,
                  cloud_grant_fn done, void *userdata, struct op **ret);

/* The second step; `otp` is the six digits of the person's authenticator, spaces are dropped. */
int cloud_sign_in_otp(struct cloud_client *c, const struct secret *mfa_token, const struct secret *otp,
                      cloud_grant_fn done, void *userdata, struct op **ret);

/* Revokes the client's own token. */
int cloud_sign_out(struct cloud_client *c, cloud_done_fn done, void *userdata, struct op **ret);

/* customers of a product (cloud.md 4.3) */
struct cloud_oauth {
        unsigned product_id;
        const char *client_id; /* OAuth client of the product, made in the console */
        const struct secret *client_secret;
};

/* A token for a customer that exists. */
int cloud_sign_in_customer(struct cloud_client *c, const struct cloud_oauth *oauth, const char *email,
                           cloud_grant_fn done, void *userdata, struct op **ret);

/* Makes a customer without a password of its own; the grant is its token. FAULT_CLOUD_REFUSED if it exists:
 * then sign it in. */
int cloud_customer_new(struct cloud_client *c, const struct cloud_oauth *oauth, const char *email,
                       cloud_grant_fn done, void *userdata, struct op **ret);
