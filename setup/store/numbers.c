/* SPDX-License-Identifier: Apache-2.0 */

/* Running numbers: a device that is set up again gets the number that it has. */

#include "setup/store/sql.h"
#include <errno.h>

struct number {
        const char *name, *serial;
        unsigned number;
};

struct numbers {
        size_t n;
        struct number *list;
};

static int run_number(struct base *b, const void *want, struct request *r)
{
        const struct number *w = want;
        int64_t n;
        int e;

        e = sql_number(b, &n, "SELECT number FROM number WHERE name = ?1 AND serial = ?2", "tt", w->name,
                       w->serial);
        if (e == -ENODATA) {
                e = sql_number(b, &n, "SELECT coalesce(max(number), 0) + 1 FROM number WHERE name = ?1", "t",
                               w->name);
                if (e >= 0)
                        e = sql_run(b, "INSERT INTO number (name, serial, number) VALUES (?1, ?2, ?3)",
                                    "tti", w->name, w->serial, n);
                r->answer.is_new = true;
        }
        if (e < 0)
                return e;
        r->answer.number = (unsigned)n;
        return 0;
}

static int run_import(struct base *b, const void *want, struct request *r)
{
        const struct numbers *w = want;
        int64_t done;
        int e;

        (void)r;
        e = sql_number(b, &done, "SELECT imported FROM store", "");
        if (e < 0 || done)
                return e < 0 ? e : -EALREADY;
        for (size_t i = 0; i < w->n && e >= 0; i++)
                e = sql_run(
                        b,
                        "INSERT INTO number (name, serial, number) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                        "tti", w->list[i].name, w->list[i].serial, (int64_t)w->list[i].number);
        if (e >= 0)
                e = sql_run(b, "UPDATE store SET imported = 1", "");
        return e < 0 ? e : 0;
}

static int take(struct request *r, const char *name, const char *serial, struct number *ret)
{
        int e;

        if (!name[0] || !serial[0])
                return -EINVAL;
        e = request_text(r, name, STORE_NAME_MAX, &ret->name);
        return e < 0 ? e : request_text(r, serial, STORE_SERIAL_LEN, &ret->serial);
}

int store_number(struct store *s, const char *name, const char *serial, store_fn done, void *userdata,
                 struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct number *w;
        int e;

        e = request_new(run_number, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e >= 0)
                e = take(r, name, serial, w);
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}

int store_import_numbers(struct store *s, const struct store_known_number *list, size_t n, store_fn done,
                         void *userdata, struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct numbers *w;
        int e;

        e = request_new(run_import, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e < 0)
                return e;
        *w = (struct numbers){ n, arena_new(&r->memory, n * sizeof(*w->list)) };
        if (!w->list)
                return -ENOMEM;
        for (size_t i = 0; i < n && e >= 0; i++) {
                e = take(r, list[i].name, list[i].serial, &w->list[i]);
                w->list[i].number = list[i].number;
        }
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}
