/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Trouble: a fault and its cause in words. Whatever a person must act on travels as this, from where it was
 * met to where it is shown; a function that returns an error and takes a `struct trouble *ret_trouble` fills
 * it then. Zero-initialised it is no trouble. */

#include "proto/base/fault.h"
#include <stdarg.h>

enum { TROUBLE_CAUSE_MAX = 512 /* bytes, with the NUL */ };

struct trouble {
        enum fault fault;              /* FAULT_NONE: none, and the cause tells what is so instead */
        char cause[TROUBLE_CAUSE_MAX]; /* what the fault does not say; clean UTF-8 on one line
                                          (text_clean()), never with a secret; "" = the fault says it all */
};

/* A printf that knows %s, %.*s (text without an end), %.40s (no more of it than 40 bytes), %c, %d, %u, %%
 * and the lengths l, ll, z (tests/lint/causes.py holds callers to that). The text of the format is the
 * reason and always there as a whole; if there is not room for all of the strings that are put into it, the
 * longest lose their middle. They may be t's own cause. Returns -EINVAL, which to a caller means "see the
 * trouble". */
int trouble_set(struct trouble *t, enum fault fault, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
int trouble_vset(struct trouble *t, enum fault fault, const char *format, va_list arguments)
        __attribute__((format(printf, 3, 0)));

/* Adds to the cause by the same rules: what is there already counts as one of the strings. */
void trouble_add(struct trouble *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of what a function failed with (negative errno): -EINVAL leaves what it has filled. All else, and an
 * -EINVAL that said nothing, is told now: FAULT_CANCELLED for -ECANCELED, or FAULT_INTERNAL and the errno in
 * words. */
void trouble_complete(struct trouble *t, int error);

/* The cause; the fault's sentence if there is none. */
const char *trouble_words(const struct trouble *t);
