/* SPDX-License-Identifier: Apache-2.0 */

#include "setup/flow/runner.h"
#include "setup/lib/usher.h"

bool usher_step_get(size_t i, struct usher_step *ret)
{
        struct runner_step s;

        if (runner_step(i, &s) < 0)
                return false;
        *ret = (struct usher_step){ .name = s.name, .text = s.text, .hint = s.hint, .limit_ms = s.limit_ms };
        return true;
}
