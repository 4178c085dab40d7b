/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* JSON from outside: read within bounds, asked by key without minding the type that came. */

#include "proto/base/cleanup.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
        CLOUD_JSON_DEPTH_MAX = 16,
        CLOUD_JSON_COST_MAX = 12,         /* bytes of memory for each byte of text ... */
        CLOUD_JSON_COST_FREE = 512 * 1024 /* ... beyond these */
};

/* An object or array of at most CLOUD_JSON_DEPTH_MAX levels, without duplicate keys, UTF-8 and NULs checked;
 * what would take more memory than any real answer (a million empty lists) is refused before it is read;
 * every text in it is clean (text_clean()).
 * The heap behind it wipes what it frees. 0, -EBADMSG, -ENOMEM. */
int cloud_json_read(const char *text, size_t len, json_t **ret);

/* All of these take NULL and values of another type as "not there". */
const char *cloud_json_text(const json_t *object, const char *key); /* NULL if absent or "" */
uint32_t cloud_json_number(const json_t *object, const char *key);  /* 0 if absent or out of range */
bool cloud_json_true(const json_t *object, const char *key);        /* false if absent */
int64_t cloud_json_time(const json_t *object, const char *key);     /* 0 if absent, unreadable or never */

/* "2026-01-31T12:00:00.123Z" or with an offset -> seconds since 1970; the year 9999 and what cannot be read
 * is 0. */
int64_t cloud_time_read(const char *text);

static inline void json_decref_ptr(json_t **j)
{
        json_decref(*j);
}
