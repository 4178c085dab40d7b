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

/* PUT, DELETE and GET of .../status and .../data_usage, once the SIM is found; all answer. */
int sim_change(struct call *c, json_t *sim);
int sim_release(struct call *c, json_t *sim); /* 202 instead of 204 when giving it back takes its time */
int sim_answer_status(struct call *c, json_t *sim);
int sim_answer_usage(struct call *c, const json_t *sim);

/* "usage_by_day": all of it today. NULL = out of memory. */
json_t *sim_usage_days(struct vcloud *c, int64_t mb);
