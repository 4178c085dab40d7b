/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The ways in which a crop is changed before it is read. */

#include "setup/label/filter.h"

enum { VARIANT_BOXES_MAX = 6, /* of one level of a picture */ VARIANTS_CHEAP = 4, VARIANTS_COSTLY = 11 };

/* One way to change a crop. Lengths are in modules, as far as the box tells their size. */
struct variant {
        unsigned boxes; /* how many of the best boxes are worth it, up to VARIANT_BOXES_MAX */
        unsigned frame; /* the same for a frame, whose time is short */
        bool inverted;
        bool smooth;
        bool moved;  /* only where the edges are weak in one direction: undoes what moved along it */
        float scale; /* to so many pixels per module; 0: as it is */
        struct deblur deblur;
        float threshold; /* radius; 0: the library decides what is black */
};

/* Both ordered by what they add per millisecond, measured with tests/bench/bench-decode. */
extern const struct variant variants_cheap[VARIANTS_CHEAP], variants_costly[VARIANTS_COSTLY];

/* `module` is the size of one in pixels, `angle` where the picture moved if it did (radians; box.angle).
 * -ENOMEM, or an error of filter.h. */
int variant_apply(struct view crop, const struct variant *how, float module, float angle, struct image *ret);
