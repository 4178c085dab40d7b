/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names of networks that a person takes for the same, and a device does not. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether two different names look the same but for case, blanks, kinds of apostrophe and dash, accents and
 * how those are put together, and characters that nobody sees. False for equal names. */
bool wifi_names_alike(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);
