/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A customer of a product, who is signed in by the product's OAuth client for as long as devices are set up
 * for them (cloud.md 4.3). By op.h's rules; each request has the cloud client's own limit of time. */

#include "cloud/signin.h"
#include "proto/base/op.h"

struct context;

/* Whose session at which cloud. All of it outlives what is begun with it. */
struct customer {
        struct context *context;
        const char *url; /* NULL: the public cloud */
        const char *ca_file, *proxy;
        const char *sign_ins_file; /* remembers failed sign-ins (sign-ins.h); NULL: nothing does */
        struct cloud_oauth oauth;
        const char *email;
};

/* `token`: the callee's; NULL: there is none, and *why says why. */
typedef void (*customer_token_fn)(void *userdata, const struct trouble *why, struct secret *token);

/* Makes the customer if there is none with this address, else signs it in. 0; -EINVAL: *ret_trouble; -ENOMEM
 * or the errno of mechanics. */
int customer_sign_in(const struct customer *c, customer_token_fn done, void *userdata, struct op **ret,
                     struct trouble *ret_trouble);

/* FAULT_NONE: it is done */
typedef void (*customer_done_fn)(void *userdata, const struct trouble *why);

/* Gives the token back, which would else last for 90 days. As customer_sign_in(). */
int customer_sign_out(const struct customer *c, const struct secret *token, customer_done_fn done,
                      void *userdata, struct op **ret, struct trouble *ret_trouble);
