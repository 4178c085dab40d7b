/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A page of a list: "page", from 1, and "perPage" or "per_page", 25 unless it is 1 to 1000. */

#include "tests/sim/cloud/machine.h"

struct page {
        int64_t number, size;
        int64_t total; /* rows of all pages */
};

void page_read(const struct call *c, struct page *ret);

/* Counts one more row; true if it lies on this page. */
bool page_takes(struct page *p);

/* The answer's "meta". NULL = out of memory. */
json_t *page_meta(const struct page *p);
