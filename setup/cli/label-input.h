/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reads a label while the context's loop runs, so that a signal ends the reading of a picture. */

#include "setup/label/reading.h"
#include "setup/ports/context.h"

/* 0: *ret is filled, its fault says how it went. -ECANCELED: the loop was told to exit meanwhile. */
int label_input_image(struct context *context, const char *path, struct label_reading *ret);
