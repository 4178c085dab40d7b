/* SPDX-License-Identifier: Apache-2.0 */

/* Of a device that is done only the serial number is kept: its secret is of no use any more. */

#include "setup/cli/scan-queue.h"
#include <string.h>

void scan_queue_done(struct scan_queue *q)
{
        for (size_t i = 0; i < q->n; i++)
                label_done(&q->label[i]);
        *q = (struct scan_queue){};
}

static enum scan_fate fate_of(const struct scan_queue *q, const struct label *label, int64_t at_ms)
{
        if (q->at_work && label_equal(q->at_work, label))
                return SCAN_AT_WORK;
        for (size_t i = 0; i < q->n; i++)
                if (label_equal(&q->label[i], label))
                        return SCAN_WAITS;
        if (strcmp(q->last, label->serial) == 0 && at_ms < q->last_ms + SCAN_DONE_MS)
                return SCAN_JUST_DONE;
        return q->n == SCAN_QUEUE_MAX ? SCAN_FULL : SCAN_KEPT;
}

enum scan_fate scan_queue_put(struct scan_queue *q, struct label *label, int64_t at_ms)
{
        enum scan_fate fate = fate_of(q, label, at_ms);

        if (fate == SCAN_KEPT) {
                q->label[q->n++] = *label;
                *label = (struct label){};
        }
        return fate;
}

const char *scan_fate_name(enum scan_fate fate)
{
        switch (fate) {
        case SCAN_KEPT: return "kept";
        case SCAN_AT_WORK: return "at-work";
        case SCAN_WAITS: return "waits";
        case SCAN_JUST_DONE: return "just-done";
        case SCAN_FULL: break;
        }
        return "full";
}

bool scan_queue_next(struct scan_queue *q, struct label *ret)
{
        if (q->n == 0)
                return false;
        *ret = q->label[0];
        q->n--;
        memmove(q->label, q->label + 1, q->n * sizeof(q->label[0]));
        q->label[q->n] = (struct label){};
        return true;
}

void scan_queue_end(struct scan_queue *q, bool good, int64_t now_ms)
{
        if (good) {
                memcpy(q->last, q->at_work->serial, sizeof(q->last));
                q->last_ms = now_ms;
        }
        q->at_work = NULL;
}
