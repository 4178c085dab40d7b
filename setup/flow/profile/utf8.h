/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text that people and the cloud's JSON can show. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the UTF-8 character at `text`, 1 to 4 bytes; 0 if there is none, or a control character. */
size_t utf8_character(const uint8_t *text, size_t len);

/* All of it are such characters. */
bool utf8_is_text(const char *text);
