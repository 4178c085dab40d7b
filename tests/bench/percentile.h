/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* The value that `percent` of the values are below; 0 of none. Sorts them. */
double percentile(double *values, size_t n, size_t percent);
