/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a client sent, taken apart: the path's segments, the query, a form or JSON body. */

#include "tests/sim/cloud/machine.h"

/* Undoes percent-encoding ('+' is a blank when `plus`). -EINVAL: a NUL, or not UTF-8. */
int percent_decode(const char *text, size_t len, bool plus, char **ret);

/* Reads the request's query and body into the call. -EINVAL: neither JSON nor a form. */
int call_parse(struct call *c);
