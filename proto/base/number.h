/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whole numbers that people write - on a command line, in a profile, at a prompt - or that were kept as
 * text. Strict, so that a slip of the finger is an error and not another number. */

#include <stdint.h>

/* Decimal digits and nothing else, no sign, no blank. -EINVAL: not a number; -ERANGE: not one from `min` to
 * `max`. */
int number_read(const char *text, unsigned min, unsigned max, unsigned *ret);

/* The same, and hexadecimal digits after "0x". */
int number_read_hex(const char *text, unsigned min, unsigned max, unsigned *ret);

/* Decimal digits, behind a "-" or not. */
int number_read_signed(const char *text, int64_t min, int64_t max, int64_t *ret);
