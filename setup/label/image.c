/* SPDX-License-Identifier: Apache-2.0 */

/* Loaders that turn a picture file straight into grey bytes. libpng's simplified interface and libjpeg do
 * the work; both report the size before anything is allocated here, and that is where a picture of 20000 x
 * 20000 ends. A picture that breaks off in the middle is kept: the code may be in the part that is there. */

#include "setup/label/image-private.h"
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h first */

#include <jerror.h>

int image_new(unsigned width, unsigned height, struct image *ret)
{
        size_t size = (size_t)width * height;
        uint8_t *grey;

        if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || size > IMAGE_PIXELS_MAX)
                return -EFBIG;
        if (size == 0)
                return -EBADMSG;
        grey = malloc(size);
        if (!grey)
                return -ENOMEM;
        memset(grey, 255, size);
        *ret = (struct image){ .grey = grey, .width = width, .height = height };
        return 0;
}

void image_done(struct image *image)
{
        free(image->grey);
        *image = (struct image){ 0 };
}

static int load_png(const uint8_t *data, size_t len, struct image *ret)
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
        if (!png_image_finish_read(&png, NULL, image.grey, 0, NULL))
                image.damaged = true;
        png_image_free(&png);
        *ret = image;
        return 0;
}

/* libjpeg reports errors by a function that must not return. */
struct jpeg {
        struct jpeg_decompress_struct decompress;
        struct jpeg_error_mgr errors;
        jmp_buf escape;
        struct image image;
        uint8_t *inks; /* one row of four inks a pixel; NULL: the picture has light, not inks */
        int error;
};

__attribute__((noreturn)) static void jpeg_fatal(j_common_ptr common)
{
        struct jpeg *j = container_of(common->err, struct jpeg, errors);

        j->error = common->err->msg_code == JERR_OUT_OF_MEMORY ? -ENOMEM : -EBADMSG;
        longjmp(j->escape, 1);
}

static void jpeg_silent(j_common_ptr common)
{
        (void)common;
}

/* Layout programs make pictures of inks, and those of Adobe write how much light is left instead. Black text
 * may be of the black ink or of all the others: grey is what all of them leave. */
static void grey_of_inks(uint8_t *grey, const uint8_t *inks, unsigned width, bool light)
{
        for (unsigned i = 0; i < width; i++) {
                unsigned left[4];

                for (unsigned c = 0; c < 4; c++)
                        left[c] = light ? inks[4 * i + c] : 255u - inks[4 * i + c];
                grey[i] = (uint8_t)((299 * left[0] + 587 * left[1] + 114 * left[2]) * left[3] / 255000);
        }
}

static void jpeg_row(struct jpeg *j)
{
        struct jpeg_decompress_struct *d = &j->decompress;
        uint8_t *grey = j->image.grey + (size_t)d->output_scanline * j->image.width;
        JSAMPROW row = j->inks ? j->inks : grey;

        if (jpeg_read_scanlines(d, &row, 1) == 1 && j->inks)
                grey_of_inks(grey, j->inks, j->image.width, d->saw_Adobe_marker);
}

static void jpeg_rows(struct jpeg *j, const uint8_t *data, size_t len)
{
        struct jpeg_decompress_struct *d = &j->decompress;

        jpeg_create_decompress(d);
        jpeg_mem_src(d, data, len);
        (void)jpeg_read_header(d, TRUE);
        j->error = image_new(d->image_width, d->image_height, &j->image);
        if (j->error < 0)
                return;
        d->out_color_space = JCS_GRAYSCALE;
        if (d->num_components == 4) {
                d->out_color_space = JCS_CMYK;
                j->inks = malloc(4 * (size_t)j->image.width);
                if (!j->inks) {
                        j->error = -ENOMEM;
                        return;
                }
        }
        (void)jpeg_start_decompress(d);
        while (d->output_scanline < d->output_height)
                jpeg_row(j);
        (void)jpeg_finish_decompress(d);
        j->image.damaged = d->err->num_warnings > 0;
}

/* The caller owns *j, so that it keeps its content when libjpeg jumps back here. */
static void jpeg_run(struct jpeg *j, const uint8_t *data, size_t len)
{
        if (setjmp(j->escape) == 0)
                jpeg_rows(j, data, len);
}

static int load_jpeg(const uint8_t *data, size_t len, struct image *ret)
{
        struct jpeg j = { 0 };

        j.decompress.err = jpeg_std_error(&j.errors);
        j.errors.error_exit = jpeg_fatal;
        j.errors.output_message = jpeg_silent;
        jpeg_run(&j, data, len);
        if (j.error == -EBADMSG && j.decompress.output_scanline > 0) {
                j.image.damaged = true;
                j.error = 0;
        }
        jpeg_destroy_decompress(&j.decompress);
        free(j.inks);
        if (j.error < 0) {
                image_done(&j.image);
                return j.error;
        }
        *ret = j.image;
        return 0;
}

enum image_foreign image_foreign(const uint8_t *data, size_t len)
{
        static const struct {
                size_t at, len;
                const char *mark;
                enum image_foreign kind;
        } marks[] = {
                { 4, 8, "ftypheic", IMAGE_HEIC },  { 4, 8, "ftypheix", IMAGE_HEIC },
                { 4, 8, "ftypmif1", IMAGE_HEIC },  { 4, 8, "ftypmsf1", IMAGE_HEIC },
                { 4, 8, "ftypavif", IMAGE_OTHER }, { 4, 4, "ftyp", IMAGE_FILM },
                { 8, 4, "WEBP", IMAGE_OTHER },     { 0, 4, "GIF8", IMAGE_OTHER },
                { 0, 4, "II*\0", IMAGE_OTHER },    { 0, 4, "MM\0*", IMAGE_OTHER },
                { 0, 2, "BM", IMAGE_OTHER },       { 0, 5, "%PDF-", IMAGE_PDF },
        };

        for (size_t i = 0; i < ELEMENTSOF(marks); i++)
                if (len >= marks[i].at + marks[i].len &&
                    memcmp(data + marks[i].at, marks[i].mark, marks[i].len) == 0)
                        return marks[i].kind;
        return IMAGE_UNKNOWN;
}

int image_load(const uint8_t *data, size_t len, struct image *ret)
{
        static const uint8_t png[] = { 0x89, 'P', 'N', 'G' }, jpeg[] = { 0xff, 0xd8, 0xff };

        if (len == 0)
                return -ENODATA;
        if (len >= sizeof(png) && memcmp(data, png, sizeof(png)) == 0)
                return load_png(data, len, ret);
        if (len >= sizeof(jpeg) && memcmp(data, jpeg, sizeof(jpeg)) == 0)
                return load_jpeg(data, len, ret);
        return pnm_load(data, len, ret);
}
