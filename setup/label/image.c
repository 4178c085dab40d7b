/* SPDX-License-Identifier: Apache-2.0 */

/* What all loaders share: memory for a picture, turning it upright, and which loader a file is for. Each
 * loader hands its file to a library that reports the size before anything is allocated here, and that is
 * where a picture of 20000 x 20000 ends. A picture that breaks off in the middle is kept: the code may be in
 * the part that is there. */

#include "setup/label/image-private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int image_check(unsigned width, unsigned height)
{
        if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || (size_t)width * height > IMAGE_PIXELS_MAX)
                return -EFBIG;
        return width == 0 || height == 0 ? -EBADMSG : 0;
}

int image_new(unsigned width, unsigned height, struct image *ret)
{
        size_t size = (size_t)width * height;
        uint8_t *grey;
        int r;

        r = image_check(width, height);
        if (r < 0)
                return r;
        grey = malloc(size);
        if (!grey)
                return -ENOMEM;
        memset(grey, 255, size);
        *ret = (struct image){ .grey = grey, .width = width, .height = height };
        return 0;
}

/* How the picture that is wanted is walked through in the one that is there: from `first`, by `right` for
 * each column and `down` for each row. */
struct walk {
        ptrdiff_t first, right, down;
        bool turned; /* width and height change places */
};

/* By the numbers of Exif: where the first row and the first column of the file are, seen by a person. */
static struct walk walk_of(unsigned orientation, unsigned width, unsigned height)
{
        ptrdiff_t row = (ptrdiff_t)width, last_column = row - 1, last_row = row * (ptrdiff_t)(height - 1);

        switch (orientation) {
        case 2: return (struct walk){ last_column, -1, row, false };
        case 3: return (struct walk){ last_row + last_column, -1, -row, false };
        case 4: return (struct walk){ last_row, 1, -row, false };
        case 5: return (struct walk){ 0, row, 1, true };
        case 6: return (struct walk){ last_row, -row, 1, true };
        case 7: return (struct walk){ last_row + last_column, -row, -1, true };
        case 8: return (struct walk){ last_column, row, -1, true };
        default: return (struct walk){ 0, 1, row, false };
        }
}

/* In blocks: one of both pictures is walked through across its rows. */
static void walk_through(const uint8_t *from, struct walk walk, struct image *to)
{
        enum { BLOCK = 64 };

        for (unsigned top = 0; top < to->height; top += BLOCK)
                for (unsigned left = 0; left < to->width; left += BLOCK)
                        for (unsigned y = top; y < to->height && y < top + BLOCK; y++)
                                for (unsigned x = left; x < to->width && x < left + BLOCK; x++)
                                        to->grey[(size_t)y * to->width + x] =
                                                from[walk.first + walk.right * (ptrdiff_t)x +
                                                     walk.down * (ptrdiff_t)y];
}

int image_finish(struct image *image, unsigned orientation, struct image *ret)
{
        struct walk walk = walk_of(orientation, image->width, image->height);
        struct image upright;
        int r;

        if (walk.right == 1 && walk.first == 0) {
                *ret = *image;
                return 0;
        }
        r = image_new(walk.turned ? image->height : image->width, walk.turned ? image->width : image->height,
                      &upright);
        if (r >= 0) {
                walk_through(image->grey, walk, &upright);
                upright.damaged = image->damaged;
                *ret = upright;
        }
        image_done(image);
        return r;
}

void image_done(struct image *image)
{
        free(image->grey);
        *image = (struct image){ 0 };
}

enum image_foreign image_foreign(const uint8_t *data, size_t len)
{
        static const struct {
                size_t at, len;
                const char *mark;
                enum image_foreign kind;
        } marks[] = {
                { 4, 4, "ftyp", IMAGE_FILM },   { 8, 4, "WEBP", IMAGE_OTHER },
                { 0, 4, "GIF8", IMAGE_OTHER },  { 0, 4, "II*\0", IMAGE_OTHER },
                { 0, 4, "MM\0*", IMAGE_OTHER }, { 0, 2, "BM", IMAGE_OTHER },
                { 0, 5, "%PDF-", IMAGE_PDF },
        };

        for (size_t i = 0; i < ELEMENTSOF(marks); i++)
                if (len >= marks[i].at + marks[i].len &&
                    memcmp(data + marks[i].at, marks[i].mark, marks[i].len) == 0)
                        return marks[i].kind;
        return IMAGE_UNKNOWN;
}

/* ISO files tell by a name of four letters what is in them: these hold still pictures. */
static bool is_heif(const uint8_t *data, size_t len)
{
        static const char brands[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx",
                                          "mif1", "mif2", "msf1", "avif", "avis" };

        if (len < 12 || memcmp(data + 4, "ftyp", 4) != 0)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(brands); i++)
                if (memcmp(data + 8, brands[i], 4) == 0)
                        return true;
        return false;
}

int image_load(const uint8_t *data, size_t len, struct image *ret)
{
        static const uint8_t png[] = { 0x89, 'P', 'N', 'G' }, jpeg[] = { 0xff, 0xd8, 0xff };

        if (len == 0)
                return -ENODATA;
        if (len >= sizeof(png) && memcmp(data, png, sizeof(png)) == 0)
                return png_load(data, len, ret);
        if (len >= sizeof(jpeg) && memcmp(data, jpeg, sizeof(jpeg)) == 0)
                return jpeg_load(data, len, ret);
        if (len >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
                return webp_load(data, len, ret);
        if (is_heif(data, len))
                return heif_load(data, len, ret);
        return pnm_load(data, len, ret);
}
