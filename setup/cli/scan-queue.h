/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Stickers that were scanned and wait for their setup, first come, first served; and what becomes of one
 * that is scanned again. Installers scan ahead, and pull the trigger twice. */

#include "setup/label/label.h"
#include <stdint.h>

enum {
        SCAN_QUEUE_MAX = 32,
        SCAN_DONE_MS = 30000, /* for so long after its setup a device that is done is not set up again */
};

/* Zero-initialise, end with scan_queue_done(). */
struct scan_queue {
        struct label label[SCAN_QUEUE_MAX];
        size_t n;
        const struct label *at_work;     /* whose setup runs, set by who runs it; NULL: none */
        char last[LABEL_SERIAL_LEN + 1]; /* that was done last; "": none */
        int64_t last_ms;
};

void scan_queue_done(struct scan_queue *q);

enum scan_fate {
        SCAN_KEPT, /* the label was taken over */
        SCAN_AT_WORK,
        SCAN_WAITS,
        SCAN_JUST_DONE,
        SCAN_FULL,
};

/* `at_ms` is the scan's. A label with the same serial number and another secret is another one. */
enum scan_fate scan_queue_put(struct scan_queue *q, struct label *label, int64_t at_ms);

/* "kept", "at-work", "waits", "just-done", "full" */
const char *scan_fate_name(enum scan_fate fate);

/* Takes the next one out; false: none waits. */
bool scan_queue_next(struct scan_queue *q, struct label *ret);

/* The one that is at work is not any more. `good`: it need not be set up again. CLOCK_BOOTTIME. */
void scan_queue_end(struct scan_queue *q, bool good, int64_t now_ms);
