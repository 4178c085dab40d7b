/* SPDX-License-Identifier: Apache-2.0 */

/* Waits as a program with a loop does: for the descriptor, and at most as long as the source says. */

#include "tests/unit/label/next-event.h"
#include "tests/unit/cmocka.h"
#include <poll.h>

int next_event(struct source *s, int patience_ms, bool timed, struct scan *ret)
{
        for (;;) {
                struct pollfd p = { .fd = source_fd(s), .events = POLLIN };
                int timeout_ms = source_timeout_ms(s), event;
                bool ready = poll(&p, 1, timeout_ms < 0 ? patience_ms : timeout_ms) > 0;

                assert_true(ready || (timed ? timeout_ms >= 0 : timeout_ms == 0));
                event = source_dispatch(s, ret);
                if (event != SOURCE_NOTHING)
                        return event;
        }
}
