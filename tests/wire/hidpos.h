/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Report descriptors of bar code scanners (scanning.md 9.5), and reports as they send them. */

#include <stddef.h>
#include <stdint.h>

enum { HIDPOS_REPORT_LEN = 64 };

/* Report 2; length, AIM identifier, 56 bytes of text, three bytes of the vendor's, "more" in the last one.
 */
extern const uint8_t hidpos_64[];
extern const size_t hidpos_64_len;

/* The same without the vendor's bytes: "more" is in byte 61. */
extern const uint8_t hidpos_62[];
extern const size_t hidpos_62_len;

/* A scanner that says nothing of its fields. */
extern const uint8_t hidpos_mute[];
extern const size_t hidpos_mute_len;

/* An ordinary keyboard (HID 1.11, appendix B.1). */
extern const uint8_t hid_keyboard[];
extern const size_t hid_keyboard_len;

/* A report of `len` bytes with `n` bytes of text (56 at most); `aim` has three characters or is empty. */
void hidpos_report(const char *aim, const char *text, size_t n, int more, size_t len,
                   uint8_t ret[HIDPOS_REPORT_LEN]);
