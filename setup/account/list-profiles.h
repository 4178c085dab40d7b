/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The profile of each row of a list (setup/label/list.h): the one that its column `profile` names, else that
 * of the command, with the row's name and groups over it. Each is loaded once, and all are looked at before
 * the first device is touched. */

#include "setup/flow/profile/profile.h"
#include "setup/label/list.h"

enum { LIST_PROFILES_MAX = 1000 };

/* Loads what is `named` in the list, "": the command's. 0; -EINVAL with *ret_trouble; -ENOMEM. */
typedef int (*list_profiles_fn)(void *userdata, const char *named, struct profile *ret,
                                struct trouble *ret_trouble);

struct list_profiles;

int list_profiles_new(list_profiles_fn load, void *userdata, struct list_profiles **ret);

/* Takes NULL, returns NULL. */
struct list_profiles *list_profiles_free(struct list_profiles *l);
DEFINE_CLEANUP(struct list_profiles *, list_profiles_free)

/* The row's profile, a copy. -EINVAL with *ret_trouble, -ENOMEM. */
int list_profiles_of(struct list_profiles *l, const struct list_row *row, struct profile *ret,
                     struct trouble *ret_trouble);

/* Looks at those of all rows; what is wrong becomes an error of the list, of a profile that cannot be loaded
 * at the first row that names it. 0, -ENOMEM. */
int list_profiles_check(struct list_profiles *l, struct list *list);

/* Networks that somebody answered for a row whose profile has none: moved there from `from`, for the rows
 * that follow. */
void list_profiles_keep_networks(struct list_profiles *l, const struct list_row *row, struct profile *from);

/* The profiles that rows name, in the order of the list, and how many rows do; NULL past the end. */
const struct profile *list_profiles_at(const struct list_profiles *l, size_t i, const char **ret_named,
                                       size_t *ret_rows);
