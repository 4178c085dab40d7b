/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What usher-scan tells its parent: one record a packet of a SOCK_SEQPACKET socket. The parent trusts none
 * of it. */

#include "proto/base/fault.h"
#include "setup/label/label.h"
#include "setup/label/source.h"
#include <stddef.h>
#include <stdint.h>

enum {
        RECORD_TEXT_MAX = 512, /* bytes: of a code, of a cause, of a device's path */
        RECORD_SIZE_MAX = 16 + RECORD_TEXT_MAX,
};

/* Which member of the record says more, besides `at_ms`. */
enum record_kind {
        RECORD_CAMERA, /* the camera that is used from here on: its path is `text` */
        RECORD_SCAN,   /* `symbology`, `text` */
        RECORD_HINT,   /* `hint` */
        RECORD_LOST,   /* `fault`, its cause is `text`: the camera is waited for */
        RECORD_BACK,
        RECORD_ENDED, /* `fault`, its cause is `text`: nothing more comes */
        _RECORD_KIND_MAX,
};

struct record {
        enum record_kind kind;
        union {
                enum label_symbology symbology;
                enum source_hint hint;
                enum fault fault;
        };
        int64_t at_ms;    /* CLOCK_BOOTTIME; not negative */
        const char *text; /* not terminated, not owned */
        size_t len;
};

/* Returns the number of bytes. A text that is too long is cut. */
size_t record_put(const struct record *r, uint8_t ret[static RECORD_SIZE_MAX]);

/* The text of *ret points into `data`. -EBADMSG unless every byte is in order. */
int record_parse(const uint8_t *data, size_t len, struct record *ret);
