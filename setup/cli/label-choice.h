/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which of several stickers on one picture is meant: what --serial says, or else what a person answers. */

#include "setup/cli/progress.h"
#include "setup/label/reading.h"
#include <systemd/sd-event.h>

struct label_choice {
        sd_event *loop;
        struct progress *progress;
        const char *serial; /* of --serial; NULL: not given */
        bool ask;           /* standard input and standard error are a person's terminal */
        unsigned timeout_s; /* for an answer; 0: no limit */
};

/* Makes of a reading that is ambiguous that of the one sticker, and of one that is of another sticker than
 * --serial says a fault; others stay as they are. 0: reading->trouble says how it went. -ECANCELED: the loop
 * was told to exit meanwhile. */
int label_choose(const struct label_choice *how, struct label_reading *reading);
