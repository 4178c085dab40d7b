/* SPDX-License-Identifier: Apache-2.0 */

/* What is the same for every store: the names of the states. They stand in the database and in what is
 * shown, so they never change. */

#include "setup/store/store.h"
#include <errno.h>
#include <string.h>

static const char *const names[_STORE_STATE_MAX] = {
        [STORE_WAITING] = "waiting", [STORE_CLAIMED] = "claimed",     [STORE_RUNNING] = "running",
        [STORE_ASKING] = "asking",   [STORE_PENDING] = "pending",     [STORE_DONE] = "done",
        [STORE_FAILED] = "failed",   [STORE_CANCELLED] = "cancelled",
};

const char *store_state_name(enum store_state state)
{
        return state < _STORE_STATE_MAX ? names[state] : "";
}

int store_state_read(const char *name)
{
        for (int i = 0; i < _STORE_STATE_MAX; i++)
                if (strcmp(names[i], name) == 0)
                        return i;
        return -EINVAL;
}

bool store_state_is_live(enum store_state state)
{
        return state <= STORE_PENDING;
}
