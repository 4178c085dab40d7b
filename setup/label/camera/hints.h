/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What whoever holds a sticker in front of a camera could do better, from what the decoder measured. A hint
 * is steady: it is shown when most of the last half second of frames say it, and changes once a second at
 * most. */

#include "setup/label/measure.h"
#include "setup/label/source.h"
#include <stdbool.h>

enum {
        HINTS_KINDS = SOURCE_HINT_HOLD_STILL + 1,
        HINTS_PAUSE_MS = 1000, /* from one change to the next */
};

/* Zero-initialised: SOURCE_HINT_NONE is shown. */
struct hints {
        enum source_hint shown;
        int64_t changed_ms;
        unsigned weight[HINTS_KINDS]; /* of each in the last frames; together 256 at most */
};

/* One frame: what was measured in it, its height in pixels, whether a code was read in it, its time (any
 * clock, above 0). True: hints->shown has changed. */
bool hints_take(struct hints *hints, const struct measure *measure, unsigned height, bool read,
                int64_t now_ms);
