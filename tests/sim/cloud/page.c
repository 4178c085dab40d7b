/* SPDX-License-Identifier: Apache-2.0 */

/* Rows are counted as they are found, so that a list needs no second pass. */

#include "tests/sim/cloud/page.h"

void page_read(const struct call *c, struct page *ret)
{
        struct page p = { 1, 25, 0 };
        int64_t n;

        if (call_int(c, "page", &n) == 0 && n >= 1 && n <= 1000000)
                p.number = n;
        if ((call_int(c, "perPage", &n) == 0 || call_int(c, "per_page", &n) == 0) && n >= 1 && n <= 1000)
                p.size = n;
        *ret = p;
}

bool page_takes(struct page *p)
{
        int64_t at = p->total++;

        return at >= (p->number - 1) * p->size && at < p->number * p->size;
}

json_t *page_meta(const struct page *p)
{
        return json_pack("{s:I,s:I}", "total_records", (json_int_t)p->total, "total_pages",
                         (json_int_t)((p->total + p->size - 1) / p->size));
}
