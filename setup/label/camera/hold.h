/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A camera that is kept open. Unplugged, it is waited for; if it sends nothing it is opened anew, and then
 * waited for. That it could be opened once is what tells a camera that went from one that never was. */

#include "proto/base/trouble.h"
#include "setup/label/camera/frames.h"

enum {
        HOLD_SILENCE_MS = 3000, /* without a frame it is opened anew */
        HOLD_AGAIN_MS = 1000,   /* from one attempt to open it to the next; /dev changing is one at once */
};

enum hold_event {
        HOLD_NOTHING,
        HOLD_OPENED, /* hold_name() is the one in use */
        HOLD_FRAME,  /* a new one is kept, for frames_take() */
        HOLD_LOST,   /* hold_trouble() says why; it is waited for */
        HOLD_BACK,   /* and there again, with a frame */
        HOLD_FAILED, /* it could not be opened in the first place; hold_trouble() says why */
};

struct hold;

/* `which` as for frames_open(); it must stay. The first hold_dispatch() opens it. */
int hold_new(const char *which, struct hold **ret);

const char *hold_name(const struct hold *h);
const struct trouble *hold_trouble(const struct hold *h);

/* NULL while it is not open. */
struct frames *hold_frames(struct hold *h);

/* Poll for POLLIN; another one after each dispatch, maybe. -1: nothing but the time is waited for. */
int hold_fd(const struct hold *h);

/* When dispatch must be called in any case, by the clock of its `now_ms`. */
int64_t hold_due_ms(const struct hold *h);

/* `revents`: what poll(2) said of hold_fd(); 0 if it was not asked. An enum hold_event, or a negative errno
 * of this process. */
int hold_dispatch(struct hold *h, short revents, int64_t now_ms);

/* Takes NULL, returns NULL. */
struct hold *hold_free(struct hold *h);
