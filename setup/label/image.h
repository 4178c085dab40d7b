/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One grey picture in memory, loaded from JPEG, PNG, HEIC (and AVIF), WebP or PNM (PGM, PPM; plain and raw).
 */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        IMAGE_PIXELS_MAX = 64 * 1000 * 1000,
        IMAGE_SIDE_MAX = 32767,
        IMAGE_FILE_MAX = 200 * 1000 * 1000, /* bytes: the largest raw PPM, and a little */
};

/* A rectangle of grey bytes, 0 is black; row y begins at grey + y * stride. Owned by somebody else. */
struct view {
        const uint8_t *grey;
        unsigned width, height, stride;
};

struct image {
        uint8_t *grey; /* owned; stride is the width */
        unsigned width, height;
        bool damaged; /* the file ended early or held errors: what could not be read is white */
};

/* Lets the libraries open what they need of the system; before sandbox_enter(). -ENOMEM */
int image_prepare(void);

/* Recognises the format by its first bytes; nothing is allocated before the header has been checked.
 * -ENODATA: no bytes; -EMEDIUMTYPE: none of the formats; -EPROTONOSUPPORT: HEIC or AVIF, but the library has
 * no decoder for this kind; -EFBIG: beyond the limits above; -EBADMSG: damaged so that nothing of it can be
 * used; -ENOMEM. */
int image_load(const uint8_t *data, size_t len, struct image *ret);

/* What a file is that has none of the formats, by its first bytes. */
enum image_foreign {
        IMAGE_UNKNOWN,
        IMAGE_OTHER, /* a picture: GIF, TIFF, BMP, an animated WebP */
        IMAGE_FILM,
        IMAGE_PDF,
};
enum image_foreign image_foreign(const uint8_t *data, size_t len);

/* A white picture. -EFBIG, -EBADMSG if a side is 0, -ENOMEM */
int image_new(unsigned width, unsigned height, struct image *ret);

void image_done(struct image *image);

static inline struct view image_view(const struct image *image)
{
        return (struct view){ image->grey, image->width, image->height, image->width };
}

/* The part of `v` from (x, y) of the given size, which must lie inside. */
static inline struct view view_part(struct view v, unsigned x, unsigned y, unsigned width, unsigned height)
{
        return (struct view){ v.grey + (size_t)y * v.stride + x, width, height, v.stride };
}
