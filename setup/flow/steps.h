/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The functions that THE TABLE names, and how a row names those of step f that never waits (DOES), that
 * waits for an answer (ASKS), and that has a say in what a fault means, too (MENDS). */

#include "setup/flow/step.h"

#define DOES(f)  .start = f##_start, .skip = f##_skip
#define ASKS(f)  DOES(f), .finish = f##_finish
#define MENDS(f) ASKS(f), .trouble = f##_trouble

/* steps-radio.c */
step_start_fn find_start, secret_start, connect_start, session_start;
step_finish_fn find_finish, find_trouble, connect_finish, connect_trouble, session_finish, session_trouble;
step_skip_fn find_skip, secret_skip, connect_skip, session_skip;
step_budget_fn find_budget;

/* steps-identity.c */
step_start_fn identity_start;
step_finish_fn identity_finish;
step_skip_fn identity_skip;

/* True unless device, cloud and label contradict each other; then r is filled. */
bool identity_agrees(struct job *j, struct step_result *r);

/* steps-cloud.c */
step_start_fn account_start, serial_start, device_id_start, owner_start, limit_start, claim_code_start;
step_finish_fn account_finish, account_trouble, serial_finish, serial_trouble, owner_finish, limit_finish,
        limit_trouble, owner_trouble, claim_code_finish, claim_code_trouble;
step_skip_fn account_skip, serial_skip, device_id_skip, owner_skip, limit_skip, claim_code_skip;

/* Folds in what the cloud says of the owner. */
void owner_note(struct job *j, const struct said_device *d);
enum step_move owner_foreign(const struct job *j, struct step_result *r);

/* steps-product.c */
step_start_fn product_start, member_start, import_start, mark_start;
step_finish_fn product_finish, product_trouble, member_finish, member_trouble, import_finish, import_trouble,
        mark_finish, mark_trouble;
step_skip_fn product_skip, member_skip, import_skip, mark_skip;

/* Starts making the device a member with the owner that the profile wants. */
enum step_move import_ask(const struct job *j, const struct step_run *run, struct step_result *r);

/* The profile's product where the device is seen through it; 0 = through the account. */
unsigned product_of(const struct job *j);

/* steps-sim.c */
step_start_fn sim_check_start, sim_activate_start, sim_verdict_start;
step_finish_fn sim_check_finish, sim_check_trouble, sim_activate_finish, sim_activate_trouble;
step_skip_fn sim_check_skip, sim_activate_skip, sim_verdict_skip;

/* steps-claim.c */
step_start_fn set_claim_code_start, verify_owner_start, claim_start, name_start;
step_finish_fn set_claim_code_finish, verify_owner_finish, claim_finish, claim_trouble, name_finish;
step_skip_fn set_claim_code_skip, verify_owner_skip, claim_skip, name_skip;

/* Whether a handshake of the device with the cloud is so recent that a setup just before made it. */
bool handshake_is_recent(int64_t handshake_s);

/* steps-wifi.c */
step_start_fn wifi_choose_start, wifi_join_start, wifi_save_start;
step_finish_fn wifi_choose_finish, wifi_join_finish, wifi_join_trouble, wifi_save_finish;
step_answer_fn wifi_choose_answer, wifi_join_answer;
step_skip_fn wifi_choose_skip, wifi_join_skip, wifi_save_skip;

/* steps-restart.c */
step_start_fn ethernet_start, restart_start, resume_start;
step_finish_fn ethernet_finish, restart_finish, restart_trouble;
step_skip_fn ethernet_skip, restart_skip, resume_skip;

/* steps-update.c */
step_start_fn update_start;
step_finish_fn update_finish;
step_skip_fn update_skip;

/* Whether the device may still have to be updated before it is set up, which may take an hour. */
bool update_is_ahead(const struct job *j);

/* The end of a flight that restarts the device, so that nothing can come between what needs the restart and
 * the restart itself; and the replies to it: STEP_NEXT or STEP_FAIL. */
enum { RESTART_REQUESTS = 2 };
int restart_requests(struct port_request ret[static RESTART_REQUESTS], struct buf *body);
enum step_move restart_sent(struct job *j, const struct port_reply reply[static RESTART_REQUESTS],
                            struct step_result *r);

/* steps-cellular.c */
step_start_fn sim_start, iccid_start;
step_finish_fn sim_finish, sim_trouble, iccid_finish;
step_skip_fn sim_skip, iccid_skip;

/* steps-finish.c */
step_start_fn setup_done_start, release_start;
step_finish_fn setup_done_finish, setup_done_trouble;
step_skip_fn setup_done_skip, release_skip;

/* steps-online.c */
step_start_fn online_start, wait_online_start;
step_finish_fn online_finish, wait_online_finish;
step_skip_fn online_skip, wait_online_skip;

/* Whether the device can be asked for its connection. */
bool online_can_ask(const struct job *j);

/* steps-device.c */
step_start_fn wifi_list_start, wifi_forget_start, inspect_start;
step_finish_fn wifi_list_finish, wifi_forget_finish, inspect_finish, inspect_trouble;
step_skip_fn wifi_list_skip, wifi_forget_skip, inspect_skip;
