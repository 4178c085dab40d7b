/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Could this radio be used for a setup right now? Nothing is sent. */

#include "setup/flow/ports.h"
#include <systemd/sd-event.h>

enum { RADIO_CHECK_MS = 5000 };

/* FAULT_NONE: it could; the cause then names what would be used ("hci0, powered, 0 connections"). Else why
 * not. `loop` outlives the operation; `spec` as radio_new(). 0, -ENOMEM; a spec that cannot be used is an
 * answer. */
int radio_check_start(sd_event *loop, const char *spec, answer_fn done, void *userdata, struct op **ret);
