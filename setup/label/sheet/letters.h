/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Letters of 5 x 7 dots. */

#include <stdint.h>

enum { LETTER_WIDTH = 5, LETTER_HEIGHT = 7 };

/* A byte a column from the left, the lowest bit on top. What is not printable ASCII is '?'. */
const uint8_t *letter_columns(char c);
