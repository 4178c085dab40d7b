/* SPDX-License-Identifier: Apache-2.0 */

/* A gateway without a battery begins in the past and is set right by the network minutes later; somebody
 * sets a clock back by a day. Leases that end at once, or a job that is tried again tomorrow, would be the
 * consequence. */

#include "setup/store/times.h"
#include "setup/store/clock.h"
#include "setup/store/sql.h"

enum { STEP_MS = 2000, WRITE_MS = 60000 };

static int shift(struct base *b, int64_t by_ms)
{
        return sql_run(
                b,
                "UPDATE job SET lease = CASE WHEN lease > 0 THEN max(lease + ?1, 1) ELSE 0 END,"
                " question_until = CASE WHEN question_until > 0 THEN max(question_until + ?1, 1) ELSE 0 END,"
                " not_before = CASE WHEN not_before > 0 AND epoch > 0 THEN max(not_before + ?1, 1)"
                " ELSE not_before END"
                " WHERE state <= 4 AND (lease > 0 OR question_until > 0 OR not_before > 0)",
                "i", by_ms);
}

int times_follow(struct base *b)
{
        int64_t offset = clock_wall_ms() - clock_steady_ms(), by = offset - b->offset_ms;

        b->offset_ms = offset;
        return by > STEP_MS || by < -STEP_MS ? shift(b, by) : 0;
}

int times_resume(struct base *b)
{
        int64_t now = clock_wall_ms();
        int r;

        b->offset_ms = now - clock_steady_ms();
        r = sql_number(b, &b->written_ms, "SELECT time FROM store", "");
        if (r >= 0 && now < b->written_ms - STEP_MS)
                r = shift(b, now - b->written_ms);
        return r;
}

int times_write(struct base *b, bool now)
{
        int64_t ms = clock_wall_ms();

        if (!now && ms >= b->written_ms && ms < b->written_ms + WRITE_MS)
                return 0;
        b->written_ms = ms;
        return sql_run(b, "UPDATE store SET time = ?1", "i", ms);
}
