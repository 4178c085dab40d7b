/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* HTTP Basic credentials. */

#include "tests/sim/cloud/machine.h"

struct basic {
        char *name, *password;
};

void basic_done(struct basic *b);

/* -ENOENT: the request has no Basic header, or one that does not read. */
int basic_read(const struct call *c, struct basic *ret);
