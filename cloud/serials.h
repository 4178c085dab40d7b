/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What clouds said about serial numbers, kept in a file: lookups are limited to 50 an hour and account, and
 * the answer for a serial number never changes. No secret is ever kept. Several processes may use one file.
 */

#include <stddef.h>

enum {
        SERIALS_FILE_MAX = 1 << 20, /* bytes; beyond it the file starts anew */
        SERIAL_MAX = 32,            /* characters of a serial number, as of an ICCID */
        SERIALS_URL_MAX = 128,
};

struct serial_entry {
        char serial[SERIAL_MAX + 1];
        char device_id[25];
        char iccid[SERIAL_MAX + 1]; /* "" = none */
        unsigned platform_id;       /* 0 = not said */
};

/* What the cloud at `url` said. -ENOENT: nothing, also when there is no file; or the errno of reading. Lines
 * that cannot be read are passed over, the last one for a serial number counts. */
int serials_find(const char *path, const char *url, const char *serial, struct serial_entry *ret);

/* Adds a line; the file is made with mode 0600. -EINVAL for text that does not fit the file; the errno of
 * writing. A failure loses nothing but the saving. */
int serials_add(const char *path, const char *url, const struct serial_entry *entry);
