/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: a label that belongs to the program. */

#include "setup/label/label.h"
#include "setup/lib/usher.h"

struct usher_label {
        struct usher_ctx *ctx;
        struct label label;
};
