/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text in small files, as people and their editors write it: byte order marks, CR LF, empty lines, quotes,
 * comments. What can be meant in one way only is taken; all else is refused with what was seen. No text is
 * copied: a secret stays where it is, and no cause holds a piece of it. */

#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stddef.h>

enum { PLAIN_FILE_MAX = 4096 }; /* bytes of a file that holds one secret, with all that is around it */

/* A part of a text, without an end. */
struct plain {
        const char *at;
        size_t len;
};

/* Takes blanks and line ends off both ends. */
void plain_trim(struct plain *text);

/* Takes the byte order mark off. -EINVAL: UTF-16, a byte of value zero. */
int plain_begin(struct plain *text, struct trouble *ret_trouble);

/* A file of one password: its only line, without the mark and the line ends. A password may begin and end
 * with any character, but a blank there, or quotes around it, are rather the editor's: -EINVAL, and the
 * cause says how each of both is written. In quotes a blank belongs to it, and so do quotes in quotes. */
int plain_password(struct plain *text, struct trouble *ret_trouble);

/* A file of one word (token, claim code, mobile secret): likewise, and NAME=, "export", "Bearer", quotes,
 * blanks around it and lines with # in front are taken off. -EINVAL: there is more, or less, than one word.
 */
int plain_word(struct plain *text, struct trouble *ret_trouble);

/* A file of the text of one code: its only line, without blanks around it. */
int plain_code(struct plain *text, struct trouble *ret_trouble);

/* What stands behind "key =" on one line: blanks are taken off, quotes around the whole, and a comment that
 * a blank and '#' or ';' begin. Where the value is `free` text that might hold just that, a comment that
 * stands behind no quotes is refused: -EINVAL. */
int plain_value(struct plain *text, bool free, struct trouble *ret_trouble);
