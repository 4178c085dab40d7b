/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Standard input, output and error, which who starts a program may have closed. */

/* Opens /dev/null on each of the three that is closed, so that no file or connection of ours gets its number
 * and what is printed. The first thing that every program of ours does. Returns 0 or a negative errno. */
int standard_open(void);
