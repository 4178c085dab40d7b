/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What everything that runs together has in common: one loop, its radios, and for each account of a cloud
 * one client with one set of rate budgets and one event stream. It is made once and handed to whoever needs
 * any of it; nothing of it is global, so that a process may have several, each on a loop of its own.
 *
 * It never calls anybody: what is under way ends by its own operations. Whatever was taken from a context
 * is given back, and every operation on it freed, before the context is. */

#include "cloud/client.h"
#include "setup/ports/news.h"
#include "setup/ports/radio.h"
#include <systemd/sd-event.h>

struct context;

/* Makes a loop, and libsodium ready for secrets. 0, -EIO (libsodium), -ENOMEM or the errno of making a loop.
 */
int context_new(struct context **ret);

/* Takes NULL, returns NULL. */
struct context *context_free(struct context *c);
DEFINE_CLEANUP(struct context *, context_free)

/* loop */

/* Valid as long as the context. Whoever has a loop of his own watches its descriptor (sd_event_get_fd()). */
sd_event *context_loop(const struct context *c);

/* For who has nothing else to do. One turn: waits until something happens and lets it. -ECANCELED: the loop
 * has been told to exit (a signal), before or meanwhile; or the errno of the loop. */
int context_turn(struct context *c);

/* Turns until *over, which one of the callbacks sets. As context_turn(). */
int context_until(struct context *c, const bool *over);

/* radio */

/* The radio that `spec` stands for (radio.h), the same one for everybody who names it so; it stays until
 * the context is freed. -EINVAL: FAULT_CONFIG, -ENOMEM. */
int context_radio(struct context *c, const char *spec, struct radio **ret, struct trouble *ret_trouble);

/* cloud */

/* One account at one cloud, shared by all who opened it with the same configuration. */
struct context_cloud {
        struct cloud_client *client;
        struct news *news;
};

/* `config->loop` is the context's, whatever it says. What a cloud_client_new() returns. The last one to
 * close it leaves it behind for an hour: by then its rate budgets are as good as new. */
int context_cloud_open(struct context *c, const struct cloud_config *config, struct context_cloud **ret);

/* Takes NULL, returns NULL. */
struct context_cloud *context_cloud_close(struct context_cloud *cloud);
DEFINE_CLEANUP(struct context_cloud *, context_cloud_close)
