/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What was asked of the store, on its way: made and answered in the loop, done on the thread. */

#include "setup/store/arena.h"
#include "setup/store/store.h"

struct base;
struct request;
struct seal;

enum request_kind {
        REQUEST_LOOKS,  /* changes nothing */
        REQUEST_WRITES, /* shares a commit with others */
        REQUEST_ALONE,  /* in no transaction */
};

/* 0, or the negative errno of its answer; REQUEST_AGAIN: it is not at its end, and goes behind what waits.
 */
enum { REQUEST_AGAIN = 1 << 30 };
typedef int (*request_run)(struct base *b, const void *want, struct request *r);

struct request {
        struct request *next;
        struct handle *handle; /* in the loop only; NULL: nobody wants the answer */
        store_fn done;
        void *userdata;
        enum request_kind kind;
        request_run run;
        const void *want; /* in `memory`: what it is about */
        bool again;
        struct arena memory;
        size_t n_given;          /* secrets that belong to it */
        struct secret **secrets; /* in `memory` */
        struct store_counts counts;
        struct store_answer answer;
};

struct requests {
        struct request *first, **end;
};

void requests_add(struct requests *list, struct request *r);
struct request *requests_take(struct requests *list); /* NULL: it is empty */
void requests_move(struct requests *to, struct requests *from);

/* `size` bytes for what it is about are at r->want. */
int request_new(request_run run, enum request_kind kind, size_t size, struct request **ret, void *ret_want);
struct request *request_free(struct request *r);
DEFINE_CLEANUP(struct request *, request_free)

/* As if it had not been run. */
void request_reset(struct request *r);

/* A copy that lives as long as the request; NULL stays NULL. -EINVAL: longer than max. */
int request_text(struct request *r, const char *text, size_t max, const char **ret);

/* What the store seals with; both threads may use it. */
const struct seal *store_seal(const struct store *s);

/* Hands it to the thread; *r is NULL then. */
int store_ask(struct store *s, struct request **r, store_fn done, void *userdata, struct op **ret);
