/* SPDX-License-Identifier: Apache-2.0 */

/* HEIC and AVIF by libheif, as phones store photographs: one picture of many tiles. The primary picture is
 * read, turned and cut as the file says; an orientation of Exif beside that is a copy and does not count.
 *
 * The sandbox allows no thread, and libheif is told so for the tiles. But it asks the HEVC decoder for a
 * thread without a way to say no, and its first choice for AV1 makes one for each processor: the two places
 * below keep both from it. */

#include "setup/label/heif-parts.h"
#include "setup/label/image-private.h"
#include <errno.h>
#include <libheif/heif.h>
#include <string.h>

/* Takes the place of the function of libde265: without threads it decodes where it is asked to. */
int de265_start_worker_threads(void *decoder, int number);

int de265_start_worker_threads(void *decoder, int number)
{
        (void)decoder;
        (void)number;
        return 0; /* DE265_OK */
}

static const char decoder_without_threads[] = "aom"; /* for AV1; others have no say in it */

int image_prepare(void)
{
        return heif_init(NULL).code == heif_error_Ok ? 0 : -ENOMEM;
}

/* What libheif gave out; each may be NULL. */
struct heif {
        struct heif_context *context;
        struct heif_image_handle *primary;
        struct heif_decoding_options *options;
        struct heif_image *decoded;
};

static void heif_done(struct heif *h)
{
        if (h->decoded)
                heif_image_release(h->decoded);
        if (h->options)
                heif_decoding_options_free(h->options);
        if (h->primary)
                heif_image_handle_release(h->primary);
        if (h->context)
                heif_context_free(h->context);
}

static int heif_errno(struct heif_error e)
{
        if (e.code == heif_error_Ok)
                return 0;
        if (e.subcode == heif_suberror_Security_limit_exceeded)
                return -EFBIG;
        if (e.code == heif_error_Memory_allocation_error)
                return -ENOMEM;
        if (e.code == heif_error_Unsupported_filetype || e.code == heif_error_Unsupported_feature)
                return -EPROTONOSUPPORT;
        return -EBADMSG;
}

static int heif_open(struct heif *h, const uint8_t *data, size_t len)
{
        int r = heif_check_parts(data, len);

        if (r < 0)
                return r;
        h->context = heif_context_alloc();
        h->options = heif_decoding_options_alloc();
        if (!h->context || !h->options)
                return -ENOMEM;
        heif_context_set_max_decoding_threads(h->context, 0);
        heif_context_set_maximum_image_size_limit(h->context, IMAGE_SIDE_MAX);
        h->options->decoder_id = decoder_without_threads;
        r = heif_errno(heif_context_read_from_memory_without_copy(h->context, data, len, NULL));
        if (r < 0)
                return r;
        return heif_errno(heif_context_get_primary_image_handle(h->context, &h->primary));
}

/* Of grey, light, red, green, blue or what can be seen through. */
struct plane {
        const uint8_t *data; /* NULL: there is none */
        size_t stride;
        unsigned shift; /* to eight bits */
        bool wide;      /* two bytes a sample */
};

/* False if it is there but not of the size of the picture. */
static bool plane_find(const struct heif *h, enum heif_channel channel, const struct image *image,
                       struct plane *ret)
{
        int stride = 0, bits;

        *ret = (struct plane){ 0 };
        if (!heif_image_has_channel(h->decoded, channel))
                return true;
        ret->data = heif_image_get_plane_readonly(h->decoded, channel, &stride);
        bits = heif_image_get_bits_per_pixel_range(h->decoded, channel);
        ret->wide = heif_image_get_bits_per_pixel(h->decoded, channel) > 8;
        ret->stride = (size_t)stride;
        ret->shift = bits > 8 ? (unsigned)bits - 8 : 0;
        return ret->data && stride > 0 && bits >= 8 && bits <= 16 &&
               heif_image_get_width(h->decoded, channel) == (int)image->width &&
               heif_image_get_height(h->decoded, channel) == (int)image->height &&
               ret->stride >= (size_t)image->width * (ret->wide ? 2 : 1);
}

/* One row of a plane, in eight bits. */
static void take_row(const struct plane *p, unsigned y, unsigned width, uint8_t *to)
{
        const uint8_t *row = p->data + (size_t)y * p->stride;

        if (!p->wide) {
                memcpy(to, row, width);
                return;
        }
        for (unsigned x = 0; x < width; x++) {
                unsigned value = (unsigned)((const uint16_t *)(const void *)row)[x] >> p->shift;

                to[x] = (uint8_t)(value > 255 ? 255 : value);
        }
}

/* The planes of a picture; `light` alone, or with three colours in its place. */
struct planes {
        struct plane light, colour[3], alpha;
};

static bool planes_find(const struct heif *h, const struct image *image, struct planes *ret)
{
        static const enum heif_channel colours[] = { heif_channel_R, heif_channel_G, heif_channel_B };

        if (!plane_find(h, heif_channel_Y, image, &ret->light) ||
            !plane_find(h, heif_channel_Alpha, image, &ret->alpha))
                return false;
        for (size_t i = 0; i < ELEMENTSOF(colours) && !ret->light.data; i++)
                if (!plane_find(h, colours[i], image, &ret->colour[i]) || !ret->colour[i].data)
                        return false;
        return true;
}

/* `room` holds a row of each of four planes. Colours have BT.601's weights, as in JPEG. */
static void grey_row(const struct planes *p, unsigned y, unsigned width, uint8_t *room, uint8_t *grey)
{
        uint8_t *red = room, *green = red + width, *blue = green + width, *alpha = blue + width;

        if (p->light.data)
                take_row(&p->light, y, width, grey);
        else {
                take_row(&p->colour[0], y, width, red);
                take_row(&p->colour[1], y, width, green);
                take_row(&p->colour[2], y, width, blue);
                for (unsigned x = 0; x < width; x++)
                        grey[x] = (uint8_t)((299u * red[x] + 587u * green[x] + 114u * blue[x] + 500) / 1000);
        }
        if (!p->alpha.data)
                return;
        take_row(&p->alpha, y, width, alpha);
        for (unsigned x = 0; x < width; x++)
                grey[x] = image_over_white(grey[x], alpha[x]);
}

static int take_planes(const struct heif *h, struct image *image)
{
        _cleanup_(freep) uint8_t *room = malloc(4 * (size_t)image->width);
        struct planes planes = { 0 };

        if (!room)
                return -ENOMEM;
        if (!planes_find(h, image, &planes))
                return -EBADMSG;
        for (unsigned y = 0; y < image->height; y++)
                grey_row(&planes, y, image->width, room, image->grey + (size_t)y * image->width);
        return 0;
}

/* Both sides as the header tells them, before anything is decoded. */
static int check_size(const struct heif *h)
{
        int width = heif_image_handle_get_width(h->primary);
        int height = heif_image_handle_get_height(h->primary);

        return width <= 0 || height <= 0 ? -EBADMSG : image_check((unsigned)width, (unsigned)height);
}

int heif_load(const uint8_t *data, size_t len, struct image *ret)
{
        _cleanup_(heif_done) struct heif h = { 0 };
        struct image image;
        int r;

        r = heif_open(&h, data, len);
        if (r >= 0)
                r = check_size(&h);
        if (r >= 0)
                r = heif_errno(heif_decode_image(h.primary, &h.decoded, heif_colorspace_undefined,
                                                 heif_chroma_undefined, h.options));
        if (r < 0)
                return r;
        r = image_new((unsigned)heif_image_get_primary_width(h.decoded),
                      (unsigned)heif_image_get_primary_height(h.decoded), &image);
        if (r < 0)
                return r;
        r = take_planes(&h, &image);
        if (r < 0) {
                image_done(&image);
                return r;
        }
        image.damaged = heif_image_get_decoding_warnings(h.decoded, 0, NULL, 0) > 0;
        *ret = image;
        return 0;
}
