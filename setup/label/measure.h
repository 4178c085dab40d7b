/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the decoder measured in a frame, for hints to whoever holds a sticker in front of a camera. A number
 * that is not known is 0. */

#include <stdint.h>

struct measure {
        uint8_t mean, contrast; /* grey levels: of the whole frame; the span that holds most of it */
        uint16_t sharpness;     /* of the steepest edges, grey levels a pixel, times 16 */
        uint16_t code_px;       /* the longer side of what looks most like a code */
        uint8_t glare_percent;  /* how much of it, or of the frame without one, is burnt out */
};
