/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text that people read: what of it may reach a terminal, and what is left of it where there is little room.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the first character takes, if it is one that belongs into text: 0 for control characters
 * (the C1 set, too), and for what is no UTF-8. */
size_t text_character(const uint8_t *text, size_t len);

/* Whether all of it is such characters. */
bool text_is_utf8(const char *text);

/* THE place through which text from outside (a device, the cloud, a file's name, the air) goes before
 * anybody reads it. In place, and never longer than before: white space becomes a blank; control characters,
 * bytes that are no UTF-8 and what turns the direction of writing or begins a new line become '?'. */
void text_clean(char *text);

/* Copies `text`; what is too long loses its middle ("/home/a/ver...sticker.txt"), never a part of a
 * character. `size` is at least 8; the result is terminated. */
void text_shorten(char *ret, size_t size, const char *text, size_t len);
