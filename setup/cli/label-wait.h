/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Waits until somebody has scanned a sticker. */

#include "setup/cli/progress.h"
#include "setup/label/reading.h"
#include "setup/label/source.h"
#include <systemd/sd-event.h>

struct label_wait {
        sd_event *loop;
        struct progress *progress;
        const char *prompt; /* written again after whatever was refused; NULL: a line as soon as the source
                               is ready */
        unsigned timeout_s; /* 0: no limit */
};

/* Takes the source over. A person is told what was read, or why it was not. 0: *ret is filled, its fault
 * says how it went. -ECANCELED: the loop was told to exit meanwhile. */
int label_wait(const struct label_wait *how, struct source *source, struct label_reading *ret);
