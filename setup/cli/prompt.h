/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Questions of a command that has nothing else to do meanwhile. (setup/cli/ask.h is for those that have.) */

#include "proto/base/secret.h"
#include <stdbool.h>

/* Asks on /dev/tty; with `silent` without echo, which is back whatever ends it: Ctrl-C ends the program as
 * ever. -ENXIO, -ENOENT: there is no terminal; -ENODATA: an empty answer or Ctrl-D; -EINTR: a signal that
 * does not end. */
int prompt(const char *text, bool silent, struct secret **ret);
