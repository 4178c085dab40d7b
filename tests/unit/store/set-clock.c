/* SPDX-License-Identifier: Apache-2.0 */

/* The store's thread reads the clock that a case sets. */

#include "tests/unit/store/set-clock.h"
#include "setup/store/clock.h"
#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t set_by_ms;

static int64_t read_ms(clockid_t clock)
{
        struct timespec t;

        (void)clock_gettime(clock, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void set_clock(int64_t by_ms)
{
        set_by_ms = by_ms;
}

int64_t clock_wall_ms(void)
{
        return read_ms(CLOCK_REALTIME) + set_by_ms;
}

int64_t clock_steady_ms(void)
{
        return read_ms(CLOCK_BOOTTIME);
}
