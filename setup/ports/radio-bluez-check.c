/* SPDX-License-Identifier: Apache-2.0 */

/* As soon as the mirror of bluetoothd's objects is loaded an adapter is chosen, as a setup would do it. */

#include "ble/adapter.h"
#include "ble/central.h"
#include "proto/base/timer.h"
#include "setup/ports/radio-private.h"
#include <errno.h>
#include <string.h>

struct radio_check {
        struct op op;
        sd_event *loop;
        answer_fn done;
        void *userdata;
        const char *want; /* NULL: any */
        struct objects *objects;
        struct objects_watch watch;
        struct timer *soon, *deadline;
};

static void radio_check_free(struct op *op)
{
        struct radio_check *c = container_of(op, struct radio_check, op);

        timer_free(c->soon);
        timer_free(c->deadline);
        objects_unwatch(c->objects, &c->watch);
        free(c);
}

/* The callee may free the operation: nothing after this. */
static void answer(struct radio_check *c, const struct trouble *trouble)
{
        c->soon = timer_free(c->soon);
        c->deadline = timer_free(c->deadline);
        c->done(c->userdata, &(struct answer){ .trouble = *trouble });
}

static void look(void *userdata)
{
        struct radio_check *c = userdata;
        struct adapter_choice choice;
        size_t n;
        int r;

        c->soon = timer_free(c->soon);
        r = adapter_choose(c->objects, c->want, "/sys", &choice);
        if (r == -EAGAIN)
                return;
        n = r == 0 ? adapter_connections(c->objects, choice.path) : 0;
        if (r == 0)
                (void)trouble_set(&choice.trouble, FAULT_NONE, "%s, powered, %zu connection%s",
                                  adapter_name(choice.path), n, n == 1 ? "" : "s");
        answer(c, &choice.trouble);
}

/* Inside an event of the mirror nobody may free it: the answer comes at the next turn. */
static void on_change(void *userdata, const struct objects_event *e)
{
        struct radio_check *c = userdata;

        if (e->change == OBJECTS_STATE && !c->soon)
                (void)timer_new(c->loop, 0, look, c,
                                &c->soon); /* without memory for it the deadline answers */
}

static void too_late(void *userdata)
{
        answer(userdata, &(struct trouble){ FAULT_BT_NO_DAEMON, "it does not tell its adapters" });
}

int radio_bluez_check(sd_event *loop, struct central *central, const char *adapter, answer_fn done,
                      void *userdata, struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct radio_check *c = calloc(1, sizeof(*c));
        int r;

        if (!c)
                return -ENOMEM;
        *c = (struct radio_check){ .op.free = radio_check_free,
                                   .loop = loop,
                                   .done = done,
                                   .userdata = userdata,
                                   .want = adapter,
                                   .objects = central_objects(central),
                                   .watch = { .changed = on_change, .userdata = c } };
        op = &c->op;
        objects_watch(c->objects, &c->watch);
        r = timer_new(loop, 0, look, c, &c->soon);
        if (r == 0)
                r = timer_new(loop, RADIO_CHECK_MS, too_late, c, &c->deadline);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
