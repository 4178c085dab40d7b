/* SPDX-License-Identifier: Apache-2.0 */

/* What people ask for of a job. One that somebody works on is only marked: its holder must let the device go
 * first. */

#include "setup/store/clock.h"
#include "setup/store/log.h"
#include "setup/store/row.h"
#include <errno.h>

struct wish {
        const char *id;
};

static int move(struct base *b, int64_t place, enum store_state from, enum store_state to, const char *cause)
{
        base_count(b, from, -1);
        base_count(b, to, 1);
        return log_state(b, place, cause);
}

static int run_cancel(struct base *b, const void *want, struct request *r)
{
        const struct wish *w = want;
        enum store_state state;
        int64_t place;
        int e;

        e = row_find(b, w->id, &place, &state);
        if (e < 0)
                return e;
        if (!store_state_is_live(state))
                return -EALREADY;
        if (state == STORE_WAITING || state == STORE_PENDING) {
                e = sql_run(b,
                            "UPDATE job SET state = 7, ended = ?2, not_before = 0, radio_done = 0,"
                            " secret_gone = secret_gone OR secret NOTNULL, secret = NULL WHERE place = ?1",
                            "ii", place, clock_wall_ms());
                base_wiped(b);
                if (e >= 0)
                        e = move(b, place, state, STORE_CANCELLED, "cancelled");
        } else
                e = sql_run(b, "UPDATE job SET cancel_asked = 1 WHERE place = ?1", "i", place);
        return e < 0 ? e : row_answer(b, r, place);
}

static int run_retry(struct base *b, const void *want, struct request *r)
{
        const struct wish *w = want;
        enum store_state state;
        int64_t place, gone, other;
        int e;

        e = row_find(b, w->id, &place, &state);
        if (e < 0)
                return e;
        if (state != STORE_FAILED && state != STORE_CANCELLED)
                return -EALREADY;
        e = sql_number(b, &gone, "SELECT secret IS NULL AND secret_gone FROM job WHERE place = ?1", "i",
                       place);
        if (e < 0 || gone)
                return e < 0 ? e : -ENOKEY;
        e = sql_number(
                b, &other,
                "SELECT place FROM job WHERE state <= 4 AND serial = (SELECT serial FROM job WHERE place = ?1)",
                "i", place);
        if (e != -ENODATA)
                return e < 0 ? e : -EEXIST;
        e = sql_run(
                b,
                "UPDATE job SET state = 0, ended = 0, started = 0, not_before = 0, secret_until = 0, interruptions = 0,"
                " interrupted_at = '', fault = '', cause = '', gateway = '' WHERE place = ?1",
                "i", place);
        if (e >= 0)
                e = move(b, place, state, STORE_WAITING, "to be tried again");
        return e < 0 ? e : row_answer(b, r, place);
}

static int ask(struct store *s, request_run run, const char *id, store_fn done, void *userdata,
               struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct wish *w;
        int e;

        e = request_new(run, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e >= 0)
                e = request_text(r, id, STORE_ID_LEN, &w->id);
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}

int store_cancel(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret)
{
        return ask(s, run_cancel, id, done, userdata, ret);
}

int store_retry(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret)
{
        return ask(s, run_retry, id, done, userdata, ret);
}
