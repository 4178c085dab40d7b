/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Requests that share a commit. */

#include "setup/store/base.h"

/* Does them in their order, the first and those behind it; each has its answer then, or `again`. */
void batch_commit(struct base *b, struct request *first);
