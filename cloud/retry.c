/* SPDX-License-Identifier: Apache-2.0 */

/* Pauses double and are spread by a quarter both ways, so that gateways behind one address do not march in
 * step. A limit (429, 529) starts at five seconds; what the cloud asks for (Retry-After) is never undercut.
 * Silence and 5xx start at one second. */

#include "cloud/retry.h"

enum { PAUSE_MS = 1000, LIMITED_PAUSE_MS = 5000, PAUSE_MAX_MS = 300000 };

static bool is_limit(const struct http_reply *reply)
{
        return reply->failure == HTTP_ANSWERED && (reply->status == 429 || reply->status == 529);
}

/* The request did not reach what acts on it. */
static bool is_untouched(const struct http_reply *reply)
{
        if (reply->failure == HTTP_UNSENT)
                return true;
        return reply->failure == HTTP_ANSWERED &&
               (is_limit(reply) || reply->status == 502 || reply->status == 503);
}

/* It may have, and went wrong on the way or on the way back. */
static bool is_lost(const struct http_reply *reply)
{
        if (reply->failure == HTTP_LOST || reply->failure == HTTP_TIMED_OUT)
                return true;
        return reply->failure == HTTP_ANSWERED && (reply->status == 500 || reply->status == 504);
}

static uint64_t pause_ms(const struct http_reply *reply, unsigned tries, uint32_t random)
{
        uint64_t ms = is_limit(reply) ? LIMITED_PAUSE_MS : PAUSE_MS;
        uint64_t asked_ms = (uint64_t)reply->retry_after_s * 1000;

        for (unsigned i = 1; i < tries && ms < PAUSE_MAX_MS; i++)
                ms *= 2;
        if (ms > PAUSE_MAX_MS)
                ms = PAUSE_MAX_MS;
        ms = ms - ms / 4 + random % (ms / 2 + 1);
        return asked_ms > ms ? asked_ms + random % (ms / 4 + 1) : ms;
}

bool retry_wanted(enum retry_kind kind, const struct http_reply *reply, unsigned tries, uint32_t random,
                  uint64_t *ret_pause_ms)
{
        bool wanted = false;

        switch (kind) {
        case RETRY_UNLIMITED: wanted = !is_limit(reply) && (is_untouched(reply) || is_lost(reply)); break;
        case RETRY_FREELY: wanted = is_untouched(reply) || is_lost(reply); break;
        case RETRY_UNTOUCHED: wanted = is_untouched(reply); break;
        case RETRY_UNSENT: wanted = reply->failure == HTTP_UNSENT; break;
        }
        if (wanted)
                *ret_pause_ms = pause_ms(reply, tries, random);
        return wanted;
}

bool retry_unsure(enum retry_kind kind, const struct http_reply *reply)
{
        return kind != RETRY_FREELY && kind != RETRY_UNLIMITED &&
               (is_lost(reply) || reply->failure == HTTP_GARBLED || reply->failure == HTTP_TOO_LARGE ||
                reply->failure == HTTP_LOCAL || (reply->failure == HTTP_ANSWERED && reply->status == 408));
}
