/* SPDX-License-Identifier: Apache-2.0 */

/* New jobs. Their secrets are sealed before the call returns, so that what waits for the thread holds none.
 */

#include "setup/store/clock.h"
#include "setup/store/row.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { BULK = 1000 };

struct item {
        const char *key, *serial, *code, *submitter, *profile, *revision, *options;
        const uint8_t *sealed; /* NULL: none */
        size_t sealed_len;
        int64_t not_before_ms;
        int priority;
        char id[STORE_ID_LEN + 1];
};

struct submission {
        size_t n;
        struct item *items;
};

/* UUID version 7: milliseconds, then a counter for those of one millisecond, then random. */
static void make_id(int64_t now_ms, char ret[static STORE_ID_LEN + 1])
{
        static _Thread_local int64_t last_ms;
        static _Thread_local unsigned counter;
        uint8_t b[16];
        char hex[33];

        randombytes_buf(b, sizeof(b));
        counter = now_ms > last_ms ? 0 : counter + 1;
        if (now_ms > last_ms)
                last_ms = now_ms;
        if (counter > 0xfff) {
                counter = 0;
                last_ms++;
        }
        for (int i = 0; i < 6; i++)
                b[i] = (uint8_t)(last_ms >> (40 - 8 * i));
        b[6] = (uint8_t)(0x70 | counter >> 8);
        b[7] = (uint8_t)counter;
        b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
        (void)sodium_bin2hex(hex, sizeof(hex), b, sizeof(b));
        for (int from = 0, to = 0; from < 32; from++) {
                if (from == 8 || from == 12 || from == 16 || from == 20)
                        ret[to++] = '-';
                ret[to++] = hex[from];
                ret[to] = 0;
        }
}

static int take_secret(struct request *r, const struct seal *seal, const struct secret *secret,
                       struct item *item)
{
        uint8_t sealed[SEAL_MAX];
        size_t len;
        int e;

        if (!secret)
                return 0;
        e = seal_close(seal, item->id, secret, sealed, &len);
        if (e < 0)
                return e;
        item->sealed = (const uint8_t *)arena_text(&r->memory, (const char *)sealed, len);
        item->sealed_len = len;
        return item->sealed ? 0 : -ENOMEM;
}

/* Lists repeat themselves: a text that is that of the item before is not copied again. */
static int take_text(struct request *r, const char *text, size_t max, const char *before, const char **ret)
{
        if (text && before && strcmp(text, before) == 0) {
                *ret = before;
                return 0;
        }
        return request_text(r, text, max, ret);
}

static int take_item(struct request *r, const struct store_new *n, const struct item *before,
                     struct item *item)
{
        static const struct item none;
        int e;

        if (!n->serial || !n->serial[0])
                return -EINVAL;
        before = before ? before : &none;
        item->priority = n->priority;
        item->not_before_ms = n->not_before_ms;
        e = request_text(r, n->key, STORE_KEY_MAX, &item->key);
        if (e >= 0)
                e = request_text(r, n->serial, STORE_SERIAL_LEN, &item->serial);
        if (e >= 0)
                e = request_text(r, n->code ? n->code : "", STORE_CODE_LEN, &item->code);
        if (e >= 0)
                e = take_text(r, n->submitter ? n->submitter : "", STORE_NAME_MAX, before->submitter,
                              &item->submitter);
        if (e >= 0)
                e = take_text(r, n->profile ? n->profile : "", STORE_NAME_MAX, before->profile,
                              &item->profile);
        if (e >= 0)
                e = take_text(r, n->revision ? n->revision : "", STORE_NAME_MAX, before->revision,
                              &item->revision);
        return e < 0 ? e : take_text(r, n->options, STORE_OPTIONS_MAX, before->options, &item->options);
}

/* A job that waits gets the secret of the newer scan, sealed for its own id. */
static int renew_secret(struct base *b, const struct item *item, int64_t place, const char *id)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        uint8_t sealed[SEAL_MAX];
        size_t len;
        int e;

        e = seal_open(b->seal, item->id, item->sealed, item->sealed_len, &secret);
        if (e >= 0)
                e = seal_close(b->seal, id, secret, sealed, &len);
        if (e >= 0)
                e = sql_run(b, "UPDATE job SET secret = ?2, secret_gone = 0 WHERE place = ?1", "ib", place,
                            sealed, len);
        if (e >= 0)
                base_wiped(b);
        return e;
}

/* 1: there is one, by key or by serial number. */
static int find(struct base *b, const struct item *item, int64_t *ret_place)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        if (item->key) {
                e = sql_number(b, ret_place, "SELECT place FROM job WHERE key = ?1", "t", item->key);
                if (e != -ENODATA)
                        return e < 0 ? e : 1;
        }
        e = sql_begin(b, "SELECT place, state, id FROM job WHERE serial = ?1 AND state <= 4", &s, "t",
                      item->serial);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e;
        *ret_place = sqlite3_column_int64(s, 0);
        if (item->sealed && sqlite3_column_int(s, 1) == STORE_WAITING)
                e = renew_secret(b, item, *ret_place, (const char *)sqlite3_column_text(s, 2));
        return e < 0 ? e : 1;
}

static uint64_t all(const struct store_counts *c)
{
        uint64_t n = 0;

        for (int i = 0; i < _STORE_STATE_MAX; i++)
                n += c->of[i];
        return n;
}

static int add(struct base *b, const struct item *item, int64_t now_ms, int64_t *ret_place)
{
        int e;

        if (all(&b->counts) >= b->jobs_max)
                return -EDQUOT;
        e = sql_run(
                b,
                "INSERT INTO job (id, key, serial, code, priority, secret, submitter, profile, revision, options,"
                " not_before, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                "ttttnbttttii", item->id, item->key, item->serial, item->code, item->priority, item->sealed,
                item->sealed_len, item->submitter, item->profile, item->revision, item->options,
                item->not_before_ms > now_ms ? item->not_before_ms : 0, now_ms);
        if (e < 0)
                return e;
        base_count(b, STORE_WAITING, 1);
        *ret_place = sqlite3_last_insert_rowid(b->db);
        return 0;
}

static int run(struct base *b, const void *want, struct request *r)
{
        const struct submission *w = want;
        int64_t now = clock_wall_ms(), place;
        int e = w->n <= STORE_PAGE_MAX ? row_room(r, w->n) : 0;

        for (size_t i = 0; i < w->n && e >= 0; i++) {
                e = find(b, &w->items[i], &place);
                if (e == 0) {
                        e = add(b, &w->items[i], now, &place);
                        r->answer.is_new = true;
                }
                if (e >= 0 && w->n <= STORE_PAGE_MAX)
                        e = row_add(b, r, place);
        }
        b->bulk |= w->n > BULK;
        return e < 0 ? e : 0;
}

int store_submit(struct store *s, const struct store_new *list, size_t n, store_fn done, void *userdata,
                 struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct submission *w;
        int64_t now = clock_wall_ms();
        int e;

        e = request_new(run, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e < 0)
                return e;
        w->n = n;
        w->items = arena_new(&r->memory, n * sizeof(*w->items));
        if (!w->items)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct item *item = &w->items[i];

                make_id(now, item->id);
                e = take_item(r, &list[i], i ? item - 1 : NULL, item);
                if (e >= 0)
                        e = take_secret(r, store_seal(s), list[i].secret, item);
                if (e < 0)
                        return e;
        }
        return store_ask(s, &r, done, userdata, ret);
}
