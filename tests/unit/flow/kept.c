/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/unit/flow/kept.h"
#include "tests/unit/cmocka.h"

void kept_take(struct kept *ret, const struct job *j)
{
        size_t n;
        const struct record_field *f = record_fields(&n);

        assert_in_range(n, 1, KEPT_MAX);
        for (size_t i = 0; i < n; i++)
                record_text(j, &f[i], ret->text[i]);
}

void kept_give(const struct kept *k, struct job *j)
{
        size_t n;
        const struct record_field *f = record_fields(&n);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(record_set(j, &f[i], k->text[i]), 0);
}
