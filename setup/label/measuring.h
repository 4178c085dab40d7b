/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Measures a frame (setup/label/measure.h). */

#include "setup/label/image.h"
#include "setup/label/measure.h"

/* `code` is the part of `frame` that looks most like a code; NULL: nothing does. Takes less than half a
 * millisecond at 720p. */
struct measure measuring(struct view frame, const struct view *code);
