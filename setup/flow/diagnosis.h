/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why is the device not online? Four requests, most of which no other tool sends, and one sentence made of
 * their answers (device.md 3.7). */

#include "setup/flow/step.h"

enum { DIAGNOSIS_FLIGHT_MAX = 6, DIAGNOSIS_BODY_MAX = 16 };

struct diagnosis_flight {
        struct port_request request[DIAGNOSIS_FLIGHT_MAX];
        size_t n;
        uint8_t body[DIAGNOSIS_BODY_MAX];
};

/* The requests of one look, that of the connection (300) first. */
int diagnosis_requests(const struct job *j, struct diagnosis_flight *ret);

/* Folds replies in. Those that are refused or garbled only leave things unknown. */
void diagnosis_note(struct job *j, const struct port_replies *replies);

/* Whether it runs on a battery that is too empty for its radio or modem. */
enum { DIAGNOSIS_CHARGE_LOW = 15 /* percent */ };
bool diagnosis_is_starved(const struct diagnosis *d);

/* What to tell of a device that is not online: STEP_AGAIN with the fault that fits best. */
enum step_move diagnosis_later(const struct job *j, struct step_result *r);

/* As diagnosis_later(), after a look at the device. STEP_FAIL, for good, when the cause is one that waiting
 * does not mend and has been the same for a while: no address, no route, a firewall, wrong keys
 * (device.md 3.7). */
enum step_move diagnosis_judge(struct job *j, struct step_result *r);
