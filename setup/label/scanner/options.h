/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How a scanner is read. All zero is right for most. */

#include <stdbool.h>

enum { SCANNER_BAUD = 9600 /* what serial scanners are delivered with */ };

struct scanner_options {
        const char *keymap; /* "de": the country that a scanner which is a keyboard is set to; NULL: what was
                               remembered of it, else "us" */
        const char *memory; /* file that remembers each scanner's country; NULL: none */
        unsigned baud;      /* of a serial scanner; 0: SCANNER_BAUD. USB ones take any */
        bool raw;           /* keep what arrives for scanner_raw(): it is a secret, too */
};
