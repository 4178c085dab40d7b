/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Codes as they come, printed: what `usher scan` does. */

#include "setup/cli/label-input.h"

struct scan_codes {
        struct label_input input; /* neither a file nor a picture; none: the terminal */
        unsigned count;           /* labels until it ends; 0: no end */
        unsigned timeout_s;       /* 0: no limit */
        bool json, show_secret;
        bool test; /* what arrives is shown, too */
};

/* Returns the exit code. */
int scan_codes(const struct scan_codes *how);

/* The same of pictures. */
int scan_pictures(const struct scan_codes *how, char **paths, size_t n);
