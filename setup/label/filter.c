/* SPDX-License-Identifier: Apache-2.0 */

/* Plain loops over rows, written so that the compiler can vectorise them. They work on crops of some hundred
 * pixels a side; sizes are checked by image_new(). */

#include "setup/label/filter.h"
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

enum { RADIUS_MAX = 30 };

static const uint8_t *row_of(struct view v, unsigned y)
{
        return v.grey + (size_t)y * v.stride;
}

static void grey_range(struct view v, unsigned *ret_low, unsigned *ret_high)
{
        unsigned histogram[256] = { 0 }, low = 0, high = 255, few, n;

        for (unsigned y = 0; y < v.height; y++)
                for (unsigned x = 0; x < v.width; x++)
                        histogram[row_of(v, y)[x]]++;
        few = v.width * v.height / 100;
        n = histogram[low];
        while (low < 254 && n < few)
                n += histogram[++low];
        n = histogram[high];
        while (high > low + 1 && n < few)
                n += histogram[--high];
        *ret_low = low;
        *ret_high = high;
}

int filter_stretch(struct view v, bool inverted, struct image *ret)
{
        unsigned low, high;
        struct image out;
        uint8_t map[256];
        int r;

        r = image_new(v.width, v.height, &out);
        if (r < 0)
                return r;
        grey_range(v, &low, &high);
        for (unsigned i = 0; i < 256; i++) {
                unsigned level = i <= low ? 0 : i >= high ? 255 : (i - low) * 255 / (high - low);

                map[i] = (uint8_t)(inverted ? 255 - level : level);
        }
        for (unsigned y = 0; y < v.height; y++)
                for (unsigned x = 0; x < v.width; x++)
                        out.grey[(size_t)y * out.width + x] = map[row_of(v, y)[x]];
        *ret = out;
        return 0;
}

int filter_smooth(struct view v, struct image *ret)
{
        struct image out;
        int r;

        r = image_new(v.width, v.height, &out);
        if (r < 0)
                return r;
        for (unsigned y = 0; y < v.height; y++) {
                const uint8_t *above = row_of(v, y > 0 ? y - 1 : 0), *row = row_of(v, y);
                const uint8_t *below = row_of(v, y + 1 < v.height ? y + 1 : y);
                uint8_t *to = out.grey + (size_t)y * out.width;

                for (unsigned x = 0; x < v.width; x++) {
                        unsigned l = x > 0 ? x - 1 : 0, g = x + 1 < v.width ? x + 1 : x;
                        unsigned sum = above[l] + 2u * above[x] + above[g] + 2u * row[l] + 4u * row[x] +
                                       2u * row[g] + below[l] + 2u * below[x] + below[g];

                        to[x] = (uint8_t)((sum + 8) / 16);
                }
        }
        *ret = out;
        return 0;
}

int filter_halve(struct view v, struct image *ret)
{
        struct image out;
        int r;

        r = image_new(v.width / 2, v.height / 2, &out);
        if (r < 0)
                return r;
        for (unsigned y = 0; y < out.height; y++) {
                const uint8_t *a = row_of(v, 2 * y), *b = row_of(v, 2 * y + 1);
                uint8_t *to = out.grey + (size_t)y * out.width;

                for (unsigned x = 0; x < out.width; x++)
                        to[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
        }
        *ret = out;
        return 0;
}

/* Where the centre of output pixel `i` lies among the input pixels: the left one of two, and how far on. */
static unsigned position(unsigned i, float factor, unsigned size, float *ret_fraction)
{
        float at = ((float)i + 0.5f) / factor - 0.5f;
        unsigned left;

        if (at < 0)
                at = 0;
        left = (unsigned)at;
        if (left > size - 1)
                left = size - 1;
        *ret_fraction = left + 1 < size ? at - (float)left : 0;
        return left;
}

static int bilinear(struct view v, float factor, struct image *ret)
{
        struct image out;
        int r;

        r = image_new((unsigned)((float)v.width * factor), (unsigned)((float)v.height * factor), &out);
        if (r < 0)
                return r;
        for (unsigned y = 0; y < out.height; y++) {
                float fy;
                unsigned top = position(y, factor, v.height, &fy);
                const uint8_t *a = row_of(v, top), *b = fy > 0 ? row_of(v, top + 1) : a;

                for (unsigned x = 0; x < out.width; x++) {
                        float fx;
                        unsigned l = position(x, factor, v.width, &fx), g = fx > 0 ? l + 1 : l;
                        float upper = (float)a[l] * (1 - fx) + (float)a[g] * fx;
                        float lower = (float)b[l] * (1 - fx) + (float)b[g] * fx;

                        out.grey[(size_t)y * out.width + x] =
                                (uint8_t)(upper * (1 - fy) + lower * fy + 0.5f);
                }
        }
        *ret = out;
        return 0;
}

int filter_scale(struct view v, float factor, struct image *ret)
{
        _cleanup_(image_done) struct image half = { 0 };
        int r;

        if (factor > 0.6f || v.width < 4 || v.height < 4)
                return bilinear(v, factor, ret);
        r = filter_halve(v, &half);
        if (r < 0)
                return r;
        return filter_scale(image_view(&half), factor * 2, ret);
}

struct kernel {
        float weight[2 * RADIUS_MAX + 1];
        unsigned radius;
};

static struct kernel gaussian(float sigma)
{
        struct kernel k = { .radius = (unsigned)ceilf(sigma * 2.5f) };
        float sum = 0;

        if (k.radius > RADIUS_MAX)
                k.radius = RADIUS_MAX;
        for (unsigned i = 0; i <= 2 * k.radius; i++) {
                float d = (float)i - (float)k.radius;

                k.weight[i] = expf(-d * d / (2 * sigma * sigma));
                sum += k.weight[i];
        }
        for (unsigned i = 0; i <= 2 * k.radius; i++)
                k.weight[i] /= sum;
        return k;
}

/* to[x] += weight * from[x] */
static void add_row(float *restrict to, const float *restrict from, float weight, unsigned width)
{
        for (unsigned x = 0; x < width; x++)
                to[x] += weight * from[x];
}

/* Blurs the plane `in` into `out`; `pad` holds one row with room for the radius on both sides. The edge
 * pixels go on outside. */
static void blur(const float *in, unsigned width, unsigned height, const struct kernel *k, float *pad,
                 float *out)
{
        for (unsigned y = 0; y < height; y++) {
                float *to = out + (size_t)y * width, *middle = pad + k->radius;

                memset(middle, 0, width * sizeof(*middle));
                for (unsigned i = 0; i <= 2 * k->radius; i++) {
                        unsigned from = y + i < k->radius ? 0 : y + i - k->radius;

                        if (from > height - 1)
                                from = height - 1;
                        add_row(middle, in + (size_t)from * width, k->weight[i], width);
                }
                for (unsigned i = 0; i < k->radius; i++) {
                        pad[i] = middle[0];
                        middle[width + i] = middle[width - 1];
                }
                memset(to, 0, width * sizeof(*to));
                for (unsigned i = 0; i <= 2 * k->radius; i++)
                        add_row(to, pad + i, k->weight[i], width);
        }
}

int filter_deblur(struct view v, struct deblur how, struct image *ret)
{
        size_t n = (size_t)v.width * v.height;
        struct kernel k = gaussian(how.sigma);
        _cleanup_(freep) float *plane = NULL, *blurred = NULL, *pad = NULL;
        struct image out;
        int r;

        assert(how.sigma > 0 && how.sigma <= 12);
        plane = calloc(n, sizeof(*plane));
        blurred = calloc(n, sizeof(*blurred));
        pad = calloc(v.width + 2 * RADIUS_MAX, sizeof(*pad));
        if (!plane || !blurred || !pad)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                plane[i] = row_of(v, (unsigned)(i / v.width))[i % v.width];
        for (unsigned round = 0; round < how.rounds; round++) {
                blur(plane, v.width, v.height, &k, pad, blurred);
                for (unsigned y = 0; y < v.height; y++) {
                        const uint8_t *from = row_of(v, y);
                        float *to = plane + (size_t)y * v.width, *b = blurred + (size_t)y * v.width;

                        for (unsigned x = 0; x < v.width; x++)
                                to[x] += how.gain * ((float)from[x] - b[x]);
                }
        }
        r = image_new(v.width, v.height, &out);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                out.grey[i] = (uint8_t)fminf(fmaxf(plane[i], 0), 255);
        *ret = out;
        return 0;
}

/* sums[(y + 1) * (width + 1) + x + 1] is the sum of all pixels up to (x, y). */
static void integrate(struct view v, uint32_t *sums)
{
        for (unsigned y = 0; y < v.height; y++) {
                const uint32_t *above = sums + (size_t)y * (v.width + 1);
                uint32_t *to = sums + (size_t)(y + 1) * (v.width + 1), sum = 0;

                for (unsigned x = 0; x < v.width; x++) {
                        sum += row_of(v, y)[x];
                        to[x + 1] = above[x + 1] + sum;
                }
        }
}

int filter_threshold(struct view v, unsigned radius, struct image *ret)
{
        unsigned stride = v.width + 1;
        _cleanup_(freep) uint32_t *sums = NULL;
        struct image out;
        int r;

        r = image_new(v.width, v.height, &out);
        if (r < 0)
                return r;
        sums = calloc((size_t)stride * (v.height + 1), sizeof(*sums));
        if (!sums) {
                image_done(&out);
                return -ENOMEM;
        }
        integrate(v, sums);
        for (unsigned y = 0; y < v.height; y++) {
                unsigned y0 = y > radius ? y - radius : 0;
                unsigned y1 = y + radius < v.height ? y + radius + 1 : v.height;
                const uint32_t *top = sums + (size_t)y0 * stride, *bottom = sums + (size_t)y1 * stride;

                for (unsigned x = 0; x < v.width; x++) {
                        unsigned x0 = x > radius ? x - radius : 0;
                        unsigned x1 = x + radius < v.width ? x + radius + 1 : v.width;
                        uint32_t sum = bottom[x1] - bottom[x0] - top[x1] + top[x0];

                        out.grey[(size_t)y * v.width + x] =
                                row_of(v, y)[x] * (x1 - x0) * (y1 - y0) < sum ? 0 : 255;
                }
        }
        *ret = out;
        return 0;
}
