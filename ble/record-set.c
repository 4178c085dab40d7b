/* SPDX-License-Identifier: Apache-2.0 */

/* The mirror's records in the order in which bluetoothd told of them. A few hundred at the most, in one
 * array: a walk costs less than what would keep an index right. */

#include "ble/record-set.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a bluetoothd gone mad may make us keep. */
enum { RECORDS_MAX = 8192 };

void record_set_clear(struct record_set *s)
{
        for (size_t i = 0; i < s->n; i++)
                free(s->at[i]);
        s->n = 0;
}

void record_set_done(struct record_set *s)
{
        record_set_clear(s);
        free(s->at);
        *s = (struct record_set){ 0 };
}

struct record *record_set_find(const struct record_set *s, enum record_kind kind, const char *path)
{
        for (size_t i = 0; i < s->n; i++)
                if (s->at[i]->kind == kind && strcmp(record_path(s->at[i]), path) == 0)
                        return s->at[i];
        return NULL;
}

const struct record *record_set_at(const struct record_set *s, enum record_kind kind, size_t i)
{
        for (size_t k = 0; k < s->n; k++)
                if (s->at[k]->kind == kind && i-- == 0)
                        return s->at[k];
        return NULL;
}

int record_set_add(struct record_set *s, enum record_kind kind, const char *path, struct record **ret)
{
        struct record *record = record_set_find(s, kind, path);
        int r;

        if (!record && s->n == s->size) {
                size_t size = s->size ? s->size * 2 : 64;
                struct record **at;

                if (size > RECORDS_MAX)
                        return -ENOSPC;
                at = reallocarray(s->at, size, sizeof(*at));
                if (!at)
                        return -ENOMEM;
                s->at = at;
                s->size = size;
        }
        if (!record) {
                r = record_new(kind, path, &record);
                if (r < 0)
                        return r;
                s->at[s->n++] = record;
        }
        *ret = record;
        return 0;
}

void record_set_drop(struct record_set *s, enum record_kind kind, const char *path)
{
        size_t kept = 0;

        for (size_t i = 0; i < s->n; i++) {
                struct record *r = s->at[i];
                const char *p = record_path(r);

                if ((r->kind == kind && strcmp(p, path) == 0) || ble_path_is_below(p, path))
                        free(r);
                else
                        s->at[kept++] = r;
        }
        s->n = kept;
}
