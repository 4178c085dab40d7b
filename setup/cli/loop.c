/* SPDX-License-Identifier: Apache-2.0 */

/* The exit code is where a signal leaves its word, whoever waits for what at that moment. */

#include "setup/cli/loop.h"
#include <errno.h>
#include <stdint.h>

static bool has_exit(sd_event *loop)
{
        int code;

        return sd_event_get_exit_code(loop, &code) >= 0;
}

int loop_turn(sd_event *loop)
{
        int r = has_exit(loop) ? -ECANCELED : sd_event_run(loop, UINT64_MAX);

        return has_exit(loop) ? -ECANCELED : r < 0 ? r : 0;
}

int loop_until(sd_event *loop, const bool *over)
{
        int r = 0;

        while (r == 0 && !*over)
                r = loop_turn(loop);
        return r;
}
