/* SPDX-License-Identifier: Apache-2.0 */

/* How many, and medians and the like, for benchmarks whose values fit into memory. */

#include "tests/bench/percentile.h"
#include <stdlib.h>

size_t bench_size(size_t whole, size_t few)
{
        return getenv("USHER_SMALL") ? few : whole;
}

static int ascending(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

double percentile(double *values, size_t n, size_t percent)
{
        if (n == 0)
                return 0;
        qsort(values, n, sizeof(*values), ascending);
        return values[n * percent / 100 < n ? n * percent / 100 : n - 1];
}
