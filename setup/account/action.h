/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What `usher cloud` can do with one thing, as a table. */

#include "cloud/client.h"
#include "setup/account/items.h"

struct action_params {
        unsigned product_id;    /* 0 = none */
        bool request_transfer;  /* claim */
        const char *claim_user; /* add-to-product; NULL: nobody */
        bool import_sims;       /* add-to-product */
        const char *country;    /* sim activate */
        uint64_t wait_ms;       /* sim activate; 0: do not wait */
        bool off;               /* signal */
        bool finish;            /* check: claim what is nobody's */
        const char *user;       /* whose account it is; NULL: not known */
};

enum { ACTION_TEXT_MAX = 128, ACTION_WORD_MAX = 48 };

/* What the cloud told on the way; "", 0 and NULL: it was not asked, or there is none. */
struct action_facts {
        bool device; /* online and quarantined are known */
        bool online, quarantined;
        bool claimed; /* just now */
        int64_t last_handshake_s;
        char name[ACTION_TEXT_MAX], owner[ACTION_TEXT_MAX];
        char os[ACTION_WORD_MAX], iccid[ACTION_WORD_MAX];
        const char *sim; /* state of the card: "active" */
        char sim_status[ACTION_WORD_MAX];
};

/* How it went with one item. */
struct action_end {
        struct trouble
                trouble; /* FAULT_NONE: what is so now; FAULT_PENDING: asked for, goes on in the cloud */
        char id[CLOUD_ID_LEN + 1]; /* of the device; "" for SIM cards and unknown serial numbers */
        struct action_facts facts;
};

typedef void (*action_fn)(void *userdata, const struct action_end *end);

struct action;

/* NULL past the end. */
const struct action *action_at(size_t i);

/* The action that the first of the words name, and how many of them do. NULL: there is no such one. */
const struct action *action_find(char *const *words, size_t n, size_t *ret_used);

const char *action_name(const struct action *a); /* "claim", "sim activate" */
const char *action_summary(const struct action *a);
bool action_needs_product(const struct action *a);
bool action_needs_name(const struct action *a);
bool action_needs_user(const struct action *a, const struct action_params *params);

/* Whether it takes something away that only somebody else, or the device beside one, gives back: a person is
 * asked first. */
bool action_takes(const struct action *a);

/* Done for many devices with one request: by batch_run(), never by action_start(). */
bool action_is_import(const struct action *a);

/* Whether the item is of a kind that the action works with. */
bool action_fits(const struct action *a, const struct item *item);

/* How an item ended whose request failed: with the cloud, or before it was sent (an errno). */
void action_tell_error(const struct cloud_error *e, struct action_end *ret);
void action_tell_errno(int error, struct action_end *ret);

/* One operation (proto/base/op.h). A serial number is looked up first (lookup.h). Item and params stay the
 * caller's until it has ended. */
int action_start(const struct action *a, struct cloud_client *client, const struct action_params *params,
                 const struct item *item, action_fn done, void *userdata, struct op **ret);
