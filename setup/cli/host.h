/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a verb that goes through libusher (setup/lib/usher.h) stands on: a loop of its own, where signals,
 * the terminal and stickers are, and in it a context of the library, with the settings of a command line. */

#include "proto/base/cleanup.h"
#include "proto/base/trouble.h"
#include "setup/label/label.h"
#include "setup/lib/usher.h"
#include <systemd/sd-event.h>

struct host;

/* What the command line says; NULL and 0: nothing. */
struct host_settings {
        const char *radio, *cloud, *cloud_ca, *token_file;
        unsigned timeout_s;
        bool interactive, report;
};

/* The library keeps what it keeps between runs where usher does (proto/base/places.h), and looks for a token
 * where usher does. -ENOMEM, or the errno of making a loop. */
int host_new(const struct host_settings *settings, struct host **ret);

/* What was made with the library is freed before. Takes NULL, returns NULL. */
struct host *host_free(struct host *h);
DEFINE_CLEANUP(struct host *, host_free)

sd_event *host_loop(const struct host *h);
struct usher_ctx *host_ctx(const struct host *h);

/* Who is told what the library tells, from now on, one event after the other and from the loop; NULL:
 * nobody. The event stays the host's. */
typedef void (*host_event_fn)(void *userdata, struct usher_event *event);
void host_listen(struct host *h, host_event_fn fn, void *userdata);

/* As loop_until(); or the errno with which the library failed. */
int host_until(struct host *h, const bool *over);

/* The label, as the library has it. What usher_label_from_text() returns. */
int host_label(struct host *h, const struct label *label, struct usher_label **ret);

/* What a function of the library failed with, as trouble_complete() completes it: -EINVAL is the context's
 * trouble. */
void host_trouble(const struct host *h, int error, struct trouble *ret);

/* Fault and cause as the library's getters tell them, NULL where there is none. */
void host_told(const char *fault, const char *cause, struct trouble *ret);
