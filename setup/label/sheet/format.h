/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What kinds of file a sheet is drawn into. */

enum sheet_format { SHEET_SVG, SHEET_PNG };

/* The format that the end of a file's name says: ".svg" or ".png", in any case. -EINVAL: neither. */
int sheet_format_of(const char *path, enum sheet_format *ret);
