/* SPDX-License-Identifier: Apache-2.0 */

/* The table grows in memory and is written once: a list ends in one place, whatever ends it. */

#include "setup/cli/list-results.h"
#include "proto/base/bytes.h"
#include "proto/base/file.h"
#include "proto/base/text.h"
#include "setup/cli/replace.h"
#include "setup/label/csv.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { RESULTS_MAX = 1 << 30, CELL_MAX = 2048 };

struct list_results {
        char *path;
        struct buf text;
};

struct list_results *list_results_free(struct list_results *r)
{
        if (!r)
                return NULL;
        buf_done(&r->text);
        free(r->path);
        free(r);
        return NULL;
}

static int put(struct buf *b, const char *text)
{
        return buf_append(b, text, strlen(text));
}

/* Always in quotes where a reader might split or trim it, and no formula: names come from the cloud, too. */
static int put_cell(struct buf *b, const char *text)
{
        char clean[CELL_MAX] = "'";
        int r = 0;

        (void)snprintf(clean + 1, sizeof(clean) - 1, "%s", text ? text : "");
        text_clean(clean + 1);
        if (!csv_like_formula(clean + 1))
                memmove(clean, clean + 1, strlen(clean));
        if (!strpbrk(clean, ",;\" "))
                return put(b, clean);
        r = put(b, "\"");
        for (const char *c = clean; *c && r == 0; c++) {
                r = buf_append(b, c, 1);
                if (r == 0 && *c == '"')
                        r = buf_append(b, c, 1);
        }
        return r == 0 ? put(b, "\"") : r;
}

static int put_row(struct buf *b, const char *const *cells, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                r = put_cell(b, cells[i]);
                if (r == 0)
                        r = put(b, i + 1 < n ? "," : "\n");
        }
        return r;
}

static const char *outcome_of(const struct job *job)
{
        switch (job->end.outcome) {
        case JOB_DONE: return "done";
        case JOB_PENDING: return "pending";
        case JOB_CANCELLED: return "cancelled";
        case JOB_FAILED:
        case JOB_RUNNING: return "failed";
        }
        return NULL;
}

int list_results_new(const char *path, struct list_results **ret, struct trouble *ret_trouble)
{
        _cleanup_(list_results_freep) struct list_results *r = calloc(1, sizeof(*r));
        int e;

        if (!r)
                return -ENOMEM;
        r->text = buf_init(RESULTS_MAX);
        r->path = strdup(path);
        if (!r->path)
                return -ENOMEM;
        e = replace_check(path);
        if (e < 0)
                return trouble_set(ret_trouble, FAULT_CONFIG, "the results cannot be written to %s: %s",
                                   path, file_words(e));
        e = put(&r->text, "serial,site,outcome,fault,cause,id,name,owner,ms\n");
        if (e < 0)
                return e;
        *ret = TAKE_PTR(r);
        return 0;
}

int list_results_add(struct list_results *r, const struct list_row *row, const struct job *job,
                     const char *outcome, uint64_t ms)
{
        static const struct job none = {};
        const struct job *j = job ? job : &none;
        const struct trouble *why = &j->end.trouble;
        char spent[24] = "";

        if (!r)
                return 0;
        if (job)
                (void)snprintf(spent, sizeof(spent), "%llu", (unsigned long long)ms);

        const char *const cells[] = { row->serial,
                                      row->site,
                                      job ? outcome_of(job) : outcome,
                                      why->fault != FAULT_NONE ? fault_info(why->fault)->key : "",
                                      why->cause,
                                      j->identity.id,
                                      j->cloud.name,
                                      j->cloud.owner_name,
                                      spent };

        return put_row(&r->text, cells, ELEMENTSOF(cells));
}

int list_results_write(const struct list_results *r)
{
        return r ? replace_write(r->path, r->text.data, r->text.len) : 0;
}
