/* SPDX-License-Identifier: Apache-2.0 */

/* For BlueZ the mirror of bluetoothd's objects is loaded and the adapter chosen as a setup would do it; for
 * the sim radio the folder is looked at. */

#include "setup/doctor/radio-check.h"
#include "ble/adapter.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct radio_check {
        struct op op;
        sd_event *loop;
        answer_fn done;
        void *userdata;
        char *spec;
        struct objects *objects; /* NULL: not BlueZ */
        struct objects_watch watch;
        struct timer *soon, *deadline;
};

static void radio_check_free(struct op *op)
{
        struct radio_check *c = container_of(op, struct radio_check, op);

        timer_free(c->soon);
        timer_free(c->deadline);
        if (c->objects)
                objects_unwatch(c->objects, &c->watch);
        objects_free(c->objects);
        free(c->spec);
        free(c);
}

/* The callee may free the operation: nothing after this. */
static void answer(struct radio_check *c, enum fault fault, const char *cause)
{
        c->soon = timer_free(c->soon);
        c->deadline = timer_free(c->deadline);
        c->done(c->userdata, &(struct answer){ .fault = fault, .cause = cause });
}

static void check_folder(struct radio_check *c, const char *folder)
{
        char cause[384];
        struct stat st;
        int r = stat(folder, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;

        if (r == 0 && access(folder, R_OK | X_OK) < 0)
                r = errno;
        (void)snprintf(cause, sizeof(cause), "%.256s%s%s", folder, r ? ": " : "", r ? strerror(r) : "");
        answer(c, r ? FAULT_BT_NO_ADAPTER : FAULT_NONE, cause);
}

static void check_adapter(struct radio_check *c)
{
        const char *want = strchr(c->spec, ':');
        struct adapter_choice choice;
        char cause[192];
        int r = adapter_choose(c->objects, want ? want + 1 : NULL, "/sys", &choice);

        if (r == -EAGAIN)
                return;
        if (r < 0) {
                answer(c, choice.trouble.fault, choice.trouble.cause[0] ? choice.trouble.cause : NULL);
                return;
        }
        (void)snprintf(cause, sizeof(cause), "%s, powered, %zu connections", adapter_name(choice.path),
                       adapter_connections(c->objects, choice.path));
        answer(c, FAULT_NONE, cause);
}

static void look(void *userdata)
{
        struct radio_check *c = userdata;

        c->soon = timer_free(c->soon);
        if (c->objects)
                check_adapter(c);
        else if (strncmp(c->spec, "sim:", 4) == 0 && c->spec[4])
                check_folder(c, c->spec + 4);
        else
                answer(c, FAULT_CONFIG, "the radio must be bluez, bluez:ADAPTER or sim:DIR");
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
        answer(userdata, FAULT_BT_NO_DAEMON, "it does not tell its adapters");
}

int radio_check_start(sd_event *loop, const char *spec, answer_fn done, void *userdata, struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct radio_check *c = calloc(1, sizeof(*c));
        int r = 0;

        if (!c)
                return -ENOMEM;
        *c = (struct radio_check){ .op.free = radio_check_free,
                                   .loop = loop,
                                   .done = done,
                                   .userdata = userdata,
                                   .watch = { .changed = on_change, .userdata = c } };
        op = &c->op;
        c->spec = strdup(spec ? spec : "bluez");
        if (!c->spec)
                return -ENOMEM;
        if (strcmp(c->spec, "bluez") == 0 || (strncmp(c->spec, "bluez:", 6) == 0 && c->spec[6]))
                r = objects_new(loop, &c->objects);
        if (r < 0)
                return r;
        if (c->objects)
                objects_watch(c->objects, &c->watch);
        r = timer_new(loop, 0, look, c, &c->soon);
        if (r == 0)
                r = timer_new(loop, RADIO_CHECK_MS, too_late, c, &c->deadline);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
