/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Addresses and form bodies, with everything from outside percent-encoded. */

#include "proto/base/bytes.h"
#include <stdarg.h>

enum { URL_MAX = 4096 };

/* Appends the format; each %s is percent-encoded to unreserved characters (RFC 3986), each %u is a decimal
 * number, %% is a percent sign, and there is nothing else. -ENOBUFS, -ENOMEM. No NUL is appended. */
int url_format(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int url_vformat(struct buf *out, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));

/* 24 hexadecimal digits of either case -> lower case, which is the only one the cloud takes. 0 or -EINVAL.
 */
int url_device_id(const char *id, char ret[static 25]);
