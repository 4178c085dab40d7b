/* SPDX-License-Identifier: Apache-2.0 */

/* A loop that was told to exit would dispatch its exit sources and be finished for good at the next turn:
 * it is not turned any more. */

#include "setup/ports/loop.h"
#include <errno.h>
#include <stdint.h>

int loop_turn(sd_event *loop)
{
        int code, r;

        if (sd_event_get_exit_code(loop, &code) >= 0)
                return -ECANCELED;
        r = sd_event_run(loop, UINT64_MAX);
        return sd_event_get_exit_code(loop, &code) >= 0 ? -ECANCELED : r < 0 ? r : 0;
}

int loop_until(sd_event *loop, const bool *over)
{
        int r = 0;

        while (r == 0 && !*over)
                r = loop_turn(loop);
        return r;
}
