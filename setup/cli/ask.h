/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Questions to whoever sits at the terminal, asked without holding up the loop: the link to the device stays
 * alive while the person thinks. A password is read without echo; the terminal is as it was again after
 * ask_free(), and while usher is stopped (Ctrl-Z). */

#include "proto/base/secret.h"
#include "setup/flow/runner.h"

struct ask;
struct sd_event;

/* `network` (NULL: the device shall scan again) belongs to the callee, which answers 0 if it has taken it
 * over, or -EINVAL with *ret_trouble filled: then the question is asked again. */
struct ask_events {
        int (*on_network)(void *userdata, struct wifi_network *network, struct trouble *ret_trouble);
        void (*on_end)(void *userdata); /* the terminal was closed, or Ctrl-D: nobody answers any more */
};

/* Opens /dev/tty; -ENXIO, -ENOENT if there is no terminal. `loop` outlives it. */
int ask_new(struct sd_event *loop, const struct ask_events *events, void *userdata, struct ask **ret);

/* Takes NULL, returns NULL. Not from inside its events. */
struct ask *ask_free(struct ask *a);
DEFINE_CLEANUP(struct ask *, ask_free)

/* Starts one of the runner's questions about the job. 0, or -ENOMEM. */
int ask_start(struct ask *a, enum question_kind question, const struct job *job);
