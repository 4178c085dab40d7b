/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a batch is about: device ids, serial numbers or ICCIDs, from words or from a file of lines (CSV: the
 * first column counts, the second may be a name). Pure. */

#include "proto/base/trouble.h"
#include <stddef.h>

enum {
        ITEMS_MAX = 100000,
        ITEM_MAX = 64,      /* bytes of one item */
        ITEM_NAME_MAX = 64, /* bytes of a name */
        ITEMS_FILE_MAX = 16 << 20,
};

enum item_kind { ITEM_DEVICE_ID, ITEM_SERIAL, ITEM_ICCID };

struct item {
        char text[ITEM_MAX + 1];      /* device ids in lower case, serial numbers in upper case */
        char name[ITEM_NAME_MAX + 1]; /* "" = none */
        enum item_kind kind;
};

struct items {
        struct item *item;
        size_t n, size;
};

void items_done(struct items *l);

/* -ENOMEM; -EINVAL: it is none of the three, or there are more than ITEMS_MAX. `name` may be NULL. */
int items_add(struct items *l, const char *text, size_t len, const char *name, size_t name_len,
              struct trouble *ret_trouble);

/* Lines; columns end at comma, semicolon or tab and may be in double quotes; empty lines and those that
 * begin with # are passed over, as is a first line whose first cell has no digit (a heading). -EINVAL names
 * the line. */
int items_parse(struct items *l, const char *text, size_t len, struct trouble *ret_trouble);

/* "-" is standard input. */
int items_read(struct items *l, const char *path, struct trouble *ret_trouble);
