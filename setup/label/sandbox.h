/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cage of the decoding child. */

/* From here on the process can read and write the descriptors that it has, be given one more by a socket of
 * its own, use memory and end; any other system call kills it. Memory and CPU time are limited. Returns 0 or
 * a negative errno, and then nothing from outside may be touched. */
int sandbox_enter(void);
