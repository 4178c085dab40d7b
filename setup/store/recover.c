/* SPDX-License-Identifier: Apache-2.0 */

/* A process that died by itself, while this machine went on, may have died of the job: that is counted, for
 * the step at which the job stood. A clean end, a power cut or a restart of the machine is no fault of a job
 * (service.md 3.2). A job whose part for the radio was done goes on there. */

#include "setup/store/recover.h"
#include "setup/store/clock.h"
#include "setup/store/log.h"
#include "setup/store/sql.h"
#include "setup/store/times.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-id128.h>

struct lost {
        int64_t place;
        enum store_state state;
        bool radio_done, cancel_asked;
};

static int give_back(struct base *b, const struct lost *l, const char *cause, bool died)
{
        enum store_state to = l->cancel_asked ? STORE_CANCELLED
                              : l->radio_done ? STORE_PENDING
                                              : STORE_WAITING;
        int64_t now = clock_wall_ms();
        int r;

        r = sql_run(
                b,
                "UPDATE job SET state = ?2, lease = 0, question = NULL, question_until = 0, cancel_asked = 0,"
                " gateway = CASE WHEN ?2 = 7 THEN gateway ELSE '' END, ended = CASE WHEN ?2 = 7 THEN ?3 ELSE 0 END,"
                " secret_gone = secret_gone OR (?2 = 7 AND secret IS NOT NULL),"
                " secret = CASE WHEN ?2 = 7 THEN NULL ELSE secret END,"
                " interruptions = CASE WHEN NOT ?4 THEN interruptions WHEN step = interrupted_at"
                " THEN interruptions + 1 ELSE 1 END,"
                " interrupted_at = CASE WHEN ?4 THEN step ELSE interrupted_at END WHERE place = ?1",
                "inin", l->place, (int)to, now, (int)died);
        if (r < 0)
                return r;
        if (to == STORE_CANCELLED)
                base_wiped(b);
        base_count(b, l->state, -1);
        base_count(b, to, 1);
        return log_state(b, l->place, cause);
}

/* One after the other, as each changes what is looked for. */
static int give_all_back(struct base *b, const char *sql, int64_t bound, const char *cause, bool died)
{
        for (;;) {
                sqlite3_stmt *s;
                struct lost l;
                int r;

                r = sql_begin(b, sql, &s, "i", bound);
                if (r < 0)
                        return r;
                r = sql_row(b, s);
                l = (struct lost){ sqlite3_column_int64(s, 0), (enum store_state)sqlite3_column_int(s, 1),
                                   sqlite3_column_int(s, 2), sqlite3_column_int(s, 3) };
                sql_end(&s);
                if (r > 0)
                        r = give_back(b, &l, cause, died);
                else
                        return r;
                if (r < 0)
                        return r;
        }
}

int recover_leases(struct base *b)
{
        return give_all_back(b,
                             "SELECT place, state, radio_done, cancel_asked FROM job INDEXED BY leased"
                             " WHERE lease > 0 AND lease <= ?1 LIMIT 1",
                             clock_wall_ms(), "the time for which it was taken has ended", false);
}

int recover_secrets(struct base *b)
{
        int r = sql_run(b,
                        "UPDATE job SET secret = NULL, secret_gone = 1, secret_until = 0"
                        " WHERE secret_until > 0 AND secret_until <= ?1",
                        "i", clock_wall_ms());

        if (r > 0)
                base_wiped(b);
        return r;
}

static int count_all(struct base *b)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int r;

        b->counts = (struct store_counts){ 0 };
        r = sql_begin(b, "SELECT state, count(*) FROM job GROUP BY state", &s, "");
        while (r >= 0 && (r = sql_row(b, s)) > 0) {
                int state = sqlite3_column_int(s, 0);

                if (state < 0 || state >= _STORE_STATE_MAX)
                        return -EBADMSG;
                b->counts.of[state] = (uint64_t)sqlite3_column_int64(s, 1);
        }
        return r;
}

static int check_key(struct base *b)
{
        int64_t same;
        int r;

        r = sql_run(b, "INSERT INTO store (id, key_id) VALUES (1, ?1) ON CONFLICT DO NOTHING", "b",
                    seal_key_id(b->seal), (size_t)SEAL_KEY_ID_LEN);
        if (r >= 0)
                r = sql_number(b, &same, "SELECT key_id = ?1 FROM store", "b", seal_key_id(b->seal),
                               (size_t)SEAL_KEY_ID_LEN);
        return r < 0 ? r : same ? 0 : -EKEYREJECTED;
}

static void boot_name(char ret[static SD_ID128_STRING_MAX])
{
        sd_id128_t id;

        ret[0] = 0;
        if (sd_id128_get_boot(&id) >= 0)
                (void)sd_id128_to_string(id, ret);
}

int recover_all(struct base *b)
{
        char boot[SD_ID128_STRING_MAX];
        int64_t died;
        int r;

        boot_name(boot);
        r = check_key(b);
        if (r >= 0)
                r = times_resume(b);
        if (r >= 0)
                r = count_all(b);
        if (r >= 0)
                r = sql_number(b, &died, "SELECT NOT clean AND boot = ?1 FROM store", "t", boot);
        if (r >= 0)
                r = give_all_back(b,
                                  "SELECT place, state, radio_done, cancel_asked FROM job"
                                  " WHERE state IN (1, 2, 3) AND place > ?1 LIMIT 1",
                                  0, "interrupted", died);
        if (r >= 0)
                r = recover_secrets(b);
        if (r >= 0)
                r = times_write(b, true);
        return r < 0 ? r : sql_run(b, "UPDATE store SET clean = 0, boot = ?1", "t", boot);
}
