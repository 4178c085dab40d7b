/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What somebody who has taken the decoder over would try: each does one thing and says how the process that
 * did it in the cage must end. */

#include <stddef.h>

struct act {
        const char *what;
        void (*act)(void);
        int end; /* 0: it goes on; else the signal that ends it */
};

extern const struct act acts[];
extern const size_t acts_n;
