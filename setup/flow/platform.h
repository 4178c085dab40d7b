/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What follows from a platform id (device.md 2.4 and 3.8). */

#include "setup/flow/facts.h"

struct platform {
        unsigned id;
        const char *name;  /* "argon" */
        unsigned families; /* bits of enum family; 0 = cannot be set up over Bluetooth */
        bool rtl;          /* RTL872x: leaving listening mode ends the link */
};

/* NULL if unknown */
const struct platform *platform_by_id(unsigned id);
