/* SPDX-License-Identifier: Apache-2.0 */

/* A list before it starts: its file, its settings, and what is wrong with it. */

#include "setup/lib/list-private.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

enum { SLOTS_MAX = 64 };

static bool is_task(enum task task)
{
        return task == TASK_SETUP || task == TASK_UPDATE;
}

static void dispose(struct usher_list *l)
{
        list_close_all(l);
        list_free(l->list);
        setups_free(l);
        rows_free(&l->rows);
        for (size_t i = 0; i < l->n_radios; i++)
                free(l->radios[i]);
        free(l->radios);
        free(l->journal.folder);
        free(l->path);
        free(l);
}

static int read_file(struct usher_list *l, const char *path, struct trouble *ret_trouble)
{
        int r = list_read(path, &l->list, ret_trouble);

        if (r < 0)
                return r;
        l->path = realpath(path, NULL);
        return l->path ? rows_fill(l) : -ENOMEM;
}

static int make(struct usher_ctx *c, enum task task, const char *path, struct usher_list **ret)
{
        struct usher_list *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        l->task = task;
        r = read_file(l, path, &c->trouble);
        if (r < 0) {
                dispose(l);
                return r;
        }
        l->ctx = ctx_use(c);
        *ret = l;
        return 0;
}

int usher_list_new(struct usher_ctx *c, const char *task, const char *path, struct usher_list **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        enum task t = TASK_SETUP;
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = task_find(task, &t);
        if (r == 0 && !is_task(t))
                r = -ENOENT;
        return r < 0 ? r : make(c, t, path, ret);
}

static void end(struct usher_list *l)
{
        _cleanup_(ctx_leave) struct entry e;

        if (ctx_enter(l->ctx, &e) < 0)
                return;
        list_close_all(l);
        event_drop(&l->ctx->events, l);
        dispose(l);
}

struct usher_list *usher_list_free(struct usher_list *l)
{
        struct usher_ctx *c = l ? l->ctx : NULL;

        if (!l || !ctx_is_ours(c))
                return NULL;
        end(l);
        ctx_unuse(c);
        return NULL;
}

/* ---- settings ---- */

static int enter_new(struct usher_list *l, struct entry *e)
{
        int r = ctx_enter(l->ctx, e);

        return r < 0 ? r : l->stage == LIST_STAGE_NEW ? 0 : -EALREADY;
}

int usher_list_set_slots(struct usher_list *l, unsigned slots)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter_new(l, &e);

        if (r == 0 && slots > SLOTS_MAX)
                r = trouble_set(&l->ctx->trouble, FAULT_CONFIG, "an adapter has %d slots at most",
                                SLOTS_MAX);
        if (r == 0)
                l->slots = slots;
        return r;
}

int usher_list_add_radio(struct usher_list *l, const char *radio)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter_new(l, &e);
        char **more;

        if (r < 0)
                return r;
        more = realloc(l->radios, (l->n_radios + 1) * sizeof(*more));
        if (!more)
                return -ENOMEM;
        l->radios = more;
        more[l->n_radios] = strdup(radio);
        if (!more[l->n_radios])
                return -ENOMEM;
        l->n_radios++;
        return 0;
}

int usher_list_set_journal(struct usher_list *l, const char *folder)
{
        _cleanup_(ctx_leave) struct entry e;
        char *copy = NULL;
        int r = enter_new(l, &e);

        if (r == 0 && folder && folder[0] && !(copy = strdup(folder)))
                r = -ENOMEM;
        if (r < 0)
                return r;
        free(l->journal.folder);
        l->journal.folder = copy;
        return 0;
}

/* ---- what is wrong ---- */

static int check(struct usher_list *l)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(l->ctx, &e);

        return r < 0 || !setups_are_complete(l) ? r : setups_check(l);
}

bool usher_list_get_error(struct usher_list *l, size_t i, unsigned *ret_line, const char **ret_cause)
{
        const struct list_error *e = l->list && check(l) == 0 ? list_error_at(l->list, i) : NULL;

        if (!e)
                return false;
        *ret_line = e->line;
        *ret_cause = e->why.cause;
        return true;
}

size_t usher_list_count_errors(struct usher_list *l)
{
        return l->list && check(l) == 0 ? list_errors(l->list) : 0;
}
