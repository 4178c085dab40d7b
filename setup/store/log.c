/* SPDX-License-Identifier: Apache-2.0 */

/* The row of the job counts its events, so that nothing has to be counted to know that there are too many.
 */

#include "setup/store/log.h"
#include "setup/store/clock.h"
#include "setup/store/sql.h"
#include <stdio.h>
#include <time.h>

static int keep_few(struct base *b, int64_t place, int64_t added)
{
        int64_t n;
        int r;

        r = sql_number(b, &n, "SELECT events + ?2 FROM job WHERE place = ?1", "ii", place, added);
        if (r >= 0 && n > STORE_EVENTS_A_JOB)
                r = sql_run(b,
                            "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE job = ?1"
                            " ORDER BY number LIMIT ?2)",
                            "ii", place, n - STORE_EVENTS_A_JOB);
        if (r >= 0)
                r = sql_run(b, "UPDATE job SET events = min(?2, ?3) WHERE place = ?1", "iin", place, n,
                            STORE_EVENTS_A_JOB);
        return r;
}

int log_add(struct base *b, int64_t place, const char *const *events, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = sql_run(b, "INSERT INTO event (job, time, json) VALUES (?1, ?2, ?3)", "iit", place,
                            clock_wall_ms(), events[i]);
        return r < 0 || n == 0 ? r : keep_few(b, place, (int64_t)n);
}

int log_state(struct base *b, int64_t place, const char *cause)
{
        int64_t now = clock_wall_ms(), state;
        time_t seconds = (time_t)(now / 1000);
        char day[32] = "", when[40];
        struct tm t;
        int r;

        r = sql_number(b, &state, "SELECT state FROM job WHERE place = ?1", "i", place);
        if (r < 0)
                return r;
        if (gmtime_r(&seconds, &t))
                (void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &t);
        (void)snprintf(when, sizeof(when), "%s.%03dZ", day, (int)(now % 1000));
        r = sql_run(
                b,
                "INSERT INTO event (job, time, json) SELECT place, ?2, json_object('v', 2, 'time', ?3, 'job', id,"
                " 'serial', serial, 'event', 'state', 'state', ?4, 'step', nullif(step, ''), 'cause', ?5)"
                " FROM job WHERE place = ?1",
                "iittt", place, now, when, store_state_name((enum store_state)state), cause);
        return r < 0 ? r : keep_few(b, place, 1);
}
