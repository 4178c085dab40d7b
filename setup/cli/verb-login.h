/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher login`, `usher whoami` and `usher logout`. */

#include "setup/cli/verbs.h"

/* the last is shared by all verbs that use an account */
extern const struct verb_option login_options[], whoami_options[], account_options[];

/* Id in account_options, for other verbs that share it. */
enum { OPT_ACCOUNT_TOKEN_FILE = 900 };

int verb_login(const struct verb *v, int argc, char **argv);
int verb_whoami(const struct verb *v, int argc, char **argv);
int verb_logout(const struct verb *v, int argc, char **argv);
