/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST --results FILE`: how each device of a list ended, as a table (CSV) for
 * spreadsheets. No secret is in it. The file appears under its name, or takes another one's place, only when
 * it is whole. */

#include "proto/base/trouble.h"
#include "setup/lib/usher.h"

/* Before anything is begun. -EINVAL with *ret_trouble: no such file can be written there. */
int list_results_check(const char *path, struct trouble *ret_trouble);

/* A row for each of the list, as it stands now. -ENOMEM, -ENOBUFS or the errno of writing. */
int list_results_write(const char *path, const struct usher_list *list);
