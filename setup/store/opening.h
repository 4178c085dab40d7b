/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From a path to a database that is ours, and back. */

#include "setup/store/base.h"

/* As store_open(). */
int base_open(const struct store_config *config, struct base **ret, struct trouble *ret_trouble);

/* Marks that the end was wished. Takes NULL, returns NULL. */
struct base *base_close(struct base *b);
DEFINE_CLEANUP(struct base *, base_close)

/* Opens the file, which is there, and looks for nothing in it; one that is not locked. Negative errno as
 * base_error(). */
int base_open_copy(const struct store_config *config, const char *path, struct base **ret);
