/* SPDX-License-Identifier: Apache-2.0 */

/* A token that has expired fails no job: those of its profile wait, and nobody else for them. The store
 * passes them over; it is asked for them again after a while, longer each time, as nobody tells when the
 * account works again, and at once when the owner says so. What is held up is shown until a job has got
 * through. */

#include "setup/engine/engine-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct held **find(struct engine *e, const char *profile)
{
        struct held **at = &e->held;

        while (*at && strcmp((*at)->profile, profile) != 0)
                at = &(*at)->next;
        return at;
}

int64_t held_add(struct engine *e, const char *profile, const struct trouble *why)
{
        struct held **at = find(e, profile), *h = *at;
        uint64_t now_ms = timer_now_ms();

        if (!h) {
                h = e->n_held < STORE_PASSED_OVER_MAX ? calloc(1, sizeof(*h)) : NULL;
                if (!h)
                        return AGAIN_FIRST_MS;
                (void)snprintf(h->profile, sizeof(h->profile), "%s", profile);
                *at = h;
                e->n_held++;
        }
        h->trouble = *why;
        if (now_ms >= h->until_ms) /* several jobs of it may have begun */
                h->until_ms = now_ms + (uint64_t)end_again_ms(h->times++);
        engine_changed(e);
        return 0;
}

bool held_is(const struct engine *e, const char *profile)
{
        for (const struct held *h = e->held; h; h = h->next)
                if (strcmp(h->profile, profile) == 0)
                        return timer_now_ms() < h->until_ms;
        return false;
}

void held_release(struct engine *e, const char *profile)
{
        struct held **at = find(e, profile), *h = *at;

        if (!h)
                return;
        *at = h->next;
        free(h);
        e->n_held--;
        e->turn.held_until_ms = 0;
        engine_look(e);
        engine_changed(e);
}

void held_try(struct engine *e)
{
        for (struct held *h = e->held; h; h = h->next) {
                h->until_ms = 0;
                h->times = 0;
        }
}

void held_done(struct engine *e)
{
        while (e->held) {
                struct held *h = e->held;

                e->held = h->next;
                free(h);
        }
}

size_t held_now(const struct engine *e, const char *ret[static STORE_PASSED_OVER_MAX])
{
        uint64_t now_ms = timer_now_ms();
        size_t n = 0;

        for (const struct held *h = e->held; h; h = h->next)
                if (now_ms < h->until_ms)
                        ret[n++] = h->profile;
        return n;
}

int engine_held_at(const struct engine *e, size_t i, struct engine_held *ret)
{
        const struct held *h = e->held;

        while (h && i-- > 0)
                h = h->next;
        if (!h)
                return -ERANGE;
        *ret = (struct engine_held){ h->profile, h->trouble };
        return 0;
}
