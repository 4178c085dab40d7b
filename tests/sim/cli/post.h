/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How virtual devices tell the virtual cloud that they are there: JSON by POST over loopback, one after
 * another in the order given. Bounded, with a deadline; no library, because usher's own HTTP client may not
 * test itself. */

#include "proto/base/cleanup.h"
#include <stddef.h>

struct poster;
struct sd_event;

/* "http://127.0.0.1:PORT", also localhost and [::1]. -EINVAL for anything else. `loop` outlives it. */
int poster_new(struct sd_event *loop, const char *url, struct poster **ret);
struct poster *poster_free(struct poster *p);
DEFINE_CLEANUP(struct poster *, poster_free)

/* `status` is 0 if there was no answer; `body` ends in a NUL and is valid during the call. May be NULL. */
typedef void (*post_fn)(void *userdata, int status, const char *body);

/* Copies path and body; wipes its copy of the body, which may hold a claim code. */
int poster_send(struct poster *p, const char *path, const char *body, post_fn done, void *userdata);
