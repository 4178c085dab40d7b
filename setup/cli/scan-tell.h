/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a person is told of what comes from a source: lines on standard error, never with a secret. */

#include "setup/cli/intake.h"
#include "setup/cli/progress.h"
#include <stdio.h>

/* "serial ARNHAM000000001, Argon, setup code 000001" into `ret`. Returns `ret`. */
enum { SCAN_TOLD_MAX = 128 };
const char *scan_told(const struct label *l, char ret[static SCAN_TOLD_MAX]);

/* The event "scan": of a code that is no label `why` is a fault, and `scan` may be NULL; `fate`: what
 * becomes of it (scan-queue.h), NULL where that is nobody's business. -EIO, -ENOMEM. */
int scan_tell_json(FILE *f, const struct scan *scan, const struct label *l, const struct trouble *why,
                   bool show_secret, const char *fate);

/* Why something is not taken, and what to do. */
void scan_tell_trouble(struct progress *p, const struct trouble *why);

/* An event that is neither a scan nor the end. */
void scan_tell_event(struct progress *p, const struct intake *i, enum source_event event);
