/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is the same for all devices of one command: options, profile, account. Read first, all of it here on
 * this machine, so that what is wrong with it is said before a device is touched. */

#include "cloud/token.h"
#include "proto/base/places.h"
#include "setup/account/customer.h"
#include "setup/cli/progress.h"
#include "setup/cli/setup-args.h"
#include "setup/flow/job.h"
#include "setup/ports/context.h"

struct work;

struct setup_site {
        const struct setup_args *args;
        enum task task;
        struct context *context;
        struct progress *progress;
        struct profile profile; /* empty while a device has it (setup-device.h) */
        bool asks_network;      /* the profile names none: whoever is there chooses one */
        struct token token;
        bool account;             /* there is a token, and it is needed */
        struct customer customer; /* signed in for this command, if one is */
        bool signed_in;
        char sign_ins[PLACE_MAX]; /* of the customer */
        char finished[PLACE_MAX]; /* what was set up here before; "": nothing is kept */
        uint64_t finished_hash;
        const char *cloud_url;
        struct work *at_work;    /* what is done with a device just now; NULL: nothing */
        struct silence *silence; /* the terminal that was asked for the sticker; NULL: none */
};

/* Loop and progress, without anything of the profile. `args` outlives it. *site is to be closed, whatever is
 * returned: 0, or a negative errno of this process. */
int setup_site_open(const struct setup_args *args, enum task task, struct setup_site *site);
void setup_site_close(struct setup_site *site);

/* All below: 0, or as trouble_complete() takes it. */

int setup_site_profile(struct setup_site *site, struct trouble *ret_trouble);

/* Finds the token, if any is needed. `p` is the site's profile, wherever it is now, here and below. */
int setup_site_account(struct setup_site *site, const struct profile *p, struct trouble *ret_trouble);

/* The token of a customer takes the place of one that is found. It is made when a setup begins, not for a
 * dry run; no second one is made until it was given back. */
int setup_site_sign_in(struct setup_site *site, const struct profile *p, struct trouble *ret_trouble);

/* A token that nobody needs any more does not lie around for its 90 days. */
void setup_site_sign_out(struct setup_site *site);
