/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a code says, as verbs print it. The mobile secret is asterisks unless it is asked for in so many
 * words: whoever has it can set the device up. */

#include "setup/label/label.h"
#include <jansson.h>
#include <stdio.h>

/* One line: "NAME: serial ..., Argon, setup code ..., mobile secret ***************". */
void label_print(FILE *f, const char *name, const struct label *l, bool show_secret);

/* The keys from serial to advice of the events "label" and "scan", added to `to`, which is taken over;
 * `l` counts if `why` is no fault. NULL: out of memory, or none was given. */
json_t *label_print_json(json_t *to, const struct label *l, const struct trouble *why, bool show_secret);
