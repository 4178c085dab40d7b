/* SPDX-License-Identifier: Apache-2.0 */

/* The cloud's clock: timer.h's wall clock with milliseconds filled in from the monotonic one, plus the
 * offset that tests move. The seconds always agree with timer_wall_s(), so that a client on the same
 * machine never sees a handshake from the future or from before it started. */

#include "proto/base/timer.h"
#include "tests/sim/cloud/machine.h"
#include <errno.h>
#include <stdio.h>
#include <time.h>

int64_t cloud_now_ms(struct vcloud *c)
{
        int64_t mono_ms = (int64_t)timer_now_ms(), wall_s = timer_wall_s(),
                now_ms = mono_ms + c->time.anchor_ms;

        if (now_ms < wall_s * 1000)
                now_ms = wall_s * 1000;
        else if (now_ms > wall_s * 1000 + 999)
                now_ms = wall_s * 1000 + 999;
        c->time.anchor_ms = now_ms - mono_ms;
        return now_ms + (int64_t)c->time.offset_ms;
}

const char *instant_text(int64_t ms, char ret[static INSTANT_SIZE])
{
        time_t s = (time_t)(ms / 1000);
        struct tm tm;

        if (ms < 0 || !gmtime_r(&s, &tm) || tm.tm_year > 8099)
                return "9999-12-31T23:59:59.999Z";
        (void)snprintf(ret, INSTANT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
                       (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
                       (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
                       (unsigned)tm.tm_sec % 100, (unsigned)(ms % 1000));
        return ret;
}

int instant_parse(const char *text, int64_t *ret_ms)
{
        struct tm tm = { 0 };
        const char *end;
        int64_t ms = 0, unit = 100;

        end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
        if (!end)
                return -EINVAL;
        if (*end == '.')
                for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
                        ms += (*end - '0') * unit;
        if (strcmp(end, "Z") != 0 && strcmp(end, "+00:00") != 0)
                return -EINVAL;
        *ret_ms = (int64_t)timegm(&tm) * 1000 + ms;
        return *ret_ms < 0 ? -EINVAL : 0;
}
