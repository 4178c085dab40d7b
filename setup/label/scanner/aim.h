/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* AIM symbology identifiers: three characters ("]d1") that some scanners put in front of a text to say which
 * kind of code it was (scanning.md 9.4). Most scanners send none until they are told to. */

#include "setup/label/label.h"

enum aim_kind {
        AIM_NONE,       /* no identifier: all of it is text */
        AIM_CODE,       /* a data matrix or QR code */
        AIM_GS1,        /* one of these with GS1's data: goods in trade, no sticker of ours */
        AIM_BAR_CODE,   /* bars side by side */
        AIM_OTHER_CODE, /* another kind of square code, or of stacked bars */
};

struct aim {
        enum aim_kind kind;
        enum label_symbology symbology; /* of AIM_CODE, else 0 */
        size_t skip;                    /* how many bytes stand before the text */
};

struct aim aim_read(const char *text, size_t len);
