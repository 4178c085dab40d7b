/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tables, and how an older database becomes one of today. */

#include "setup/store/base.h"

enum { SCHEMA_VERSION = 1, SCHEMA_APPLICATION = 0x75736872 /* "ushr", in the file's head */ };

/* -ENOTSUP: newer than this program; -EMEDIUMTYPE: a database of something else. */
int schema_check(struct base *b, int64_t *ret_version);

/* In the transaction that is open. */
int schema_migrate(struct base *b, int64_t from);
