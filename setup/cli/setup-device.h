/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device of a command, from its label to its one result: whatever ends it, the result says so in words
 * and, with --json, as an event. */

#include "setup/cli/setup-site.h"

struct setup_device {
        struct setup_site *site;
        struct job job; /* its trouble is what the site's functions fill, too */
        uint64_t start_ms;
};

/* *d is to be ended with setup_device_done(), whatever is returned. */
int setup_device_begin(struct setup_site *site, struct setup_device *d);

/* Takes the label, and for now the site's profile: setup_device_done() gives it back, with what was answered
 * for this device, so that nobody is asked the same for the next one. */
void setup_device_take(struct setup_device *d, struct label *label);
void setup_device_done(struct setup_device *d);

/* After setup_device_take() and setup_site_account(). 0: the job says how it ended; else
 * as trouble_complete() takes it. */
int setup_device_run(struct setup_device *d);

/* The result of what ended with `r`, also where nothing had begun. Returns the exit code. */
int setup_device_end(struct setup_device *d, int r);
