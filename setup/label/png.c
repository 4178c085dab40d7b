/* SPDX-License-Identifier: Apache-2.0 */

/* PNG by libpng's simplified interface: palettes, 16 bits, interlacing and transparency are its business. */

#include "setup/label/exif.h"
#include "setup/label/image-private.h"
#include <errno.h>
#include <png.h>
#include <string.h>

/* The orientation is in a chunk of its own, after any other. libpng's simplified interface does not show it.
 */
static unsigned png_orientation(const uint8_t *data, size_t len)
{
        enum { SIGNATURE = 8, HEAD = 8, CHECK_SUM = 4 };

        for (size_t at = SIGNATURE; len - at >= HEAD + CHECK_SUM;) {
                size_t size = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 |
                              (size_t)data[at + 2] << 8 | data[at + 3];

                if (size > len - at - HEAD - CHECK_SUM)
                        break;
                if (memcmp(data + at + 4, "eXIf", 4) == 0)
                        return exif_orientation(data + at + HEAD, size);
                at += HEAD + size + CHECK_SUM;
        }
        return 1;
}

int png_load(const uint8_t *data, size_t len, struct image *ret)
{
        png_image png = { .version = PNG_IMAGE_VERSION };
        struct image image;
        int r;

        if (!png_image_begin_read_from_memory(&png, data, len))
                return -EBADMSG;
        r = image_new(png.width, png.height, &image);
        if (r < 0) {
                png_image_free(&png);
                return r;
        }
        /* Without a background colour the picture is laid over what is there, and that is white. */
        png.format = PNG_FORMAT_GRAY;
        png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* unless the file says otherwise */
        if (!png_image_finish_read(&png, NULL, image.grey, 0, NULL))
                image.damaged = true;
        png_image_free(&png);
        return image_finish(&image, png_orientation(data, len), ret);
}
