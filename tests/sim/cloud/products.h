/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Products and their members. */

#include "tests/sim/cloud/state.h"

/* What to call a product record's member: a 24-digit id, a serial number, an ICCID or an IMEI. NULL: the
 * cloud knows no such device. */
json_t *device_by_any(struct vcloud *c, const char *text);

/* The member that the path names (product, device); NULL: refused, with *ret_r to be returned. */
json_t *product_member(struct call *c, int *ret_r);

/* The lines of the "file" part of a multipart body, or of a text body. -EINVAL: no such part. */
int import_lines(struct call *c, json_t **ret);
