/* SPDX-License-Identifier: Apache-2.0 */

/* What the engine asks of a list: the profile and the world of a row's job, what other setups have left, and
 * what becomes of it. A job that is given back - to be tried again, or because the list ends - has no result
 * of its own; one that ends with the list has that it was cancelled, for whoever watches its row. */

#include "setup/lib/list-private.h"
#include <errno.h>
#include <string.h>

static bool is_of_token(enum fault fault)
{
        return fault_info(fault)->exit_code == EXIT_TOKEN;
}

static int on_begin(void *userdata, const struct store_job *job, struct profile *ret_profile,
                    struct usher_ports_config *ret_world, struct trouble *ret_trouble)
{
        struct usher_list *l = userdata;
        struct row *row = listed_find(&l->rows, job->serial);
        int r;

        if (!row)
                return trouble_set(ret_trouble, FAULT_CONFIG, "it is not in the list any more");
        r = listed_begin(row, job->id);
        if (r == 0)
                r = setup_of_row(l, row, ret_profile, ret_trouble);
        if (r < 0)
                return r;
        row->facts->asks_network = ret_profile->n_networks == 0;
        *ret_world = l->world.config;
        if (!l->setups[row->setup].account) {
                ret_world->token = NULL;
                ret_world->serials_file = NULL;
        }
        return 0;
}

static int on_ready(void *userdata, const struct store_job *job, struct job *j, struct trouble *ret_trouble)
{
        struct usher_list *l = userdata;
        struct row *row = listed_find(&l->rows, job->serial);

        j->asked.task = l->task;
        row->facts->at_work = j;
        j->now.resumed |= row->newest > 0; /* also if that one was given up, and this one begins anew */
        if (row->state != ROW_PENDING)
                listed_move(l, row, ROW_RUNNING);
        return files_recall(&l->files, revision_finished(job->revision), j, ret_trouble);
}

static void keep_networks(struct usher_list *l, struct row *row, const struct job *j)
{
        if (!row->facts->asks_network || j->wifi.join != JOIN_DONE)
                return;
        row->facts->asks_network = false;
        setup_keep_networks(l, row, &j->asked.profile);
}

static enum row_state state_of(enum job_outcome outcome)
{
        switch (outcome) {
        case JOB_DONE: return ROW_DONE;
        case JOB_PENDING: return ROW_PENDING;
        case JOB_CANCELLED: return ROW_CANCELLED;
        case JOB_RUNNING:
        case JOB_FAILED: break;
        }
        return ROW_FAILED;
}

static void on_told(void *userdata, const struct told *t, const char *json)
{
        struct usher_list *l = userdata;
        struct row *row = listed_find(&l->rows, t->job->asked.label.serial);

        if (!row)
                return;
        if (!row->facts && listed_begin(row, t->id) < 0) /* it failed before it was begun */
                return;
        if (t->kind == TOLD_QUESTION)
                listed_move(l, row, ROW_ASKING);
        if (t->kind == TOLD_STEP)
                keep_networks(l, row, t->job);
        if (t->kind == TOLD_RESULT) {
                row->facts->ended = true;
                listed_learn(row, t->job);
                listed_move(l, row, state_of(t->job->end.outcome));
                if (t->job->end.outcome == JOB_FAILED && is_of_token(t->job->end.trouble.fault))
                        list_end(l, &t->job->end.trouble);
        }
        list_tell(l, row, t, json);
}

/* A result that the journal has not, for it goes on from there. */
static void tell_end(struct usher_list *l, const struct row *row, const struct job *j,
                     const struct trouble *why)
{
        struct job *copy = malloc(sizeof(*copy));
        struct told t = { .kind = TOLD_RESULT, .id = row->facts->job, .job = copy, .ms = row->facts->ms };

        if (!copy)
                return;
        *copy = *j; /* nothing of it is freed */
        copy->end.trouble = *why;
        copy->end.outcome = why->fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        list_tell(l, row, &t, NULL);
        free(copy);
}

/* It was given back. */
static void end_attempt(struct usher_list *l, struct row *row, const struct job *j)
{
        const struct trouble *why = &j->end.trouble;

        if (is_of_token(why->fault)) {
                tell_end(l, row, j, why);
                listed_move(l, row, ROW_FAILED);
                list_end(l, why);
        } else if (l->ending && row->state != ROW_PENDING) {
                tell_end(l, row, j, &(struct trouble){ .fault = FAULT_CANCELLED });
                listed_move(l, row, ROW_CANCELLED);
        } else if (row->state != ROW_PENDING) {
                listed_move(l, row, ROW_WAITING);
        }
}

static void on_ended(void *userdata, const struct store_job *job, const struct job *j)
{
        struct usher_list *l = userdata;
        struct row *row = listed_find(&l->rows, job->serial);

        if (!row || !row->facts)
                return;
        row->facts->at_work = NULL;
        if (!l->engine)
                return; /* the list is freed at work */
        listed_learn(row, j);
        keep_networks(l, row, j);
        files_remember(&l->files, revision_finished(job->revision), j);
        if (!row->facts->ended)
                end_attempt(l, row, j);
}

static void on_changed(void *userdata)
{
        list_look(userdata);
}

const struct engine_host list_host = {
        .begin = on_begin, .ready = on_ready, .ended = on_ended, .told = on_told, .changed = on_changed
};
