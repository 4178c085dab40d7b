/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What usher-scan gives up. */

/* From here on the process, and what it starts, gets no new privileges, no network, no file that it makes,
 * no look into other processes' memory, no other system: such calls answer EPERM. 0 or a negative errno. */
int cage_enter(void);
