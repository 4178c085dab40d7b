/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A code as black and white modules, without the white around it. */

#include <stddef.h>
#include <stdint.h>

struct symbol {
        unsigned side; /* modules; it is square */
        uint8_t *dark; /* side * side, row by row, 1: dark; owned */
};

/* Of printable ASCII. -EINVAL: no code can hold it; -ENOMEM. */
int symbol_data_matrix(const char *text, struct symbol *ret);
int symbol_qr(const char *text, struct symbol *ret); /* medium error correction */

void symbol_done(struct symbol *s);
