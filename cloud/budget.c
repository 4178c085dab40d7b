/* SPDX-License-Identifier: Apache-2.0 */

/* The small limits are kept exactly: a ring of times says whether one more request still fits into the
 * window that ends now. It stays a tenth below the limit, as clocks differ and the cloud may count from
 * another moment. The large one is a bucket of half its size that refills the other half per window, so that
 * no window ever holds more than the limit. Other clients behind the same address are what Retry-After and
 * the pauses of cloud/retry.h are for. */

#include "cloud/budget.h"
#include <string.h>

static const struct {
        unsigned n;
        uint64_t window_ms;
} windows[_BUDGET_MAX] = {
        [BUDGET_SIGN_IN] = { 90, 300000 },
        [BUDGET_TOKENS] = { 90, 300000 },
        [BUDGET_EVENTS] = { 90, 300000 },
        [BUDGET_SERIAL] = { 45, 3600000 },
};

static const double any_size = 5000, any_per_ms = 5000 / 300e3;

void budget_init(struct budget *b, uint64_t now_ms)
{
        memset(b, 0, sizeof(*b));
        b->any = any_size;
        b->any_at_ms = now_ms;
}

static uint64_t wait_any(struct budget *b, uint64_t now_ms)
{
        b->any += (double)(now_ms - b->any_at_ms) * any_per_ms;
        b->any_at_ms = now_ms;
        if (b->any > any_size)
                b->any = any_size;
        return b->any >= 1 ? 0 : (uint64_t)((1 - b->any) / any_per_ms) + 1;
}

static uint64_t wait_window(const struct budget *b, enum budget_class which, uint64_t now_ms)
{
        unsigned n = windows[which].n;
        uint64_t free_ms;

        if (b->count[which] < n)
                return 0;
        free_ms = b->taken_ms[which][b->count[which] % n] + windows[which].window_ms;
        return free_ms > now_ms ? free_ms - now_ms : 0;
}

uint64_t budget_take(struct budget *b, enum budget_class which, uint64_t now_ms)
{
        uint64_t any_ms = wait_any(b, now_ms), own_ms = 0;

        if (which != BUDGET_ANY)
                own_ms = wait_window(b, which, now_ms);
        if (any_ms || own_ms)
                return any_ms > own_ms ? any_ms : own_ms;
        b->any -= 1;
        if (which != BUDGET_ANY)
                b->taken_ms[which][b->count[which]++ % windows[which].n] = now_ms;
        return 0;
}
