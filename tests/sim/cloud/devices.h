/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A device as the API shows it. */

#include "tests/sim/cloud/state.h"

/* The object of GET /v1/devices/:id (`detail`) or of a list. NULL = out of memory. */
json_t *device_json(struct vcloud *c, const json_t *device, bool detail);

/* What the cloud believes, which may be stale. */
bool device_is_online(const json_t *device);

/* What a device's or a product's protection is called. */
const char *protection_text(const json_t *record);

/* Waits for the device, and says whether it is there. */
int device_answer_ping(struct call *c, const json_t *device);

int device_unclaim(struct vcloud *c, json_t *device);
