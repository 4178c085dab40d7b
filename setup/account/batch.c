/* SPDX-License-Identifier: Apache-2.0 */

/* A fixed number of slots; each takes the next item as soon as its own has ended. The next one starts from
 * the loop, not from inside the callback that ended the last. */

#include "setup/account/batch.h"
#include "setup/account/batch-private.h"

struct slot {
        struct running *running;
        struct op *op;
        const struct item *item;
        bool over; /* its operation has answered */
};

struct running {
        const struct batch *batch;
        struct account *account;
        size_t next, ended;
        struct slot slot[BATCH_PARALLEL];
};

static void told(struct running *x, const struct item *item, const struct action_end *end)
{
        x->ended++;
        x->batch->on_end(x->batch->userdata, item, end);
}

static void on_end(void *userdata, const struct action_end *end)
{
        struct slot *s = userdata;

        s->over = true;
        told(s->running, s->item, end);
}

static void start_next(struct running *x, struct slot *s)
{
        struct action_end end = {};
        int r;

        s->over = false;
        s->item = &x->batch->items->item[x->next++];
        r = action_start(x->batch->action, account_client(x->account), &x->batch->params, s->item, on_end, s,
                         &s->op);
        if (r == 0)
                return;
        action_tell_errno(r, &end);
        told(x, s->item, &end);
}

static void fill(struct running *x)
{
        for (size_t i = 0; i < BATCH_PARALLEL; i++) {
                struct slot *s = &x->slot[i];

                if (s->over)
                        s->op = op_free(s->op);
                while (!s->op && x->next < x->batch->items->n)
                        start_next(x, s);
        }
}

int batch_run(struct account *a, const struct batch *batch)
{
        struct running x = { .batch = batch, .account = a };
        int r = 0;

        if (action_is_import(batch->action))
                return import_run(a, batch);
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                x.slot[i].running = &x;
        while (r >= 0) {
                fill(&x);
                if (x.ended == batch->items->n)
                        break;
                r = account_turn(a);
        }
        for (size_t i = 0; i < BATCH_PARALLEL; i++)
                x.slot[i].op = op_free(x.slot[i].op);
        return r;
}
