/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reads a label while the loop runs, so that a signal ends the reading of a picture. */

#include "setup/label/source.h"
#include <systemd/sd-event.h>

/* 0: *ret is filled, its fault says how it went. -ECANCELED: the loop was told to exit meanwhile. */
int label_input_image(sd_event *loop, const char *path, struct label_reading *ret);
