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

/* to[x] = above[x] + 2 * row[x] + below[x]; to has a place before and behind for the edge to go on. */
static void smooth_column(const uint8_t *above, const uint8_t *row, const uint8_t *below, size_t width,
                          uint16_t *restrict to)
{
        for (size_t x = 0; x < width; x++)
                to[x] = (uint16_t)(above[x] + 2 * row[x] + below[x]);
        to[-1] = to[0];
        to[width] = to[width - 1];
}

int filter_smooth(struct view v, struct image *ret)
{
        _cleanup_(freep) uint16_t *sums = NULL;
        struct image out;
        int r;

        r = image_new(v.width, v.height, &out);
        if (r < 0)
                return r;
        sums = calloc((size_t)v.width + 2, sizeof(*sums));
        if (!sums) {
                image_done(&out);
                return -ENOMEM;
        }
        for (unsigned y = 0; y < v.height; y++) {
                uint8_t *restrict to = out.grey + (size_t)y * out.width;

                smooth_column(row_of(v, y > 0 ? y - 1 : 0), row_of(v, y),
                              row_of(v, y + 1 < v.height ? y + 1 : y), v.width, sums + 1);
                for (size_t x = 0; x < v.width; x++)
                        to[x] = (uint8_t)((sums[x] + 2 * sums[x + 1] + sums[x + 2] + 8) / 16);
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
                uint8_t *restrict to = out.grey + (size_t)y * out.width;

                for (size_t x = 0; x < out.width; x++)
                        to[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
        }
        *ret = out;
        return 0;
}

/* Where something lies among the pixels of a row: the left one of two, and how far on. */
struct place {
        unsigned left;
        float fraction;
};

static struct place place_of(float at, unsigned size)
{
        unsigned left;

        if (at < 0)
                at = 0;
        if (at > (float)(size - 1))
                at = (float)(size - 1);
        left = (unsigned)at;
        if (left + 2 > size)
                return (struct place){ size - 1, 0 };
        return (struct place){ left, at - (float)left };
}

/* to[x] = a[x] + (b[x] - a[x]) * weight */
static void mix_rows(const uint8_t *restrict a, const uint8_t *restrict b, float weight, unsigned width,
                     float *restrict to)
{
        for (unsigned x = 0; x < width; x++)
                to[x] = (float)a[x] + (float)(b[x] - a[x]) * weight;
}

/* Two rows become one first, which is quick; then the columns, whose places are the same in each row. */
static int bilinear(struct view v, float factor, struct image *ret)
{
        _cleanup_(freep) struct place *column = NULL;
        _cleanup_(freep) float *row = NULL;
        struct image out;
        int r;

        r = image_new((unsigned)((float)v.width * factor), (unsigned)((float)v.height * factor), &out);
        if (r < 0)
                return r;
        column = calloc(out.width, sizeof(*column));
        row = calloc(v.width + 1, sizeof(*row));
        if (!column || !row) {
                image_done(&out);
                return -ENOMEM;
        }
        for (unsigned x = 0; x < out.width; x++)
                column[x] = place_of(((float)x + 0.5f) / factor - 0.5f, v.width);
        for (unsigned y = 0; y < out.height; y++) {
                struct place at = place_of(((float)y + 0.5f) / factor - 0.5f, v.height);
                const uint8_t *a = row_of(v, at.left), *b = at.fraction > 0 ? row_of(v, at.left + 1) : a;
                uint8_t *to = out.grey + (size_t)y * out.width;

                mix_rows(a, b, at.fraction, v.width, row);
                for (unsigned x = 0; x < out.width; x++) {
                        const float *from = row + column[x].left;

                        to[x] = (uint8_t)(from[0] + (from[1] - from[0]) * column[x].fraction + 0.5f);
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

static uint8_t between(struct view v, float x, float y)
{
        struct place at = place_of(x, v.width), down = place_of(y, v.height);
        const uint8_t *a = row_of(v, down.left) + at.left;
        const uint8_t *b = down.fraction > 0 ? a + v.stride : a;
        unsigned next = at.fraction > 0;
        float upper = (float)a[0] + (float)(a[next] - a[0]) * at.fraction;
        float lower = (float)b[0] + (float)(b[next] - b[0]) * at.fraction;

        return (uint8_t)(upper + (lower - upper) * down.fraction + 0.5f);
}

int filter_turn(struct view v, float factor, float angle, struct image *ret)
{
        float right = cosf(angle) / factor, down = sinf(angle) / factor;
        struct image out;
        int r;

        r = image_new((unsigned)((float)v.width * factor), (unsigned)((float)v.height * factor), &out);
        if (r < 0)
                return r;
        for (unsigned y = 0; y < out.height; y++)
                for (unsigned x = 0; x < out.width; x++) {
                        float dx = (float)x + 0.5f - (float)out.width / 2;
                        float dy = (float)y + 0.5f - (float)out.height / 2;

                        out.grey[(size_t)y * out.width + x] =
                                between(v, (float)v.width / 2 - 0.5f + dx * right - dy * down,
                                        (float)v.height / 2 - 0.5f + dx * down + dy * right);
                }
        *ret = out;
        return 0;
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

/* Sixteen pixels of a row at once, as the vector units of every machine here have them. */
typedef float lanes __attribute__((vector_size(16)));
enum { BLOCK = 4 * sizeof(lanes) / sizeof(float) };

static void load(lanes to[static 4], const float *from)
{
        memcpy(to, from, 4 * sizeof(*to));
}

/* to[x] = sum of weight[i] * row[i][x]; the kernel is symmetric. `width` is a multiple of BLOCK. */
static void weigh_rows(const struct kernel *k, const float *const *row, unsigned width, float *to)
{
        unsigned r = k->radius;

        for (unsigned x = 0; x < width; x += BLOCK) {
                lanes sum[4], a[4], b[4];

                load(sum, row[r] + x);
                for (unsigned l = 0; l < 4; l++)
                        sum[l] *= k->weight[r];
                for (unsigned i = 0; i < r; i++) {
                        load(a, row[i] + x);
                        load(b, row[2 * r - i] + x);
                        for (unsigned l = 0; l < 4; l++)
                                sum[l] += (a[l] + b[l]) * k->weight[i];
                }
                memcpy(to + x, sum, sizeof(sum));
        }
}

/* A picture of floats whose rows are a multiple of BLOCK long. */
struct plane {
        unsigned width, height, stride;
        float *at; /* owned */
};

static void plane_done(struct plane *p)
{
        free(p->at);
}

static int plane_init(struct plane *p, struct view v)
{
        *p = (struct plane){ .width = v.width, .height = v.height };
        p->stride = (v.width + BLOCK - 1) / BLOCK * BLOCK;
        p->at = calloc((size_t)p->stride * v.height, sizeof(*p->at));
        return p->at ? 0 : -ENOMEM;
}

static unsigned inside(unsigned at, unsigned back, unsigned size)
{
        unsigned i = at < back ? 0 : at - back;

        return i < size ? i : size - 1;
}

/* Blurs `in` into `out`, or with `across` along its rows only; `pad` holds one row with room for the radius
 * on both sides. The edge pixels go on outside. */
static void blur(const struct plane *in, const struct kernel *k, bool across, float *pad, struct plane *out)
{
        const float *row[2 * RADIUS_MAX + 1];
        float *middle = pad + k->radius;

        for (unsigned y = 0; y < in->height; y++) {
                for (unsigned i = 0; i <= 2 * k->radius; i++)
                        row[i] = in->at + (size_t)inside(y + i, k->radius, in->height) * in->stride;
                if (across)
                        memcpy(middle, row[k->radius], in->stride * sizeof(*middle));
                else
                        weigh_rows(k, row, in->stride, middle);
                for (unsigned i = 0; i < k->radius; i++)
                        pad[i] = middle[0];
                for (unsigned i = in->width; i < in->stride + k->radius; i++)
                        middle[i] = middle[in->width - 1];
                for (unsigned i = 0; i <= 2 * k->radius; i++)
                        row[i] = pad + i;
                weigh_rows(k, row, in->stride, out->at + (size_t)y * out->stride);
        }
}

static void load_plane(struct plane *p, struct view v)
{
        for (unsigned y = 0; y < v.height; y++)
                for (unsigned x = 0; x < v.width; x++)
                        p->at[(size_t)y * p->stride + x] = row_of(v, y)[x];
}

static int round_off(const struct plane *p, struct image *ret)
{
        int r = image_new(p->width, p->height, ret);

        for (unsigned y = 0; r >= 0 && y < p->height; y++)
                for (unsigned x = 0; x < p->width; x++)
                        ret->grey[(size_t)y * p->width + x] =
                                (uint8_t)fminf(fmaxf(p->at[(size_t)y * p->stride + x], 0), 255);
        return r;
}

/* x += gain * (v - blurred) */
static void correct(struct plane *p, struct view v, const struct plane *blurred, float gain)
{
        for (unsigned y = 0; y < v.height; y++) {
                const uint8_t *from = row_of(v, y);
                float *to = p->at + (size_t)y * p->stride, *b = blurred->at + (size_t)y * p->stride;

                for (unsigned x = 0; x < v.width; x++)
                        to[x] += gain * ((float)from[x] - b[x]);
        }
}

int filter_deblur(struct view v, struct deblur how, struct image *ret)
{
        _cleanup_(plane_done) struct plane plane = { 0 }, blurred = { 0 };
        _cleanup_(freep) float *pad = NULL;
        struct kernel k = gaussian(how.sigma);
        int r;

        assert(how.sigma > 0 && how.sigma <= 12);
        r = plane_init(&plane, v);
        if (r >= 0)
                r = plane_init(&blurred, v);
        if (r < 0)
                return r;
        pad = calloc(plane.stride + 2 * RADIUS_MAX, sizeof(*pad));
        if (!pad)
                return -ENOMEM;
        load_plane(&plane, v);
        for (unsigned round = 0; round < how.rounds; round++) {
                blur(&plane, &k, how.across, pad, &blurred);
                correct(&plane, v, &blurred, how.gain);
        }
        return round_off(&plane, ret);
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
