/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The log of effects: what was really set, a line of JSON each, appended in one write, so that several
 * programs may write to one file and what was written before a kill stays. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct effect {
        const char *who, *serial, *name; /* serial NULL: null, of no one device */
        const uint8_t *to;               /* NULL: null; what is not UTF-8 is written in hexadecimal digits */
        size_t to_len;
        bool changed;
};

/* Opened for appending, made if there is none; the owner closes it. Negative errno. */
int effects_open(const char *path, int *ret_fd);
int effects_append(int fd, const struct effect *e);
