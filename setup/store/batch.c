/* SPDX-License-Identifier: Apache-2.0 */

/* One transaction for all, and a savepoint for each: what fails for a reason of its own takes no other with
 * it. If the disk fails, all writes of the batch do, and what only looks is asked again, as it may have seen
 * what is not so. The batch after that writes in any case: one that found nothing to change would be no
 * proof that the disk takes anything. */

#include "setup/store/batch.h"
#include "setup/store/sql.h"
#include "setup/store/times.h"
#include <errno.h>

static void fail(struct base *b, struct request *r, int error)
{
        request_reset(r);
        r->answer.error = error;
        (void)base_trouble(b->path, error, &r->answer.trouble);
}

static void run(struct base *b, struct request *r)
{
        int e = r->run(b, r->want, r);
        struct trouble told = r->answer.trouble; /* where it knows better: of another file */

        r->again = e == REQUEST_AGAIN;
        if (e < 0)
                fail(b, r, e);
        if (e < 0 && told.fault != FAULT_NONE)
                r->answer.trouble = told;
        r->counts = b->counts;
}

/* -EIO and so on: the whole transaction is lost. */
static int run_saved(struct base *b, struct request *r)
{
        struct store_counts before = b->counts;
        int e = sql_run(b, "SAVEPOINT one", "");

        if (e < 0)
                return e;
        run(b, r);
        if (r->answer.error < 0) {
                b->counts = r->counts = before;
                if (r->answer.trouble.fault == FAULT_STORE)
                        return r->answer.error;
                e = sql_run(b, "ROLLBACK TO one", "");
        }
        return e < 0 ? e : sql_run(b, "RELEASE one", "");
}

static int begin(struct base *b)
{
        int e = sql_run(b, "BEGIN IMMEDIATE", "");

        if (e >= 0)
                e = times_follow(b);
        return e < 0 ? e : times_write(b, b->refused);
}

static void lose(struct base *b, struct request *from, const struct request *to, int error)
{
        if (!sqlite3_get_autocommit(b->db))
                (void)sql_run(b, "ROLLBACK", "");
        for (struct request *r = from; r != to; r = r->next) {
                if (r->kind == REQUEST_WRITES) {
                        fail(b, r, error);
                        r->counts = b->counts;
                } else {
                        request_reset(r);
                        run(b, r);
                }
        }
}

/* From one that shares a commit to the last of them. */
static void share(struct base *b, struct request *from, const struct request *to)
{
        struct store_counts before = b->counts;
        bool writes = false;
        int e = 0;

        for (const struct request *r = from; r != to; r = r->next)
                writes |= r->kind == REQUEST_WRITES;
        if (writes)
                e = begin(b);
        for (struct request *r = from; r != to && e >= 0; r = r->next) {
                if (r->kind == REQUEST_WRITES)
                        e = run_saved(b, r);
                else
                        run(b, r);
        }
        if (writes && e >= 0)
                e = sql_run(b, "COMMIT", "");
        if (writes)
                b->refused = e < 0;
        if (e < 0) {
                b->counts = before;
                lose(b, from, to, e);
        }
}

void batch_commit(struct base *b, struct request *first)
{
        while (first) {
                struct request *to = first->next;

                if (first->kind == REQUEST_ALONE)
                        run(b, first);
                else {
                        while (to && to->kind != REQUEST_ALONE)
                                to = to->next;
                        share(b, first, to);
                }
                first = to;
        }
        base_after(b);
}
