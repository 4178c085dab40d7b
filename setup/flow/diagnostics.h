/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The text that a device answers to DiagnosticInfo (100): one flat JSON object, {"name":number,...}, in
 * which a source that failed is {"err":number} and a few names have objects of their own (device.md 3.7).
 * Only whole numbers of the outer object are read; everything else must be well formed and is passed over.
 * Pure; the text is untrusted. */

#include <stddef.h>

enum { DIAGNOSTICS_TEXT_MAX = 8192 };

/* Calls each(userdata, name, value) for every number, in order; names are cut off after 31 bytes. -EBADMSG:
 * not such a text. */
int diagnostics_read(const char *text, size_t len,
                     void (*each)(void *userdata, const char *name, long value), void *userdata);
