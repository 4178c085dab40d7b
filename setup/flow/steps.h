/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of steps do for each other. */

#include "setup/flow/step.h"

/* steps-radio.c */

/* A device in listening mode is seen within seconds: five, if it advertised a moment ago (device.md 3.1). */
enum { FIND_SOON_MS = 5000 };

/* steps-identity.c */

/* True unless device, cloud and label contradict each other; then r is filled. */
bool identity_agrees(struct job *j, struct step_result *r);

/* How the device is to be connected, by what is known of model and interfaces. */
void identity_choose_families(struct job *j);

/* steps-cloud.c */

/* Asks the cloud for it. */
step_start_fn owner_start;

/* Folds in what the cloud says of the owner. */
void owner_note(struct job *j, const struct said_device *d);

/* The same, and whether that shows that it came online since we began. */
void owner_look(struct job *j, const struct said_device *d);
enum step_move owner_foreign(const struct job *j, struct step_result *r);

/* steps-product.c */

/* Starts making the device a member with the owner that the profile wants. */
enum step_move import_ask(const struct job *j, const struct step_run *run, struct step_result *r);

/* The profile's product where the device is seen through it; 0 = through the account. */
unsigned product_of(const struct job *j);

/* steps-claim.c */

/* Whether a handshake of the device with the cloud is so recent that a setup just before made it. */
bool handshake_is_recent(int64_t handshake_s);

/* Whether the device may be given its claim code now, in passing; and the request for it, whose payload is
 * in `body` (of CLAIM_CODE_BODY_MAX). A refusal is left to the row set-claim-code. */
enum { CLAIM_CODE_BODY_MAX = CLAIM_CODE_MAX + 8 };
bool claim_code_is_ready(const struct job *j);
int claim_code_request(const struct job *j, struct buf *body, struct port_request *ret);

/* steps-wifi.c: the network that the device is in, if the profile has it, is joined. 0; -EBADMSG. */
int wifi_note_current(struct job *j, const struct port_reply *reply);

/* steps-wifi-save.c */

/* Takes the answer to the question which networks the device keeps (502), asked before it joins one. */
void wifi_known_note(struct job *j, const struct port_reply *reply);

/* steps-update.c */

/* Whether the device may still have to be updated before it is set up, which may take an hour. */
bool update_is_ahead(const struct job *j);

/* The end of a flight that restarts the device, so that nothing can come between what needs the restart and
 * the restart itself; and the replies to it: STEP_NEXT or STEP_FAIL. */
enum { RESTART_REQUESTS = 2 };
int restart_requests(struct port_request ret[static RESTART_REQUESTS], struct buf *body);
enum step_move restart_sent(struct job *j, const struct port_reply reply[static RESTART_REQUESTS],
                            struct step_result *r);

/* steps-online.c */

/* Whether the device can be asked for its connection. */
bool online_can_ask(const struct job *j);
