/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of action: one action under way with one item. A start function begins the first verb of the
 * client; its callback ends the run, or goes on with run_next(). */

#include "cloud/device.h"
#include "setup/account/action.h"

struct run {
        struct op op;
        const struct action *action;
        struct cloud_client *client;
        const struct action_params *params;
        const struct item *item;
        action_fn done;
        void *userdata;
        struct op *verb;
        struct action_end end; /* its cause may hold the beginning of the sentence */
        bool claimed;          /* by this run */
};

typedef int (*run_start_fn)(struct run *r, struct op **ret);

/* Ends the run. It may be freed then: nothing after this. */
__attribute__((format(printf, 3, 4))) void run_end(struct run *r, enum fault fault, const char *text, ...);

/* The same with the words that are there. */
void run_end_here(struct run *r, enum fault fault);

/* True: it went wrong, and the run has ended with that. */
bool run_failed(struct run *r, const struct cloud_error *e);

/* A verb that only works or not. */
void run_on_done(void *userdata, const struct cloud_error *e);

/* The next verb, from the callback of the one before. */
void run_next(struct run *r, run_start_fn start);

/* starts */
int run_check(struct run *r, struct op **ret);
int run_claim(struct run *r, struct op **ret);
int run_unclaim(struct run *r, struct op **ret);
int run_rename(struct run *r, struct op **ret);
int run_signal(struct run *r, struct op **ret);
int run_remove(struct run *r, struct op **ret);
int run_sim_status(struct run *r, struct op **ret);
int run_sim_activate(struct run *r, struct op **ret);
int run_sim_deactivate(struct run *r, struct op **ret);
int run_sim_release(struct run *r, struct op **ret);

/* what they share */
struct cloud_sim;

/* Adds the state of a card to the words, and gives what it means: FAULT_PENDING, FAULT_SIM or FAULT_NONE. */
enum fault run_say_sim(struct run *r, const struct cloud_sim *sim);

/* GET of the device, by the product if there is one. */
int run_look(struct run *r, cloud_device_fn done, struct op **ret);

bool run_is_mine(const struct run *r, const struct cloud_device *d);
