/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a client sent, taken apart: the path's segments, the query, a form or JSON body. */

#include "tests/sim/cloud/machine.h"

/* Undoes percent-encoding ('+' is a blank when `plus`). -EINVAL: a NUL, or not UTF-8. */
int percent_decode(const char *text, size_t len, bool plus, char **ret);

/* "a=1&b=2" to an object of strings; the last one of a name counts. -EINVAL as above. */
int form_decode(const char *text, size_t len, json_t **ret);

/* Reads the request's query and body into the call. -EINVAL: neither JSON nor a form. */
int call_parse(struct call *c);
