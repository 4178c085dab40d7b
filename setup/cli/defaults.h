/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What counts where the command line says nothing. The variables that stand for options are in the options'
 * own rows (verbs.h); here is which file a profile comes from. */

#include "proto/base/places.h"
#include "proto/base/trouble.h"
#include <stdbool.h>

/* The file that `given` means, the value of --profile or USHER_PROFILE:
 *   none          no profile
 *   a word        WORD.ini in $XDG_CONFIG_HOME/usher (~/.config/usher), then in /etc/usher/profiles
 *   what holds    a file: "./site", "site.ini"
 *   "/" or "."
 *   NULL          as the word "default", and no profile where there is none
 * Relative values of XDG_CONFIG_HOME do not count. 1: `ret` is the path. 0: no profile. -EINVAL: the word
 * has no file, or it cannot be looked for; *ret_trouble says where. */
int defaults_profile(const char *given, char ret[static PLACE_MAX], struct trouble *ret_trouble);
