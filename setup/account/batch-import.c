/* SPDX-License-Identifier: Apache-2.0 */

/* One group takes members while serial numbers are looked up, a few at a time; each lookup holds a place in
 * it, so that what is found always fits. A group goes out when it is full, or when nothing more will come.
 * Of whom the answer says nothing (cloud.md 4.1) is looked at, one by one. */

#include "cloud/device.h"
#include "cloud/product.h"
#include "setup/account/batch-private.h"
#include "setup/account/lookup.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { GROUPS = 2 };

struct member {
        const struct item *item;
        char id[CLOUD_ID_LEN + 1];
};

struct group {
        struct import *import;
        struct op *op; /* NULL: it takes members */
        bool over;     /* its request has been answered */
        struct member member[PRODUCT_IMPORT_MAX];
        size_t n;
        size_t unsaid[PRODUCT_IMPORT_MAX], n_unsaid; /* to be looked at, the last one first */
};

struct slot {
        struct import *import;
        struct op *op;
        const struct item *item;
        bool over;
};

struct import {
        const struct batch *batch;
        struct cloud_client *client;
        size_t next, ended, lookups;
        struct slot slot[BATCH_PARALLEL];
        struct group group[GROUPS];
        struct group *open; /* takes members; NULL: all are on their way */
};

static void told(struct import *x, const struct item *item, const struct action_end *end)
{
        x->ended++;
        x->batch->on_end(x->batch->userdata, item, end);
}

/* requests */

static void tell_member(struct group *g, size_t i, const struct cloud_error *e,
                        const struct cloud_imports *imports)
{
        enum cloud_import result = imports && i < imports->n ? imports->result[i] : IMPORT_UNSAID;
        struct action_end end = {};

        memcpy(end.id, g->member[i].id, sizeof(end.id));
        if (e->trouble.fault != FAULT_NONE) {
                action_tell_error(e, &end);
        } else if (result == IMPORT_UNSAID) {
                g->unsaid[g->n_unsaid++] = i;
                return;
        } else {
                bool in = result == IMPORT_ADDED || result == IMPORT_EXISTED;

                (void)trouble_set(&end.trouble, in ? FAULT_NONE : FAULT_CLAIM_REFUSED, "%s",
                                  cloud_import_text(result));
        }
        told(g->import, g->member[i].item, &end);
}

static void on_import(void *userdata, const struct cloud_error *e, const struct cloud_imports *imports)
{
        struct group *g = userdata;

        g->over = true;
        for (size_t i = 0; i < g->n; i++)
                tell_member(g, i, e, imports);
}

/* looking at what the answer does not say */

static void say_membership(const struct import *x, const struct cloud_device *d, struct trouble *ret)
{
        const char *wanted = x->batch->params.claim_user, *owner = d->owner ? d->owner : "nobody";

        if (!d->known)
                (void)trouble_set(ret, FAULT_CLAIM_REFUSED, "%s", cloud_import_text(IMPORT_INVALID));
        else if (wanted && strcasecmp(owner, wanted) != 0)
                (void)trouble_set(ret, FAULT_CLAIM_REFUSED, "it is in the product, but its owner is %s",
                                  owner);
        else
                (void)trouble_set(ret, FAULT_NONE, "in the product");
}

static void on_member(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct group *g = userdata;
        const struct member *m = &g->member[g->unsaid[--g->n_unsaid]];
        struct action_end end = {};

        g->over = true;
        memcpy(end.id, m->id, sizeof(end.id));
        if (e->trouble.fault != FAULT_NONE)
                action_tell_error(e, &end);
        else
                say_membership(g->import, d, &end.trouble);
        told(g->import, m->item, &end);
}

static void look_at_next(struct group *g)
{
        while (g->n_unsaid) {
                const struct member *m = &g->member[g->unsaid[g->n_unsaid - 1]];
                struct action_end end = {};
                int r = cloud_product_device(g->import->client, g->import->batch->params.product_id, m->id,
                                             on_member, g, &g->op);

                if (r == 0)
                        return;
                g->n_unsaid--;
                action_tell_errno(r, &end);
                told(g->import, m->item, &end);
        }
}

static void send_group(struct import *x)
{
        const struct action_params *p = &x->batch->params;
        const char *ids[PRODUCT_IMPORT_MAX];
        struct group *g = x->open;
        struct action_end end = {};
        int r;

        x->open = NULL;
        for (size_t i = 0; i < g->n; i++)
                ids[i] = g->member[i].id;
        r = cloud_import(x->client, p->product_id, ids, g->n, p->claim_user, p->import_sims, on_import, g,
                         &g->op);
        if (r == 0)
                return;
        action_tell_errno(r, &end);
        for (size_t i = 0; i < g->n; i++)
                told(x, g->member[i].item, &end);
        g->n = 0;
}

/* members */

static void add_member(struct import *x, const struct item *item, const char *id)
{
        struct member *m = &x->open->member[x->open->n++];

        m->item = item;
        (void)snprintf(m->id, sizeof(m->id), "%.*s", CLOUD_ID_LEN, id);
}

static void on_lookup(void *userdata, const struct cloud_error *e, const char *device_id)
{
        struct slot *s = userdata;
        struct action_end end = {};

        s->over = true;
        s->import->lookups--;
        if (e->trouble.fault == FAULT_NONE) {
                add_member(s->import, s->item, device_id);
                return;
        }
        action_tell_error(e, &end);
        told(s->import, s->item, &end);
}

static struct slot *free_slot(struct import *x)
{
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                if (!x->slot[i].op)
                        return &x->slot[i];
        return NULL;
}

/* False: there is no place for it now. */
static bool take_item(struct import *x, const struct item *item)
{
        struct action_end end = {};
        struct slot *s;
        int r;

        if (item->kind == ITEM_DEVICE_ID) {
                add_member(x, item, item->text);
                return true;
        }
        s = free_slot(x);
        if (!s)
                return false;
        s->over = false;
        s->item = item;
        r = lookup_start(x->client, 0, item->text, on_lookup, s, &s->op);
        if (r == 0) {
                x->lookups++;
                return true;
        }
        action_tell_errno(r, &end);
        told(x, item, &end);
        return true;
}

static void clear_ended(struct import *x)
{
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                if (x->slot[i].over)
                        x->slot[i].op = op_free(x->slot[i].op);
        for (size_t i = 0; i < GROUPS; i++) {
                struct group *g = &x->group[i];

                if (g->over) {
                        g->op = op_free(g->op);
                        g->over = false;
                        look_at_next(g);
                        if (!g->op)
                                g->n = 0;
                }
                if (!x->open && !g->op)
                        x->open = g;
        }
}

static void fill(struct import *x)
{
        const struct items *items = x->batch->items;

        clear_ended(x);
        while (x->open && x->next < items->n) {
                if (x->open->n + x->lookups < PRODUCT_IMPORT_MAX) {
                        if (!take_item(x, &items->item[x->next]))
                                break;
                        x->next++;
                } else if (x->lookups == 0) {
                        send_group(x);
                        clear_ended(x);
                } else {
                        break;
                }
        }
        if (x->open && x->open->n && x->lookups == 0 && x->next == items->n)
                send_group(x);
}

static void stop(struct import *x)
{
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                x->slot[i].op = op_free(x->slot[i].op);
        for (size_t i = 0; i < GROUPS; i++)
                x->group[i].op = op_free(x->group[i].op);
}

int import_run(struct account *a, const struct batch *batch)
{
        _cleanup_(freep) struct import *x = calloc(1, sizeof(*x));
        int r;

        if (!x)
                return -ENOMEM;
        x->batch = batch;
        x->client = account_client(a);
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                x->slot[i].import = x;
        for (size_t i = 0; i < GROUPS; i++)
                x->group[i].import = x;
        do {
                fill(x);
                r = x->ended < batch->items->n ? account_turn(a) : 0;
        } while (r >= 0 && x->ended < batch->items->n);
        stop(x);
        return r;
}
