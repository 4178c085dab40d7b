/* SPDX-License-Identifier: Apache-2.0 */

/* Rows are found by serial number, never by position: the file may be another one in the next run. */

#include "setup/lib/list-private.h"
#include <errno.h>
#include <string.h>

enum { INDEX_MIN = 64, TEXTS_MIN = 4096 };

/* ---- by serial number ---- */

static uint32_t *place_of(const struct rows *r, const char *serial)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

        for (const char *c = serial; *c; c++)
                hash = (hash ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
        for (size_t i = (size_t)hash & (r->index_size - 1);; i = (i + 1) & (r->index_size - 1))
                if (!r->index[i] || strcmp(r->row[r->index[i] - 1].serial, serial) == 0)
                        return &r->index[i];
}

struct row *listed_find(const struct rows *r, const char *serial)
{
        uint32_t number = r->n ? *place_of(r, serial) : 0;

        return number ? &r->row[number - 1] : NULL;
}

static int make_room(struct rows *r, size_t n)
{
        size_t size = INDEX_MIN;

        while (size < 2 * n)
                size *= 2;
        r->row = calloc(n ? n : 1, sizeof(*r->row));
        r->index = calloc(size, sizeof(*r->index));
        r->index_size = size;
        return r->row && r->index ? 0 : -ENOMEM;
}

/* ---- texts ---- */

static int add_text(struct rows *r, const char *text)
{
        size_t len = strlen(text) + 1;

        if (r->texts_size - r->texts_len < len) {
                size_t size = r->texts_size ? 2 * r->texts_size : TEXTS_MIN;
                char *more;

                while (size - r->texts_len < len)
                        size *= 2;
                if (size > UINT32_MAX)
                        return -ENOMEM;
                more = realloc(r->texts, size);
                if (!more)
                        return -ENOMEM;
                r->texts = more;
                r->texts_size = size;
        }
        memcpy(r->texts + r->texts_len, text, len);
        r->texts_len += len;
        return 0;
}

/* Most rows say nothing: they share the first place. */
static int add_texts(struct rows *r, const char *name, const char *groups, const char *site, uint32_t *ret)
{
        uint32_t at = (uint32_t)r->texts_len;
        int e;

        if (r->texts_len > 0 && !name[0] && !groups[0] && !site[0]) {
                *ret = 0;
                return 0;
        }
        e = add_text(r, name);
        if (e == 0)
                e = add_text(r, groups);
        if (e == 0)
                e = add_text(r, site);
        if (e == 0)
                *ret = at;
        return e;
}

const char *listed_text(const struct rows *r, const struct row *row, enum row_text which)
{
        const char *at = r->texts + row->texts;

        for (unsigned i = 0; i < (unsigned)which; i++)
                at += strlen(at) + 1;
        return at;
}

/* ---- filling ---- */

static int add(struct usher_list *l, const struct list_row *from)
{
        struct rows *r = &l->rows;
        struct row *row = &r->row[r->n];
        struct trouble why;
        size_t setup = 0;
        int e = setups_add(l, from->profile, &setup);

        if (e == -ERANGE) {
                (void)trouble_set(&why, FAULT_CONFIG, "the list names more than %d profiles: split it",
                                  LIST_PROFILES_MAX);
                list_refuse(l->list, from->line, &why);
                e = 0;
        }
        if (e == 0)
                e = add_texts(r, from->name, from->groups, from->site, &row->texts);
        if (e < 0)
                return e;
        memcpy(row->serial, from->serial, sizeof(row->serial));
        row->line = from->line;
        row->setup = (uint16_t)setup;
        r->n++;
        *place_of(r, row->serial) = (uint32_t)r->n;
        r->of[ROW_WAITING]++;
        return 0;
}

int rows_fill(struct usher_list *l)
{
        const struct list_row *from;
        int r = make_room(&l->rows, list_rows(l->list));

        if (r == 0)
                r = add_texts(&l->rows, "", "", "", &(uint32_t){ 0 });
        while (r == 0 && (r = list_next(l->list, &from)) > 0)
                r = add(l, from);
        return r;
}

void rows_free(struct rows *r)
{
        for (size_t i = 0; i < r->n; i++) {
                if (r->row[i].facts)
                        free(r->row[i].facts->memory);
                free(r->row[i].facts);
        }
        free(r->row);
        free(r->index);
        free(r->texts);
}

/* ---- what becomes of them ---- */

void listed_move(struct usher_list *l, struct row *row, enum row_state state)
{
        if (row->state == state)
                return;
        l->rows.of[row->state]--;
        l->rows.of[state]++;
        row->state = (uint8_t)state;
        l->changed = true;
        list_look(l);
}

int listed_begin(struct row *row, const char *id)
{
        if (!row->facts)
                row->facts = calloc(1, sizeof(*row->facts));
        if (!row->facts)
                return -ENOMEM;
        memcpy(row->facts->job, id, sizeof(row->facts->job));
        row->facts->start_ms = timer_now_ms();
        row->facts->ended = false;
        return 0;
}

static const char *none(const char *text)
{
        return text && text[0] ? text : NULL;
}

void listed_learn(struct row *row, const struct job *job)
{
        struct row_facts *f = row->facts;
        size_t size = 1;
        char *at;

        const char *const from[_FACT_MAX] = {
                [FACT_ID] = none(job_device_id(job)),       [FACT_PLATFORM] = none(job_platform(job)),
                [FACT_OS] = none(job->identity.os),         [FACT_NAME] = none(job->cloud.name),
                [FACT_OWNER] = none(job->cloud.owner_name), [FACT_CAUSE] = none(job->end.trouble.cause)
        };

        f->fault = job->end.trouble.fault;
        f->ms = timer_now_ms() - f->start_ms;
        for (size_t i = 0; i < _FACT_MAX; i++)
                size += from[i] ? strlen(from[i]) + 1 : 0;
        at = malloc(size);
        if (!at)
                return;
        free(f->memory);
        f->memory = at;
        for (size_t i = 0; i < _FACT_MAX; i++) {
                f->texts[i] = from[i] ? at : NULL;
                if (from[i])
                        at = stpcpy(at, from[i]) + 1;
        }
}

/* ---- for the program ---- */

static const char *const states[_ROW_STATE_MAX] = {
        [ROW_WAITING] = "waiting",     [ROW_RUNNING] = "running", [ROW_ASKING] = "asking",
        [ROW_PENDING] = "pending",     [ROW_DONE] = "done",       [ROW_FAILED] = "failed",
        [ROW_CANCELLED] = "cancelled",
};

size_t usher_list_count(const struct usher_list *l)
{
        return l->rows.n;
}

void usher_list_get_counts(const struct usher_list *l, struct usher_list_counts *ret)
{
        const size_t *of = l->rows.of;

        *ret = (struct usher_list_counts){ .waiting = of[ROW_WAITING],
                                           .running = of[ROW_RUNNING],
                                           .asking = of[ROW_ASKING],
                                           .pending = of[ROW_PENDING],
                                           .done = of[ROW_DONE],
                                           .failed = of[ROW_FAILED],
                                           .cancelled = of[ROW_CANCELLED],
                                           .before = l->rows.before };
}

static void show_facts(const struct row_facts *f, struct usher_list_row *ret)
{
        const struct trouble why = { .fault = f->fault };

        ret->id = f->texts[FACT_ID];
        ret->platform = f->texts[FACT_PLATFORM];
        ret->os = f->texts[FACT_OS];
        ret->device_name = f->texts[FACT_NAME];
        ret->owner = f->texts[FACT_OWNER];
        ret->cause = f->texts[FACT_CAUSE];
        ret->fault = trouble_key(&why);
        ret->advice = trouble_advice(&why);
        ret->ms = f->at_work ? timer_now_ms() - f->start_ms : f->ms;
}

bool usher_list_get_row(const struct usher_list *l, size_t i, struct usher_list_row *ret)
{
        const struct row *row = &l->rows.row[i];

        if (i >= l->rows.n)
                return false;
        *ret = (struct usher_list_row){ .line = row->line,
                                        .serial = row->serial,
                                        .name = listed_text(&l->rows, row, ROW_NAME),
                                        .site = listed_text(&l->rows, row, ROW_SITE),
                                        .profile = l->setups[row->setup].name,
                                        .state = states[row->state],
                                        .before = row->before };
        if (row->facts)
                show_facts(row->facts, ret);
        return true;
}
