/* SPDX-License-Identifier: Apache-2.0 */

/* WebP by libwebp, into planes of light and colour as its own coding has them: the plane of light is the
 * grey picture, but for its range. */

#include "setup/label/exif.h"
#include "setup/label/image-private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

enum { DARK = 16, LIGHT = 235 }; /* of the plane of light: ITU-R BT.601 */

struct webp {
        WebPDecoderConfig config;
        struct image image;
        uint8_t *colour; /* both planes, which nobody looks at */
        uint8_t *alpha;
};

static void webp_done(struct webp *w)
{
        image_done(&w->image);
        free(w->colour);
        free(w->alpha);
}

/* After the frame; RIFF fills up each chunk to an even length. */
static unsigned webp_orientation(const uint8_t *data, size_t len)
{
        enum { FIRST = 12, HEAD = 8 };

        for (size_t at = FIRST; at < len && len - at >= HEAD;) {
                size_t size = (size_t)data[at + 7] << 24 | (size_t)data[at + 6] << 16 |
                              (size_t)data[at + 5] << 8 | data[at + 4];

                if (size > len - at - HEAD)
                        break;
                if (memcmp(data + at, "EXIF", 4) == 0)
                        return exif_orientation(data + at + HEAD, size);
                at += HEAD + size + (size & 1);
        }
        return 1;
}

static int webp_room(struct webp *w)
{
        WebPYUVABuffer *planes = &w->config.output.u.YUVA;
        size_t width = (size_t)w->config.input.width, height = (size_t)w->config.input.height;
        size_t half = (width + 1) / 2, colour = half * ((height + 1) / 2);
        int r;

        r = image_new((unsigned)width, (unsigned)height, &w->image);
        if (r < 0)
                return r;
        w->colour = malloc(2 * colour);
        w->alpha = w->config.input.has_alpha ? malloc(width * height) : NULL;
        if (!w->colour || (w->config.input.has_alpha && !w->alpha))
                return -ENOMEM;
        *planes = (WebPYUVABuffer){ .y = w->image.grey,
                                    .u = w->colour,
                                    .v = w->colour + colour,
                                    .a = w->alpha,
                                    .y_stride = (int)width,
                                    .u_stride = (int)half,
                                    .v_stride = (int)half,
                                    .a_stride = (int)width,
                                    .y_size = width * height,
                                    .u_size = colour,
                                    .v_size = colour,
                                    .a_size = w->alpha ? width * height : 0 };
        w->config.output.colorspace = w->alpha ? MODE_YUVA : MODE_YUV;
        w->config.output.is_external_memory = 1;
        memset(w->image.grey, LIGHT, width * height);
        if (w->alpha)
                memset(w->alpha, 0, width * height);
        return 0;
}

/* To the whole range, laid over white. */
static void webp_level(struct webp *w)
{
        size_t n = (size_t)w->image.width * w->image.height;
        uint8_t level[256];

        for (unsigned i = 0; i < sizeof(level); i++) {
                unsigned light = i < DARK ? 0 : i > LIGHT ? LIGHT - DARK : i - DARK;

                level[i] = (uint8_t)((light * 255 + (LIGHT - DARK) / 2) / (LIGHT - DARK));
        }
        for (size_t i = 0; i < n; i++)
                w->image.grey[i] = level[w->image.grey[i]];
        for (size_t i = 0; w->alpha && i < n; i++)
                w->image.grey[i] = image_over_white(w->image.grey[i], w->alpha[i]);
}

int webp_load(const uint8_t *data, size_t len, struct image *ret)
{
        _cleanup_(webp_done) struct webp w = { 0 };
        struct image image;
        VP8StatusCode status;
        int r;

        if (!WebPInitDecoderConfig(&w.config) ||
            WebPGetFeatures(data, len, &w.config.input) != VP8_STATUS_OK)
                return -EBADMSG;
        if (w.config.input.has_animation)
                return -EMEDIUMTYPE;
        r = webp_room(&w);
        if (r < 0)
                return r;
        status = WebPDecode(data, len, &w.config);
        if (status == VP8_STATUS_OUT_OF_MEMORY)
                return -ENOMEM;
        w.image.damaged = status != VP8_STATUS_OK;
        webp_level(&w);
        image = w.image;
        w.image = (struct image){ 0 };
        return image_finish(&image, webp_orientation(data, len), ret);
}
