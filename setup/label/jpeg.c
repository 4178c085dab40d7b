/* SPDX-License-Identifier: Apache-2.0 */

/* JPEG by libjpeg: straight to grey, so that colour is never computed. */

#include "setup/label/exif.h"
#include "setup/label/image-private.h"
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h first */

#include <jerror.h>

enum { EXIF_LEN_MAX = 4096 }; /* bytes: the first directory comes first, and is short */

/* libjpeg reports errors by a function that must not return. */
struct jpeg {
        struct jpeg_decompress_struct decompress;
        struct jpeg_error_mgr errors;
        jmp_buf escape;
        struct image image;
        uint8_t *inks; /* one row of four inks a pixel; NULL: the picture has light, not inks */
        struct jpeg_progress_mgr progress;
        unsigned orientation;
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

/* A progressive picture has ten scans; one of thousands goes through all of its pixels for each. */
static void jpeg_limit_scans(j_common_ptr common)
{
        enum { SCANS_MAX = 200 };

        if (((j_decompress_ptr)common)->input_scan_number > SCANS_MAX)
                ERREXIT(common, JERR_BAD_PROGRESSION);
}

static unsigned jpeg_orientation(const struct jpeg_decompress_struct *d)
{
        static const char mark[] = "Exif\0"; /* with two zeros */

        for (const struct jpeg_marker_struct *m = d->marker_list; m; m = m->next)
                if (m->data_length >= sizeof(mark) && memcmp(m->data, mark, sizeof(mark)) == 0)
                        return exif_orientation(m->data + sizeof(mark), m->data_length - sizeof(mark));
        return 1;
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
        d->progress = &j->progress;
        jpeg_mem_src(d, data, len);
        jpeg_save_markers(d, JPEG_APP0 + 1, EXIF_LEN_MAX);
        (void)jpeg_read_header(d, TRUE);
        j->orientation = jpeg_orientation(d);
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

int jpeg_load(const uint8_t *data, size_t len, struct image *ret)
{
        struct jpeg j = { .progress.progress_monitor = jpeg_limit_scans };

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
        return image_finish(&j.image, j.orientation, ret);
}
