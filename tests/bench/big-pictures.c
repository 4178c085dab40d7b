/* SPDX-License-Identifier: Apache-2.0 */

/* big-pictures FOLDER WIDTH HEIGHT - photographs of many megapixels, as phones and layout programs write
 * them: a sticker of usher-sim's on a table that is nothing but the noise of the sensor, as plain.jpg,
 * progressive.jpg (full colour), inks.jpg (progressive), plain.png, plain.webp, and the tiles of a HEIC
 * picture, tile-NNN.heic. */

#include "proto/base/cleanup.h"
#include "tests/sim/cli/photo.h"
#include <errno.h>
#include <libheif/heif.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <webp/encode.h>

#include <jpeglib.h>

enum { TILE = 512, PHOTO_WIDTH = 1600, PHOTO_HEIGHT = 1200, QUALITY = 92 };

struct picture {
        const char *folder;
        unsigned width, height;
        uint8_t *grey;
};

__attribute__((noreturn)) static void die(const char *what)
{
        fprintf(stderr, "big-pictures: %s\n", what);
        exit(1);
}

static FILE *create(const struct picture *p, const char *name)
{
        char path[4096];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", p->folder, name);
        f = fopen(path, "we");
        if (!f)
                die(path);
        return f;
}

/* Warm light: three channels that differ. */
static void tint(const uint8_t *grey, unsigned n, uint8_t *rgb)
{
        for (unsigned i = 0; i < n; i++) {
                rgb[3 * i] = grey[i];
                rgb[3 * i + 1] = (uint8_t)(grey[i] * 9 / 10);
                rgb[3 * i + 2] = (uint8_t)(grey[i] * 8 / 10);
        }
}

/* The sum of four random numbers has about the shape of a sensor's noise. */
static void make(struct picture *p)
{
        const struct photo photo = { .text = { "ARNHAB000ABCDEF abcDEF123456789" },
                                     .stickers = 1,
                                     .width = PHOTO_WIDTH,
                                     .height = PHOTO_HEIGHT,
                                     .module_px = 7,
                                     .rotate_deg = 20,
                                     .tilt_deg = 15,
                                     .blur_px = 1.7f,
                                     .noise = 4,
                                     .seed = 5 };
        _cleanup_(freep) uint8_t *sticker = NULL;
        uint64_t random = 88172645463325252u;
        size_t n = (size_t)p->width * p->height;

        p->grey = malloc(n);
        if (!p->grey || photo_take(&photo, &sticker) < 0)
                die("no memory");
        for (size_t i = 0; i < n; i++) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                p->grey[i] = (uint8_t)(112 + (random & 7) + (random >> 8 & 7) + (random >> 16 & 7) +
                                       (random >> 24 & 7));
        }
        for (unsigned y = 0; y < PHOTO_HEIGHT; y++)
                memcpy(p->grey + (size_t)(p->height / 3 + y) * p->width + p->width / 4,
                       sticker + (size_t)y * PHOTO_WIDTH, PHOTO_WIDTH);
}

enum jpeg_kind { JPEG_PLAIN, JPEG_PROGRESSIVE, JPEG_INKS };

static void jpeg_begin(struct jpeg_compress_struct *c, const struct picture *p, enum jpeg_kind kind)
{
        c->image_width = p->width;
        c->image_height = p->height;
        c->input_components = kind == JPEG_INKS ? 4 : 3;
        c->in_color_space = kind == JPEG_INKS ? JCS_CMYK : JCS_RGB;
        jpeg_set_defaults(c);
        jpeg_set_quality(c, QUALITY, TRUE);
        if (kind != JPEG_PLAIN) {
                jpeg_simple_progression(c);
                for (int i = 0; i < c->num_components; i++)
                        c->comp_info[i].h_samp_factor = c->comp_info[i].v_samp_factor = 1;
        }
        jpeg_start_compress(c, TRUE);
}

static void write_jpeg(const struct picture *p, const char *name, enum jpeg_kind kind)
{
        _cleanup_(freep) uint8_t *row = malloc(4 * (size_t)p->width);
        struct jpeg_compress_struct c;
        struct jpeg_error_mgr errors;
        JSAMPROW rows = row;
        FILE *f = create(p, name);

        if (!row)
                die("no memory");
        c.err = jpeg_std_error(&errors);
        jpeg_create_compress(&c);
        jpeg_stdio_dest(&c, f);
        jpeg_begin(&c, p, kind);
        for (unsigned y = 0; y < p->height; y++) {
                const uint8_t *grey = p->grey + (size_t)y * p->width;

                if (kind == JPEG_INKS)
                        for (unsigned x = 0; x < 4 * p->width; x++)
                                row[x] = x % 4 == 3 ? grey[x / 4] : 255;
                else
                        tint(grey, p->width, row);
                (void)jpeg_write_scanlines(&c, &rows, 1);
        }
        jpeg_finish_compress(&c);
        jpeg_destroy_compress(&c);
        if (fclose(f) != 0)
                die(name);
}

static void write_png(const struct picture *p, const uint8_t *rgb)
{
        png_image png = { .version = PNG_IMAGE_VERSION,
                          .width = p->width,
                          .height = p->height,
                          .format = PNG_FORMAT_RGB,
                          .flags = PNG_IMAGE_FLAG_FAST };
        FILE *f = create(p, "plain.png");

        if (!png_image_write_to_stdio(&png, f, 0, rgb, 0, NULL) || fclose(f) != 0)
                die(png.message);
}

static void write_webp(const struct picture *p, const uint8_t *rgb)
{
        FILE *f = create(p, "plain.webp");
        WebPMemoryWriter memory;
        WebPPicture picture;
        WebPConfig config;

        if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
                die("libwebp");
        config.method = 0;
        picture.width = (int)p->width;
        picture.height = (int)p->height;
        WebPMemoryWriterInit(&memory);
        picture.writer = WebPMemoryWrite;
        picture.custom_ptr = &memory;
        if (!WebPPictureImportRGB(&picture, rgb, 3 * (int)p->width) || !WebPEncode(&config, &picture) ||
            fwrite(memory.mem, 1, memory.size, f) != memory.size || fclose(f) != 0)
                die("libwebp");
        WebPMemoryWriterClear(&memory);
        WebPPictureFree(&picture);
}

/* Beyond the picture a tile repeats its edge. */
static void fill_tile(const struct picture *p, unsigned left, unsigned top, uint8_t *rgb, size_t stride)
{
        uint8_t row[TILE];

        for (unsigned y = 0; y < TILE; y++) {
                unsigned from = top + y < p->height ? top + y : p->height - 1;

                for (unsigned x = 0; x < TILE; x++)
                        row[x] = p->grey[(size_t)from * p->width +
                                         (left + x < p->width ? left + x : p->width - 1)];
                tint(row, TILE, rgb + y * stride);
        }
}

static void write_tile(const struct picture *p, unsigned left, unsigned top, unsigned number)
{
        struct heif_context *context = heif_context_alloc();
        struct heif_encoder *encoder;
        struct heif_image *image;
        char path[4096];
        uint8_t *rgb;
        int stride;

        if (heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code ||
            heif_image_create(TILE, TILE, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image).code ||
            heif_image_add_plane(image, heif_channel_interleaved, TILE, TILE, 8).code)
                die("libheif has no encoder");
        rgb = heif_image_get_plane(image, heif_channel_interleaved, &stride);
        fill_tile(p, left, top, rgb, (size_t)stride);
        (void)heif_encoder_set_lossy_quality(encoder, 60);
        (void)heif_encoder_set_parameter_string(encoder, "preset", "ultrafast");
        (void)snprintf(path, sizeof(path), "%s/tile-%03u.heic", p->folder, number);
        if (heif_context_encode_image(context, image, encoder, NULL, NULL).code ||
            heif_context_write_to_file(context, path).code)
                die(path);
        heif_image_release(image);
        heif_encoder_release(encoder);
        heif_context_free(context);
}

static void write_tiles(const struct picture *p)
{
        unsigned number = 0;

        for (unsigned top = 0; top < p->height; top += TILE)
                for (unsigned left = 0; left < p->width; left += TILE)
                        write_tile(p, left, top, number++);
}

int main(int argc, char **argv)
{
        struct picture p = { 0 };
        uint8_t *rgb;

        if (argc != 4)
                die("big-pictures FOLDER WIDTH HEIGHT");
        p.folder = argv[1];
        p.width = (unsigned)strtoul(argv[2], NULL, 10);
        p.height = (unsigned)strtoul(argv[3], NULL, 10);
        make(&p);
        write_jpeg(&p, "plain.jpg", JPEG_PLAIN);
        write_jpeg(&p, "progressive.jpg", JPEG_PROGRESSIVE);
        write_jpeg(&p, "inks.jpg", JPEG_INKS);
        rgb = malloc(3 * (size_t)p.width * p.height);
        if (!rgb)
                die("no memory");
        tint(p.grey, p.width * p.height, rgb);
        write_png(&p, rgb);
        write_webp(&p, rgb);
        free(rgb);
        write_tiles(&p);
        free(p.grey);
        return 0;
}
