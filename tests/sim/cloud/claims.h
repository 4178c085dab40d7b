/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a claim code does when a device brings it. */

#include "tests/sim/cloud/state.h"

/* How many devices the user has that count against the sandbox's limit: members of products do not. */
int64_t sandbox_count(struct vcloud *c, const char *user);

/* The owner decided: true gives the device to who asked. -ENOENT. */
int transfer_decide(struct vcloud *c, const char *id, bool accept);

/* The device sent `code` on a full handshake (NULL: none; its ICCID or IMEI may stand for one). Whatever is
 * wrong with the code, nothing happens and nobody is told (cloud.md 3.1). *ret_claimed: the cloud confirmed
 * the claim to the device. */
int claim_by_code(struct vcloud *c, json_t *device, const char *code, bool *ret_claimed);
