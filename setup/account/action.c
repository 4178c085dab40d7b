/* SPDX-License-Identifier: Apache-2.0 */

/* The table, and the life of a run: a serial number is looked up, the action's verbs follow one another,
 * what comes back becomes one line for a person. Sentences tell what is so now, so that a list of them reads
 * as a report. */

#include "setup/account/action-private.h"
#include "setup/account/lookup.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEVICES = 1, SIMS = 2, EITHER = DEVICES | SIMS };

struct action {
        const char *name, *summary;
        unsigned items;     /* what it works with */
        bool product;       /* needs one */
        bool names;         /* needs a name with each item */
        bool takes;         /* takes away what only somebody else or the device beside one gives back */
        bool user;          /* wants to know whose account it is */
        run_start_fn start; /* NULL: many devices in one request (import.h) */
};

/* Actions of two words stand together. */
static const struct action actions[] = {
        { .name = "check",
          .summary = "what the cloud knows of a device or SIM card",
          .items = EITHER,
          .start = run_check },
        { .name = "claim",
          .summary = "make a device this account's; it must be online",
          .items = DEVICES,
          .user = true,
          .start = run_claim },
        { .name = "unclaim",
          .summary = "give a device away",
          .items = DEVICES,
          .takes = true,
          .start = run_unclaim },
        { .name = "rename",
          .summary = "name a device",
          .items = DEVICES,
          .names = true,
          .start = run_rename },
        { .name = "signal",
          .summary = "let a device's light shout rainbows; --off ends it",
          .items = DEVICES,
          .start = run_signal },
        { .name = "add-to-product",
          .summary = "make a device a member of a product",
          .items = DEVICES,
          .product = true },
        { .name = "remove-from-product",
          .summary = "end that",
          .items = DEVICES,
          .takes = true,
          .product = true,
          .start = run_remove },
        { .name = "sim status",
          .summary = "what the cloud knows of a SIM card",
          .items = SIMS,
          .start = run_sim_status },
        { .name = "sim activate",
          .summary = "activate a SIM card",
          .items = SIMS,
          .start = run_sim_activate },
        { .name = "sim deactivate",
          .summary = "switch a SIM card off",
          .items = SIMS,
          .takes = true,
          .start = run_sim_deactivate },
        { .name = "sim release",
          .summary = "give a SIM card back",
          .items = SIMS,
          .takes = true,
          .start = run_sim_release },
};

bool action_takes(const struct action *a)
{
        return a->takes;
}

const struct action *action_at(size_t i)
{
        return i < ELEMENTSOF(actions) ? &actions[i] : NULL;
}

/* How many of the words are the action's name; 0: they are not. */
static size_t match_name(const char *name, char *const *words, size_t n)
{
        size_t used = 0;

        while (used < n) {
                size_t len = strcspn(name, " ");

                if (strlen(words[used]) != len || strncmp(words[used], name, len) != 0)
                        return 0;
                used++;
                if (!name[len])
                        return used;
                name += len + 1;
        }
        return 0;
}

const struct action *action_find(char *const *words, size_t n, size_t *ret_used)
{
        for (size_t i = 0; i < ELEMENTSOF(actions); i++) {
                size_t used = match_name(actions[i].name, words, n);

                if (used) {
                        *ret_used = used;
                        return &actions[i];
                }
        }
        return NULL;
}

const char *action_name(const struct action *a)
{
        return a->name;
}

const char *action_summary(const struct action *a)
{
        return a->summary;
}

bool action_needs_product(const struct action *a)
{
        return a->product;
}

bool action_needs_name(const struct action *a)
{
        return a->names;
}

bool action_needs_user(const struct action *a, const struct action_params *params)
{
        return a->user || params->finish;
}

bool action_is_import(const struct action *a)
{
        return !a->start;
}

bool action_fits(const struct action *a, const struct item *item)
{
        return a->items & (item->kind == ITEM_ICCID ? SIMS : DEVICES);
}

/* telling */

void run_end_here(struct run *r, enum fault fault)
{
        r->end.trouble.fault = fault;
        r->done(r->userdata, &r->end);
}

void run_end(struct run *r, enum fault fault, const char *text, ...)
{
        va_list ap;

        va_start(ap, text);
        (void)trouble_vset(&r->end.trouble, fault, text, ap);
        va_end(ap);
        r->done(r->userdata, &r->end);
}

void action_tell_error(const struct cloud_error *e, struct action_end *ret)
{
        ret->trouble = e->trouble;
        if (e->unsure)
                trouble_add(&ret->trouble,
                            " (it may have happened all the same: look with 'usher cloud check')");
}

void action_tell_errno(int error, struct action_end *ret)
{
        if (error == -EINVAL)
                (void)trouble_set(&ret->trouble, FAULT_CONFIG, "this cannot be sent: check the options");
        else
                trouble_complete(&ret->trouble, error);
}

bool run_failed(struct run *r, const struct cloud_error *e)
{
        if (e->trouble.fault == FAULT_NONE)
                return false;
        action_tell_error(e, &r->end);
        r->done(r->userdata, &r->end);
        return true;
}

void run_on_done(void *userdata, const struct cloud_error *e)
{
        struct run *r = userdata;

        if (!run_failed(r, e))
                run_end(r, FAULT_NONE, "done");
}

/* running */

void run_next(struct run *r, run_start_fn start)
{
        int e;

        r->verb = op_free(r->verb);
        e = start(r, &r->verb);
        if (e == 0)
                return;
        action_tell_errno(e, &r->end);
        r->done(r->userdata, &r->end);
}

static void on_lookup(void *userdata, const struct cloud_error *e, const char *device_id)
{
        struct run *r = userdata;

        if (run_failed(r, e))
                return;
        (void)snprintf(r->end.id, sizeof(r->end.id), "%s", device_id);
        run_next(r, r->action->start);
}

static void run_free(struct op *op)
{
        struct run *r = container_of(op, struct run, op);

        op_free(r->verb);
        free(r);
}

int action_start(const struct action *a, struct cloud_client *client, const struct action_params *params,
                 const struct item *item, action_fn done, void *userdata, struct op **ret)
{
        struct run *r = calloc(1, sizeof(*r));
        int e;

        if (!r)
                return -ENOMEM;
        *r = (struct run){ .op.free = run_free,
                           .action = a,
                           .client = client,
                           .params = params,
                           .item = item,
                           .done = done,
                           .userdata = userdata };
        if (item->kind == ITEM_DEVICE_ID)
                (void)snprintf(r->end.id, sizeof(r->end.id), "%.*s", CLOUD_ID_LEN, item->text);
        if (item->kind == ITEM_SERIAL)
                e = lookup_start(client, params->product_id, item->text, on_lookup, r, &r->verb);
        else
                e = a->start(r, &r->verb);
        if (e < 0) {
                run_free(&r->op);
                return e;
        }
        *ret = &r->op;
        return 0;
}
