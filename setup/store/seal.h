/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Secrets at rest (service.md 5.3). */

#include "proto/base/secret.h"
#include "setup/store/store.h"

struct seal;

enum {
        SEAL_KEY_ID_LEN = 8,
        SEAL_EXTRA = SEAL_KEY_ID_LEN + 24 + 16, /* key id, nonce, tag */
        SEAL_MAX = STORE_SECRET_MAX + SEAL_EXTRA,
};

/* A copy of the key. -EINVAL: it has not STORE_KEY_LEN bytes. */
int seal_new(const struct secret *key, struct seal **ret);
struct seal *seal_free(struct seal *s);

const uint8_t *seal_key_id(const struct seal *s); /* SEAL_KEY_ID_LEN bytes */

/* `id`: the job's; whoever opens it must name the same one. -EINVAL: too long. */
int seal_close(const struct seal *s, const char *id, const struct secret *secret,
               uint8_t ret[static SEAL_MAX], size_t *ret_len);

/* -EBADMSG: of another key or job, or damaged. */
int seal_open(const struct seal *s, const char *id, const void *sealed, size_t len, struct secret **ret);
