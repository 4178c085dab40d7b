/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One action over many items, a few at a time. The client itself keeps to the cloud's rate limits. */

#include "setup/account/account.h"
#include "setup/account/action.h"

enum { BATCH_PARALLEL = 8 };

struct batch {
        const struct action *action;
        struct action_params params;
        const struct items *items;

        /* Called as each ends, in any order. */
        void (*on_end)(void *userdata, const struct item *item, const struct action_end *end);
        void *userdata;
};

/* Runs the loop until all have ended. -ECANCELED: the loop was told to exit; what was under way is dropped.
 */
int batch_run(struct account *a, const struct batch *batch);
