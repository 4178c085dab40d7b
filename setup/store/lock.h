/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One process has a store: a lock file beside it, PATH.lock, with the number of the process that has it. */

#include "proto/base/trouble.h"

/* The descriptor that holds it until it is closed. -EINVAL with *ret_trouble, FAULT_STORE: another one has
 * it. The errno of opening and writing it. */
int lock_take(const char *path, struct trouble *ret_trouble);
