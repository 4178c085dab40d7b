/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* usher-sim: virtual devices and a virtual cloud for the demo, the tests and integrators' dry runs. One verb
 * per file; tests/sim/cli/main.c holds the table. */

struct sim_verb {
        const char *name;
        const char *summary;

        /* argv[0] is the verb. Returns the exit code (proto/base/fault.h). */
        int (*fn)(int argc, char **argv);
};
