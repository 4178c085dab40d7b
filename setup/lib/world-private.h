/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: the world of jobs at work - radio, cloud, account - as it was when they began,
 * whatever the context's settings become. */

#include "setup/flow/job.h"
#include "setup/lib/session-private.h"
#include "setup/ports/ports.h"

enum world_text {
        WORLD_RADIO,
        WORLD_CLOUD_URL,
        WORLD_CLOUD_PROXY,
        WORLD_CLOUD_CA,
        WORLD_SERIALS_FILE,
        _WORLD_TEXTS_MAX,
};

struct world {
        bool account; /* there is one, or will be when its customer is signed in, and it is needed */
        char *text[_WORLD_TEXTS_MAX];
        struct secret *token;
        struct usher_ports_config config; /* of those above */
};

/* What a task leaves of a profile that was checked. */
void world_fit(enum task task, struct profile *p);

/* Whether jobs of this profile have an account. What is wrong with it is said before a device is touched.
 * -EINVAL: the context's trouble. */
int world_find_account(struct usher_ctx *c, const struct profile *p, bool *ret_account);

/* Copies of what the context has now. `customer`: whose profile has session_is_wanted(), for there the token
 * is the customer's and may be missing so far; NULL: the account, if there is one, is the context's. *w is
 * to be ended with world_done(), whatever is returned. -ENOMEM. */
int world_keep(const struct usher_ctx *c, const struct profile *customer, bool account, struct world *w);

/* The customer is signed in. -ENOMEM. */
int world_take_token(struct world *w, const struct secret *token);
void world_done(struct world *w);
