/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What was sent in secret does not come back in the open: a server, or a proxy before it, that repeats a
 * token, a password or a mobile secret in an error's text, a page's title or a request id has it masked
 * before anything reads that text. */

#include "cloud/http.h"
#include "proto/base/bytes.h"
#include <jansson.h>

enum {
        MASK_MIN =
                6, /* bytes of a secret that can be looked for; after a shorter one all text is withheld */
        MASK_SECRETS_MAX = 4,
};

/* The secrets of one request. Zero-initialised it has none. */
struct mask {
        struct secret *forms[MASK_SECRETS_MAX]; /* what to look for of each: itself, and its base64 */
        size_t n;
        bool withheld; /* one of them is too short to be found */
};

/* Copies. NULL and "" are no secrets. -ENOMEM; -ENOBUFS: more than MASK_SECRETS_MAX. */
int mask_add(struct mask *m, const struct secret *secret);
void mask_done(struct mask *m);

/* Overwrites every secret with '*' in all texts of a parsed answer, except under the keys by which the cloud
 * hands out secrets of its own: as it was sent, percent-encoded, escaped as in JSON or HTML, or in base64.
 * -ENOMEM: some are not masked. */
int mask_json(const struct mask *m, json_t *value);

/* An answer of which everything may be shown, masked in the same way; it does not say its content type. */
struct masked_reply {
        struct http_reply reply; /* its texts lie in `texts`; the body of a list is left out */
        struct buf texts;
};

/* -ENOMEM. */
int mask_reply(const struct mask *m, const struct http_reply *reply, struct masked_reply *ret);

static inline void masked_reply_done(struct masked_reply *m)
{
        buf_done(&m->texts);
}
