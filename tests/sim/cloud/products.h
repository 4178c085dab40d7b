/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Products and their members. */

#include "tests/sim/cloud/state.h"

/* The member that the path names (product, device); NULL: refused, with *ret_r to be returned. */
json_t *product_member(struct call *c, int *ret_r);

/* The lines of the "file" part of a multipart body, or of a text body. -EINVAL: no such part. */
int import_lines(struct call *c, json_t **ret);
