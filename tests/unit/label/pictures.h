/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The recorded pictures of tests/wire/pictures and what they show. */

#include "setup/label/image.h"
#include <limits.h>

struct picture {
        char path[PATH_MAX];
        char category[32]; /* "dm_rot", "qr_clean", "neg" */
        char text[128];    /* empty: no code in it */
};

/* The first of `n` folders that has an index.tsv; NULL: none has. */
const char *pictures_folder(int n, char *const *folders);

/* Reads FOLDER/index.tsv; the caller frees *ret. Ends the program with a message if it cannot. */
size_t pictures_list(const char *folder, struct picture **ret);

/* The whole file; the caller frees. Ends the program with a message if it cannot. */
uint8_t *pictures_read(const char *path, size_t *ret_len);
