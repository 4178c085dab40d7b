/* SPDX-License-Identifier: Apache-2.0 */

/* What a list has from one run to the next. Looking at what is there comes first: the newest job of a serial
 * number says whether its row is done, goes on, or is asked for anew; jobs that nobody wants any more are
 * let go. Then the rows that have none are handed over in pieces, in the order of the list, while the engine
 * is at work on those that came before.
 *
 * A key that the store knows would be answered with the old job, so each job of a row has a key of its own:
 * that of its serial number and of the job before. A crash between writing and knowing of it does no harm:
 * the next run finds the job. */

#include "proto/base/file.h"
#include "proto/base/places.h"
#include "setup/account/finished.h"
#include "setup/lib/list-private.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
        JOBS_MAX = 4 * LIST_ROWS_MAX,
        NAME_BYTES = 8,
        NAME_LEN = 2 * NAME_BYTES,
        WALK = 2000, /* rows in one turn of the loop */
        AGAIN_MS = 1000,
        UPDATED_MS = 24 * 3600 * 1000,
        REFUSED_MS = 60000, /* a store that takes nothing for so long ends the list */
};

/* ---- opening ---- */

/* What makes it the same list: file and task. */
static int name_of(const struct usher_list *l, char ret[static NAME_LEN + 1])
{
        uint8_t task = (uint8_t)l->task, hash[crypto_generichash_BYTES];
        crypto_generichash_state state;

        if (secret_init() < 0 || crypto_generichash_init(&state, NULL, 0, sizeof(hash)) != 0)
                return -EIO;
        (void)crypto_generichash_update(&state, (const uint8_t *)l->path, strlen(l->path));
        (void)crypto_generichash_update(&state, &task, 1);
        (void)crypto_generichash_final(&state, hash, sizeof(hash));
        (void)sodium_bin2hex(ret, NAME_LEN + 1, hash, NAME_BYTES);
        return 0;
}

static int refuse_folder(struct usher_list *l, int error)
{
        const char *folder = l->journal.folder ? l->journal.folder : "$XDG_STATE_HOME/usher/lists";

        if (error == -ENOMEM)
                return error;
        return trouble_set(
                &l->ctx->trouble, FAULT_STORE, "the folder %s of lists cannot be used: %s", folder,
                error == -ENOENT ? "neither HOME nor XDG_STATE_HOME says where it is" : file_words(error));
}

static int path_of(const struct usher_list *l, const char *end, char ret[static PLACE_MAX])
{
        char hash[NAME_LEN + 1], name[NAME_LEN + 16];
        int n, r = name_of(l, hash);

        if (r < 0)
                return r;
        if (!l->journal.folder) {
                (void)snprintf(name, sizeof(name), "lists/%s%s", hash, end);
                return place_state(name, ret);
        }
        n = snprintf(ret, PLACE_MAX, "%s/%s%s", l->journal.folder, hash, end);
        return n < PLACE_MAX ? place_make_folders(ret) : -ENAMETOOLONG;
}

/* A new key would open nothing of what the old one has sealed. */
static int read_key(struct usher_list *l, const char *path, struct secret **ret)
{
        char key[PLACE_MAX];
        int r = path_of(l, ".key", key);

        if (r < 0)
                return refuse_folder(l, r);
        if (access(path, F_OK) == 0 && access(key, F_OK) < 0 && errno == ENOENT)
                return trouble_set(
                        &l->ctx->trouble, FAULT_STORE,
                        "the journal %s is there, and the key %s that its secrets are sealed with is "
                        "gone: put it back, or remove the journal, and the list begins anew",
                        path, key);
        return store_key_file(key, ret, &l->ctx->trouble);
}

int journal_open(struct usher_list *l)
{
        _cleanup_(secret_freep) struct secret *key = NULL;
        char path[PLACE_MAX];
        struct store_config config = { .loop = context_loop(l->ctx->context),
                                       .path = path,
                                       .jobs_max = JOBS_MAX };
        int r = path_of(l, ".db", path);

        if (r < 0)
                return refuse_folder(l, r);
        r = read_key(l, path, &key);
        if (r < 0)
                return r;
        config.key = key;
        return store_open(&config, &l->journal.store, &l->ctx->trouble);
}

/* ---- a store that takes nothing ---- */

static void go_on(struct usher_list *l);

static void on_again(void *userdata)
{
        struct usher_list *l = userdata;

        l->journal.again = timer_free(l->journal.again);
        go_on(l);
}

static void refused(struct usher_list *l, int error, const struct trouble *said)
{
        struct journal *j = &l->journal;
        struct trouble why = *said;
        uint64_t now_ms = timer_now_ms();

        trouble_complete(&why, error);
        if (!j->refused_ms)
                j->refused_ms = now_ms;
        if (why.fault == FAULT_STORE && now_ms - j->refused_ms < REFUSED_MS &&
            timer_new(context_loop(l->ctx->context), AGAIN_MS, on_again, l, &j->again) == 0)
                return;
        list_end(l, &why);
}

/* ---- handing over ---- */

struct piece {
        struct store_new item[JOURNAL_PIECE];
        char key[JOURNAL_PIECE][STORE_KEY_MAX + 1];
        char revision[JOURNAL_PIECE][REVISION_LEN + 1];
        size_t n;
};

/* The memory of the piece before is used again: to guard and lock it takes long. */
static int take_secret(struct usher_list *l, size_t i, const struct list_row *from)
{
        struct secret **s = &l->journal.secret[i];
        int r = *s ? 0 : secret_new_empty(LABEL_SECRET_LEN, s);

        if (r < 0)
                return r;
        secret_cut(*s, secret_text(*s), 0);
        return secret_append(*s, from->secret, from->secret_len);
}

static void wipe(struct usher_list *l)
{
        for (size_t i = 0; i < JOURNAL_PIECE; i++)
                if (l->journal.secret[i])
                        secret_cut(l->journal.secret[i], secret_text(l->journal.secret[i]), 0);
}

static int piece_add(struct usher_list *l, struct piece *p, struct row *row, const struct list_row *from)
{
        size_t i = p->n;
        int r = take_secret(l, i, from);

        if (r < 0)
                return r;
        (void)snprintf(p->key[i], sizeof(p->key[i]), "%s.%" PRIu32, row->serial, row->newest);
        setup_revision(l, row, p->revision[i]);
        p->item[i] = (struct store_new){ .key = p->key[i],
                                         .serial = row->serial,
                                         .code = row->serial + LABEL_SERIAL_LEN - LABEL_CODE_LEN,
                                         .secret = l->journal.secret[i],
                                         .submitter = "list",
                                         .revision = p->revision[i] };
        p->n++;
        return 0;
}

/* 1: there are some, or there may be in the rows that follow; 0: all are in it. Those of the piece are
 * counted as in it from now on. */
static int collect(struct usher_list *l, struct piece *p)
{
        const struct list_row *from;
        int r = 1;

        for (size_t n = 0; n < WALK && p->n < JOURNAL_PIECE && (r = list_next(l->list, &from)) > 0; n++) {
                struct row *row = listed_find(&l->rows, from->serial);

                if (!row || row->in_store)
                        continue;
                r = piece_add(l, p, row, from);
                if (r < 0)
                        return r;
                row->in_store = true;
                l->journal.piece[l->journal.n_piece++] = (uint32_t)(row - l->rows.row);
        }
        return r < 0 ? r : r > 0 || p->n > 0;
}

/* The list is gone through again from its beginning: what is in the journal is passed over. */
static void take_back(struct usher_list *l)
{
        struct journal *j = &l->journal;

        while (j->n_piece > 0)
                l->rows.row[j->piece[--j->n_piece]].in_store = false;
        list_rewind(l->list);
}

static void on_handed(void *userdata, const struct store_answer *a)
{
        struct usher_list *l = userdata;
        struct journal *j = &l->journal;

        j->op = op_free(j->op);
        if (a->error < 0) {
                take_back(l);
                refused(l, a->error, &a->trouble);
                return;
        }
        j->n_piece = 0;
        j->refused_ms = 0;
        engine_wake(l->engine);
        go_on(l);
}

static void drop_secrets(struct usher_list *l)
{
        for (size_t i = 0; i < JOURNAL_PIECE; i++)
                l->journal.secret[i] = secret_free(l->journal.secret[i]);
}

static void filled(struct usher_list *l)
{
        drop_secrets(l);
        l->journal.filled = true;
        l->list = list_free(l->list);
        list_look(l);
}

static void go_on(struct usher_list *l)
{
        _cleanup_(freep) struct piece *p = NULL;
        int r;

        if (l->ending || l->journal.filled)
                return;
        p = calloc(1, sizeof(*p));
        r = p ? collect(l, p) : -ENOMEM;
        if (r == 0)
                filled(l);
        if (r > 0 && p->n == 0)
                r = timer_new(context_loop(l->ctx->context), 0, on_again, l, &l->journal.again);
        else if (r > 0)
                r = store_submit(l->journal.store, p->item, p->n, on_handed, l, &l->journal.op);
        wipe(l);
        if (r < 0) {
                take_back(l);
                refused(l, r, &(struct trouble){});
        }
}

/* ---- what is there ---- */

static void let_go(struct usher_list *l, const char *id)
{
        struct op *op = NULL;

        if (store_cancel(l->journal.store, id, NULL, NULL, &op) == 0)
                op_free(op); /* it is done all the same */
}

static void pass_over(struct usher_list *l, struct row *row)
{
        row->before = row->in_store = true;
        l->rows.before++;
        listed_move(l, row, ROW_DONE);
}

static void do_again(struct usher_list *l, struct row *row)
{
        if (row->before)
                l->rows.before--;
        row->before = row->in_store = false;
        listed_move(l, row, ROW_WAITING);
}

/* The newest of what a file says of each device that was set up on this machine (finished.h). */
static void on_known(void *userdata, const char *serial, int64_t when_s, uint64_t hash)
{
        struct usher_list *l = userdata;
        const struct row *row = listed_find(&l->rows, serial);
        struct journal_known *known = row ? &l->journal.known[row - l->rows.row] : NULL;

        if (known)
                *known = (struct journal_known){ (uint32_t)when_s, l->setups[row->setup].finished == hash };
}

static bool was_done(const struct usher_list *l, const struct row *row, const struct store_job *job,
                     const char *revision)
{
        const struct journal_known *known = &l->journal.known[row - l->rows.row];

        if (l->task == TASK_UPDATE && timer_wall_ms() - job->ended_ms > UPDATED_MS)
                return false; /* there may be something newer by now */
        if (job->state != STORE_DONE || revision_finished(revision) != revision_finished(job->revision))
                return false;
        return known->same || (int64_t)known->when_s * 1000 <= job->ended_ms;
}

/* Jobs come in the order in which they were handed over: the last one of a serial number counts. */
static void look_at(struct usher_list *l, const struct store_job *job)
{
        struct row *row = listed_find(&l->rows, job->serial);
        bool live = store_state_is_live(job->state);
        char revision[REVISION_LEN + 1];

        if (!row) {
                if (live)
                        let_go(l, job->id);
                return;
        }
        row->newest = (uint32_t)job->place;
        do_again(l, row);
        setup_revision(l, row, revision);
        if (live && strcmp(revision, job->revision) == 0 &&
            (job->has_secret || job->state == STORE_PENDING)) {
                row->in_store = true;
                if (job->state == STORE_PENDING)
                        listed_move(l, row, ROW_PENDING);
        } else if (live) {
                let_go(l, job->id);
        } else if (was_done(l, row, job, revision)) {
                pass_over(l, row);
        }
}

/* Other setups on this machine have done some of the rows that are left. */
static void look_beside(struct usher_list *l)
{
        for (size_t i = 0; i < l->rows.n; i++)
                if (!l->rows.row[i].in_store && l->journal.known[i].same && l->journal.known[i].when_s > 0)
                        pass_over(l, &l->rows.row[i]);
        free(l->journal.known);
        l->journal.known = NULL;
}

static int look_on(struct usher_list *l);

static void on_looked(void *userdata, const struct store_answer *a)
{
        struct usher_list *l = userdata;
        struct trouble why = a->trouble;
        int r = a->error;

        l->journal.op = op_free(l->journal.op);
        for (size_t i = 0; r == 0 && i < a->n_jobs; i++)
                look_at(l, &a->jobs[i]);
        l->journal.after = a->next;
        if (r == 0 && a->next)
                r = look_on(l);
        if (r < 0) {
                trouble_complete(&why, r);
                list_end(l, &why);
        } else if (!l->journal.op) {
                look_beside(l);
                go_on(l);
                l->journal.looked = true;
                list_go_on(l);
        }
}

static int look_on(struct usher_list *l)
{
        return store_list(l->journal.store, NULL, l->journal.after, STORE_PAGE_MAX, on_looked, l,
                          &l->journal.op);
}

int journal_begin(struct usher_list *l)
{
        l->journal.known = calloc(l->rows.n, sizeof(*l->journal.known));
        if (!l->journal.known)
                return -ENOMEM;
        if (l->files.finished && l->task == TASK_SETUP)
                finished_each(l->files.finished, on_known, l);
        return look_on(l);
}

void journal_close(struct usher_list *l)
{
        struct journal *j = &l->journal;

        j->op = op_free(j->op);
        j->again = timer_free(j->again);
        j->store = store_free(j->store);
        drop_secrets(l);
        free(j->known);
        j->known = NULL;
}
