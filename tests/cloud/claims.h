/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a claim code does when a device brings it. */

#include "tests/cloud/state.h"

/* The device sent `code` on a full handshake (NULL: none; its ICCID or IMEI may stand for one). Whatever is
 * wrong with the code, nothing happens and nobody is told (section 3.1). *ret_claimed: the cloud confirmed
 * the claim to the device. */
int claim_by_code(struct vcloud *c, json_t *device, const char *code, bool *ret_claimed);
