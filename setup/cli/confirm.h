/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The question before something that only somebody else, or the device beside one, can undo. */

#include <stdbool.h>

/* Says what will be done and asks whether to go on, if there is somebody to ask: standard input and standard
 * error are a terminal, and the answer is not given already (`yes`, --yes). A script is not asked: whoever
 * wrote the verb into it has decided. 0: go on; -ECANCELED: anything but "y"
 * or "yes"; the caller tells. */
int confirm(bool yes, const char *format, ...) __attribute__((format(printf, 2, 3)));
