/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A list at work: what the library tells of it goes to the screen and the events, questions to the terminal,
 * Ctrl-C to the library. */

#include "setup/cli/host.h"
#include "setup/cli/setup-args.h"

/* How it ended. */
struct list_end {
        int exit_code;
        struct trouble why; /* what ended it early; FAULT_NONE: nothing */
};

/* Starts the list and turns the loop until it has ended; the summary is written. -EINVAL with *ret_trouble:
 * it cannot start; -EIO: standard output is gone; or what the library failed with. */
int list_run(const struct setup_args *args, struct host *host, struct usher_list *list, struct list_end *ret,
             struct trouble *ret_trouble);
