/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the decoder does to a piece of a picture before it tries to read it. Each returns a new picture and
 * -ENOMEM (or the errors of image_new()). */

#include "setup/label/image.h"

/* Spreads the grey levels over the whole range; the darkest and the brightest percent may be lost. */
int filter_stretch(struct view v, bool inverted, struct image *ret);

/* 3 x 3 binomial. */
int filter_smooth(struct view v, struct image *ret);

/* Every 2 x 2 pixels become one. -EBADMSG if a side is less than 2. */
int filter_halve(struct view v, struct image *ret);

/* Resized by `factor`: averaging where it shrinks, bilinear where it grows. */
int filter_scale(struct view v, float factor, struct image *ret);

/* The same, turned around the middle: what lay along `angle` (radians from the right downwards) lies along
 * the rows then. The corners that stick out are lost. */
int filter_turn(struct view v, float factor, float angle, struct image *ret);

/* Undoes blur that is about a Gaussian of `sigma` pixels: van Cittert's iteration x += gain * (v - blur(x)).
 * One round with a gain above 1 is an unsharp mask. */
struct deblur {
        float sigma; /* pixels, at most 12 */
        float gain;
        unsigned rounds;
        bool across; /* the blur is along the rows only: the camera or the code moved */
};

int filter_deblur(struct view v, struct deblur how, struct image *ret);

/* Black and white: a pixel is black if it is darker than the mean of the (2 * radius + 1)^2 pixels around
 * it. For uneven light and glare. */
int filter_threshold(struct view v, unsigned radius, struct image *ret);
