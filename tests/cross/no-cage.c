/* SPDX-License-Identifier: Apache-2.0 */

/* usher-decode's cage is seccomp, which an emulator of user programs has not; usher-decode rightly reads no
 * picture there. usher-decode-uncaged is the same program with this in the cage's place, so that the
 * decoding itself can be tried on another processor: a test's program, never installed. */

#include "setup/label/sandbox.h"

int sandbox_enter(void)
{
        return 0;
}
