/* SPDX-License-Identifier: Apache-2.0 */

/* The table is what was measured to read most in least time. Blur that a moving hand makes is undone along
 * the way only: the crop is turned so that it lies along the rows, which costs half, and leaves the other
 * edges as steep as they are. */

#include "setup/label/variant.h"
#include <errno.h>

const struct variant variants_cheap[VARIANTS_CHEAP] = {
        { .boxes = VARIANT_BOXES_MAX, .frame = VARIANT_BOXES_MAX },
        { .boxes = 4, .frame = 3, .smooth = true },
        { .boxes = 4, .frame = 3, .inverted = true },
        { .boxes = 3, .frame = 2, .scale = 6 },
};

const struct variant variants_costly[VARIANTS_COSTLY] = {
        { .boxes = 3, .frame = 2, .moved = true, .scale = 6, .deblur = { 0.6f, 1, 2, true } },
        { .boxes = 3, .frame = 2, .scale = 6, .deblur = { 1.0f, 2, 1 } },
        { .boxes = 2, .frame = 1, .scale = 6, .threshold = 2.5f },
        { .boxes = 2, .frame = 1, .scale = 6, .deblur = { 0.6f, 1.8f, 4 } },
        { .boxes = 2, .frame = 1, .scale = 6, .deblur = { 0.75f, 1.8f, 6 }, .threshold = 2.5f },
        { .boxes = 2, .moved = true, .scale = 6, .deblur = { 0.8f, 1, 4, true }, .threshold = 2.5f },
        { .boxes = 2, .scale = 6, .inverted = true, .deblur = { 1.0f, 2, 1 } },
        { .boxes = 2, .scale = 10, .deblur = { 0.6f, 1, 8 } },
        { .boxes = 2, .scale = 10, .deblur = { 0.6f, 1, 8 }, .threshold = 2.5f },
        { .boxes = 2, .scale = 10, .smooth = true, .deblur = { 0.6f, 1, 8 } },
        { .boxes = 2, .scale = 10, .deblur = { 0.75f, 1, 12 }, .threshold = 2.5f },
};

/* Puts the outcome of a filter in the place of what it was made from. */
static int replace(struct image *image, int r, struct image *next)
{
        if (r < 0)
                return r;
        image_done(image);
        *image = *next;
        return 0;
}

int variant_apply(struct view crop, const struct variant *how, float module, float angle, struct image *ret)
{
        _cleanup_(image_done) struct image image = { 0 };
        struct image next;
        int r;

        r = filter_stretch(crop, how->inverted, &image);
        if (r >= 0 && how->smooth)
                r = replace(&image, filter_smooth(image_view(&image), &next), &next);
        if (r >= 0 && how->scale > 0) {
                r = how->moved ? filter_turn(image_view(&image), how->scale / module, angle, &next)
                               : filter_scale(image_view(&image), how->scale / module, &next);
                r = replace(&image, r, &next);
                module = how->scale;
        }
        if (r >= 0 && how->deblur.rounds) {
                struct deblur pixels = how->deblur;

                pixels.sigma *= module;
                r = replace(&image, filter_deblur(image_view(&image), pixels, &next), &next);
        }
        if (r >= 0 && how->threshold > 0)
                r = replace(&image,
                            filter_threshold(image_view(&image), (unsigned)(how->threshold * module), &next),
                            &next);
        if (r < 0)
                return r;
        *ret = image;
        image = (struct image){ 0 };
        return 0;
}
