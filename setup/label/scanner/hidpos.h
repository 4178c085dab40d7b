/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Bar code scanners as the USB HID standard has them (usage page 0x8C, "HID POS"): reports with a length, an
 * AIM identifier, the text, and whether more of it follows (scanning.md 9.5). No keys, so no country. */

#include "setup/label/scanner/gather.h"

enum { HIDPOS_DESCRIPTOR_MAX = 4096, HIDPOS_REPORT_MAX = 256 };

/* Where in a report its parts are; each in bits from the report's first byte, the report's number included.
 */
struct hidpos_layout {
        uint8_t report; /* its number; 0: reports have none, and so no byte for it */
        struct hidpos_field {
                unsigned at, size, n; /* `n` values of `size` bits; 0: the report has none of this */
        } length, aim, data, more;
};

/* -ENODEV: this is no such scanner; -EBADMSG: it is damaged. A scanner that does not say where the parts are
 * gets the layout that most have. */
int hidpos_parse(const uint8_t *descriptor, size_t len, struct hidpos_layout *ret);

struct hidpos {
        struct hidpos_layout layout;
        struct gather gather;
};

/* -ENOMEM */
int hidpos_init(struct hidpos *h, const struct hidpos_layout *layout);
void hidpos_done(struct hidpos *h);

/* A report, as read(2) gives it. The text begins with the AIM identifier if there is one. */
enum gathered hidpos_feed(struct hidpos *h, const uint8_t *report, size_t len, int64_t at_ms);
