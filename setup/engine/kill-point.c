/* SPDX-License-Identifier: Apache-2.0 */

/* From any thread: the store commits on its own. */

#include "setup/engine/kill-point.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if USHER_KILL_POINTS
void kill_point(const char *name)
{
        static _Atomic unsigned passed;
        const char *at = getenv("USHER_KILL_AT");
        size_t len = strlen(name);

        if (!at || strncmp(at, name, len) != 0 || (at[len] && at[len] != ':'))
                return;
        if (++passed >= (at[len] ? strtoul(at + len + 1, NULL, 10) : 1))
                (void)raise(SIGKILL);
}
#endif
