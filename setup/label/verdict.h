/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the decoding child tells its parent: one short message a request. The parent trusts none of it. */

#include "setup/label/label.h"
#include "setup/label/measure.h"

enum {
        VERDICT_CODES_MAX = 8,
        VERDICT_TEXT_MAX = 512,
        VERDICT_SIZE_MAX = 24 + VERDICT_CODES_MAX * (3 + 512)
};

enum verdict_kind {
        VERDICT_PICTURE, /* it is one; the codes are listed, maybe none */
        VERDICT_NO_SANDBOX,
        VERDICT_READ_FAILED,
        VERDICT_EMPTY,
        VERDICT_FILE_TOO_LONG,
        VERDICT_NO_PICTURE,
        VERDICT_NO_CODEC, /* HEIC or AVIF, but the library cannot decode it */
        VERDICT_OTHER_FORMAT,
        VERDICT_FILM,
        VERDICT_PDF,
        VERDICT_TOO_MANY_PIXELS,
        VERDICT_DAMAGED,
        VERDICT_NO_MEMORY,
        _VERDICT_MAX,
};

struct verdict_code {
        enum label_symbology symbology;
        const char *text; /* not terminated, not owned */
        size_t len;
};

struct verdict {
        enum verdict_kind kind;
        bool damaged; /* a part of the picture could not be loaded */
        unsigned width, height;
        struct measure measure;
        struct verdict_code code[VERDICT_CODES_MAX];
        size_t n;
};

/* Returns the number of bytes. Texts that are too long are left out. */
size_t verdict_put(const struct verdict *v, uint8_t ret[static VERDICT_SIZE_MAX]);

/* The texts of *ret point into `data`. -EBADMSG unless every byte is in order. */
int verdict_parse(const uint8_t *data, size_t len, struct verdict *ret);
