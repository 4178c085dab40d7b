/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A list of virtual devices, a row a device: the CSV that `usher setup --from` reads, of which it takes the
 * columns that say what a device is. Others are passed over: they are usher's. */

#include <stddef.h>

struct device_row {
        unsigned line;
        const char *serial, *secret;
        const char *platform, *os, *id, *rssi; /* NULL: not said */
};

struct device_list {
        char *text; /* what the rows point into */
        size_t len;
        struct device_row *row;
        size_t n;
};

/* -EINVAL with *ret_why (owned by the caller), which names the line; the errno of reading it; -ENOMEM. */
int device_list_read(const char *path, struct device_list *ret, char **ret_why);

/* Wipes it. */
void device_list_done(struct device_list *l);
