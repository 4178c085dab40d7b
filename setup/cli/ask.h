/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Questions to whoever sits at the terminal, asked without holding up the loop: the link to the device stays
 * alive while the person thinks. A password is read without echo; the terminal is as it was again after
 * ask_free(), and while usher is stopped (Ctrl-Z). */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include "setup/lib/usher.h"

struct ask;
struct sd_event;

/* What is asked, copied. */
enum { ASK_NETWORKS_MAX = 64 };
struct ask_question {
        const struct usher_network *chosen; /* whose password it is about; NULL: a network is asked for */
        const struct usher_network *seen;   /* by the device, the best one first, so many of them */
        size_t n_seen;
};

/* As usher_job_answer_network() takes it, and of a password as usher_job_answer_password(). */
struct ask_answer {
        const uint8_t *ssid; /* NULL: the device shall scan again, or it is a password */
        size_t ssid_len;
        const struct secret *password; /* NULL: none was asked for */
};

struct ask_events {
        /* 0, or -EINVAL with *ret_trouble filled, or another errno: then it is asked again. */
        int (*on_answer)(void *userdata, const struct ask_answer *answer, struct trouble *ret_trouble);
        void (*on_end)(void *userdata); /* the terminal was closed, or Ctrl-D: nobody answers any more */
};

/* Opens /dev/tty; -ENXIO, -ENOENT if there is no terminal. `loop` outlives it. */
int ask_new(struct sd_event *loop, const struct ask_events *events, void *userdata, struct ask **ret);

/* Takes NULL, returns NULL. Not from inside its events. */
struct ask *ask_free(struct ask *a);
DEFINE_CLEANUP(struct ask *, ask_free)

void ask_start(struct ask *a, const struct ask_question *question);

/* The question of an event of the library about this job. */
void ask_start_job(struct ask *a, const struct usher_event *event, const struct usher_job *job);
