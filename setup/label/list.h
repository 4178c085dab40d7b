/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A list of devices to set up: a table with a header that names the column `label` (what the sticker says)
 * or `serial` and `secret`, and if wanted `profile`, `name`, `groups` and `site`, in any order. All of it is
 * looked at when it is read, so that whoever wrote it learns of everything that is wrong at once. The text
 * stays in guarded memory, and its secrets there. */

#include "setup/label/label.h"

enum {
        LIST_FILE_MAX = 64 << 20, /* bytes, of about a million rows */
        LIST_ROWS_MAX = 1000000,
        LIST_TEXT_MAX = 1024, /* bytes of one cell */
        LIST_ERRORS_MAX = 50, /* that are told */
};

struct list;

struct list_row {
        unsigned line; /* in the file, from 1 */
        char serial[LABEL_SERIAL_LEN + 1];
        const char *secret; /* in the list's memory, without an end */
        size_t secret_len;
        /* UTF-8 on one line; "": the cell is empty, or there is no such column */
        char profile[LIST_TEXT_MAX + 1], name[LIST_TEXT_MAX + 1], groups[LIST_TEXT_MAX + 1],
                site[LIST_TEXT_MAX + 1];
};

struct list_error {
        unsigned line;
        struct trouble why; /* FAULT_CONFIG; without a secret */
};

/* Reads and checks. The list may be one with errors: look at list_error_at(). -ENOMEM; -EINVAL with
 * *ret_trouble, FAULT_CONFIG: it cannot be read, or others may read it. */
int list_read(const char *path, struct list **ret, struct trouble *ret_trouble);

/* The same from memory, which is copied. */
int list_parse(const char *text, size_t len, struct list **ret);

/* Takes NULL, returns NULL. */
struct list *list_free(struct list *l);
DEFINE_CLEANUP(struct list *, list_free)

/* How many rows are right, how many errors there are, also those that are not kept. */
size_t list_rows(const struct list *l);
size_t list_errors(const struct list *l);

/* By line; NULL past the last one that is kept. */
const struct list_error *list_error_at(const struct list *l, size_t i);

/* What only whoever sets up knows of a row that is right: it becomes an error of the list as well. */
void list_refuse(struct list *l, unsigned line, const struct trouble *why);

/* The next row that is right, from the first one on: valid until the next call. 1; 0: there is none, and the
 * next call begins at the first again; -ENOMEM. */
int list_next(struct list *l, const struct list_row **ret);

/* The next call begins at the first one again. */
void list_rewind(struct list *l);
