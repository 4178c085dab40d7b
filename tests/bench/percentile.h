/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* One of many, where that is enough to see that a benchmark works: with USHER_SMALL set, `few`; else
 * `whole`. */
size_t bench_size(size_t whole, size_t few);

/* The value that `percent` of the values are below; 0 of none. Sorts them. */
double percentile(double *values, size_t n, size_t percent);
