/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the decoder measured in a frame, for hints to whoever holds a sticker in front of a camera. A number
 * that is not known is 0. */

#include <stdint.h>

struct measure {
        uint8_t mean;     /* grey levels: of the middle of the frame */
        uint8_t contrast; /* grey levels that hold most of what looks like a code; without one, of the middle
                           */
        uint16_t sharpness;       /* of the steepest edges there, grey levels a pixel, times 16 */
        uint16_t code_px;         /* the longer side of what looks most like a code; 0: nothing does */
        uint8_t glare_percent;    /* how much of the code, or of the middle without one, is burnt out */
        uint8_t evenness_percent; /* weakest to strongest direction of its edges: 100 alike; a code that
                                     moved has lost those across its way */
};
