/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* SIM cards as the cloud keeps them. */

#include "tests/sim/cloud/state.h"

/* Puts the SIM into the product and starts activating it; unknown ones become known, as built-in SIMs do. */
int sim_import(struct vcloud *c, const char *iccid, int64_t product_id, const char *country);

/* Two capital letters. */
bool sim_is_country(const char *text);

/* In the caller's own account, not in a product. */
bool sim_is_mine(const struct call *c, const json_t *sim);

/* Somebody reads the SIM: an action under way comes one poll nearer to its end. */
int sim_look(struct vcloud *c, json_t *sim);
json_t *sim_json(struct vcloud *c, const json_t *sim);

/* PUT and GET .../status, once the SIM is found; both answer. */
int sim_change(struct call *c, json_t *sim);
int sim_answer_status(struct call *c, json_t *sim);
