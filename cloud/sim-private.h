/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of sim: what single requests and the activation share. */

#include "cloud/call.h"
#include "cloud/sim.h"

bool sim_is_iccid(const char *iccid);

/* call_start() on the card's own path. */
int sim_request_start(struct cloud_client *c, const struct call_request *request, call_done_fn done,
                      void *userdata, struct op **ret, unsigned product_id, const char *iccid);

/* The reply of a GET; a 404 is SIM_NOT_OURS. False: the fault is in end->error. */
bool sim_read(struct call_end *end, struct cloud_sim *ret);
