/* SPDX-License-Identifier: Apache-2.0 */

/* The table is made when the list has ended, and written once. */

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

int list_results_check(const char *path, struct trouble *ret_trouble)
{
        int r = replace_check(path);

        if (r < 0)
                return trouble_set(ret_trouble, FAULT_CONFIG, "the results cannot be written to %s: %s",
                                   path, file_words(r));
        return 0;
}

static int put_device(struct buf *b, const struct usher_list_row *row)
{
        char spent[24] = "";

        if (row->ms > 0)
                (void)snprintf(spent, sizeof(spent), "%llu", (unsigned long long)row->ms);

        const char *const cells[] = { row->serial, row->site,        row->state, row->fault, row->cause,
                                      row->id,     row->device_name, row->owner, spent };

        return put_row(b, cells, ELEMENTSOF(cells));
}

int list_results_write(const char *path, const struct usher_list *list)
{
        _cleanup_(buf_done) struct buf text = buf_init(RESULTS_MAX);
        struct usher_list_row row;
        int r = put(&text, "serial,site,outcome,fault,cause,id,name,owner,ms\n");

        for (size_t i = 0; r == 0 && usher_list_get_row(list, i, &row); i++)
                r = put_device(&text, &row);
        return r < 0 ? r : replace_write(path, text.data, text.len);
}
