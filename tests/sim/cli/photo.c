/* SPDX-License-Identifier: Apache-2.0 */

/* The camera. Each pixel is traced back through a pinhole to the plane of the stickers, with several samples
 * so that edges are as soft as a lens makes them; then light, focus and sensor noise, in the order in which
 * they happen. Randomness is a small generator of its own: the same seed gives the same picture everywhere.
 */

#include "tests/sim/cli/photo.h"
#include "proto/base/cleanup.h"
#include "tests/sim/cli/sticker-print.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { SAMPLES = 3 }; /* per pixel and direction */

static const float ink = 25, paper = 232;
static const float gap = 4;       /* modules between two stickers */
static const float distance = 70; /* of the camera in modules: about three codes */

struct scene {
        const struct photo *photo;
        struct print print[PHOTO_STICKERS_MAX];
        float width, height;    /* of all stickers side by side, in modules */
        float back[3][3];       /* pixel to plane, homogeneous */
        float shade_x, shade_y; /* light: change of brightness over the picture */
        float phase[4], base;   /* background */
        uint64_t random;
};

static void scene_done(struct scene *s)
{
        for (size_t i = 0; i < ELEMENTSOF(s->print); i++)
                print_done(&s->print[i]);
}

/* xorshift64*; 0 <= result < 1 */
static float random_unit(struct scene *s)
{
        s->random ^= s->random >> 12;
        s->random ^= s->random << 25;
        s->random ^= s->random >> 27;
        return (float)((s->random * 0x2545f4914f6cdd1d) >> 40) / (float)(1 << 24);
}

/* The sum of four uniform numbers is close enough to a normal distribution; its variance is 4/12. */
static float random_normal(struct scene *s)
{
        float sum = random_unit(s) + random_unit(s) + random_unit(s) + random_unit(s);

        return (sum - 2) * sqrtf(3);
}

static void invert(const float m[3][3], float ret[3][3])
{
        float det = 0;

        for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++) {
                        int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;

                        ret[j][i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
                }
        for (int j = 0; j < 3; j++)
                det += m[0][j] * ret[j][0];
        for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                        ret[i][j] /= det;
}

/* The plane point (x, y) is turned by `rotate`, tilted by `tilt` about an axis of random direction, and seen
 * from `distance`: u = f * x' / (distance + z'), the same for v. */
static void aim_camera(struct scene *s)
{
        const struct photo *p = s->photo;
        float turn = p->rotate_deg * (float)M_PI / 180, tilt = p->tilt_deg * (float)M_PI / 180;
        float axis = random_unit(s) * 2 * (float)M_PI, ax = cosf(axis), ay = sinf(axis);
        float c = cosf(tilt), d = 1 - c, f = distance * p->module_px;
        float tilted[3][2] = { { c + d * ax * ax, d * ax * ay },
                               { d * ax * ay, c + d * ay * ay },
                               { -sinf(tilt) * ay, sinf(tilt) * ax } };
        float forward[3][3];

        for (int row = 0; row < 3; row++) {
                float scale = row < 2 ? f : 1;

                forward[row][0] = scale * (tilted[row][0] * cosf(turn) + tilted[row][1] * sinf(turn));
                forward[row][1] = scale * (tilted[row][1] * cosf(turn) - tilted[row][0] * sinf(turn));
                forward[row][2] = row < 2 ? 0 : distance;
        }
        invert(forward, s->back);
}

static bool to_plane(const struct scene *s, float u, float v, float *ret_x, float *ret_y)
{
        float w = s->back[2][0] * u + s->back[2][1] * v + s->back[2][2];

        if (w <= 0)
                return false; /* beyond the horizon */
        *ret_x = (s->back[0][0] * u + s->back[0][1] * v + s->back[0][2]) / w + s->width / 2;
        *ret_y = (s->back[1][0] * u + s->back[1][1] * v + s->back[1][2]) / w + s->height / 2;
        return true;
}

/* A worn table: some waves of low contrast. */
static float background(const struct scene *s, float x, float y)
{
        return s->base + 12 * sinf(x / 23 + s->phase[0]) + 9 * sinf(y / 31 + x / 90 + s->phase[1]) +
               5 * sinf((x + y) / 7 + s->phase[2]) + 3 * sinf((x - 2 * y) / 4 + s->phase[3]);
}

/* What is seen at a point of the plane; `behind` if no sticker lies there. */
static float look(const struct scene *s, float x, float y, float behind)
{
        float left = 0;

        for (unsigned i = 0; i < s->photo->stickers; i++) {
                const struct print *p = &s->print[i];

                if (x >= left && x < left + p->width && y >= 0 && y < p->height)
                        return print_is_dark(p, x - left, y) ? ink : paper;
                left += p->width + gap;
        }
        return behind;
}

/* The background has no edges, so that one sample is enough for it. */
static float expose(const struct scene *s, unsigned px, unsigned py)
{
        float cx = (float)s->photo->width / 2, cy = (float)s->photo->height / 2;
        float u = (float)px - cx, v = (float)py - cy, sum = 0, x, y, behind = s->base;
        float light = 1 + s->shade_x * u / cx + s->shade_y * v / cy;

        if (to_plane(s, u + 0.5f, v + 0.5f, &x, &y))
                behind = background(s, x, y);
        for (unsigned i = 0; i < SAMPLES * SAMPLES; i++) {
                float dx = ((float)(i % SAMPLES) + 0.5f) / SAMPLES,
                      dy = ((float)(i / SAMPLES) + 0.5f) / SAMPLES;

                sum += to_plane(s, u + dx, v + dy, &x, &y) ? look(s, x, y, behind) : behind;
        }
        return sum / (SAMPLES * SAMPLES) * light;
}

/* Blurs along one line of n values that lie `step` apart. */
static void blur_line(float *line, size_t n, size_t step, const float *weight, size_t radius, float *copy)
{
        for (size_t i = 0; i < n; i++)
                copy[i] = line[i * step];
        for (size_t i = 0; i < n; i++) {
                float sum = 0;

                for (size_t k = 0; k <= 2 * radius; k++) {
                        size_t at = i + k < radius ? 0 : i + k - radius;

                        sum += weight[k] * copy[at < n ? at : n - 1];
                }
                line[i * step] = sum;
        }
}

static int defocus(const struct photo *p, float *plane)
{
        size_t radius = (size_t)ceilf(p->blur_px * 3), longest = p->width > p->height ? p->width : p->height;
        _cleanup_(freep) float *weight = NULL, *copy = NULL;
        float sum = 0;

        if (radius == 0)
                return 0;
        weight = calloc(2 * radius + 1, sizeof(*weight));
        copy = calloc(longest, sizeof(*copy));
        if (!weight || !copy)
                return -ENOMEM;
        for (size_t k = 0; k <= 2 * radius; k++) {
                float d = (float)k - (float)radius;

                weight[k] = expf(-d * d / (2 * p->blur_px * p->blur_px));
                sum += weight[k];
        }
        for (size_t k = 0; k <= 2 * radius; k++)
                weight[k] /= sum;
        for (size_t y = 0; y < p->height; y++)
                blur_line(plane + y * p->width, p->width, 1, weight, radius, copy);
        for (size_t x = 0; x < p->width; x++)
                blur_line(plane + x, p->height, p->width, weight, radius, copy);
        return 0;
}

/* Every code must be in the picture whatever way it is turned. */
static bool fits(const struct scene *s)
{
        float needed = s->photo->module_px * hypotf(s->width, s->height);
        float there = (float)(s->photo->width < s->photo->height ? s->photo->width : s->photo->height);

        return needed <= there * (s->photo->rotate_deg == 0 && s->photo->tilt_deg == 0 ? 1.3f : 1.15f);
}

static int set_up(struct scene *s)
{
        for (unsigned i = 0; i < s->photo->stickers; i++) {
                int r = print_sticker(s->photo->text[i], &s->print[i]);

                if (r < 0)
                        return r;
                s->width += s->print[i].width + (i > 0 ? gap : 0);
                s->height = fmaxf(s->height, s->print[i].height);
        }
        if (!fits(s))
                return -E2BIG;
        s->random = s->photo->seed * 0x9e3779b97f4a7c15 + 1;
        aim_camera(s);
        s->shade_x = (random_unit(s) - 0.5f) * 0.5f;
        s->shade_y = (random_unit(s) - 0.5f) * 0.5f;
        s->base = 90 + 70 * random_unit(s);
        for (size_t i = 0; i < ELEMENTSOF(s->phase); i++)
                s->phase[i] = random_unit(s) * 2 * (float)M_PI;
        return 0;
}

int photo_take(const struct photo *p, uint8_t **ret)
{
        _cleanup_(scene_done) struct scene s = { .photo = p };
        size_t n = (size_t)p->width * p->height;
        _cleanup_(freep) float *plane = NULL;
        _cleanup_(freep) uint8_t *grey = NULL;
        int r;

        r = set_up(&s);
        if (r < 0)
                return r;
        plane = calloc(n, sizeof(*plane));
        grey = malloc(n);
        if (!plane || !grey)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                plane[i] = expose(&s, (unsigned)(i % p->width), (unsigned)(i / p->width));
        r = defocus(p, plane);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                float level = plane[i] + (p->noise > 0 ? p->noise * random_normal(&s) : 0);

                grey[i] = (uint8_t)fminf(fmaxf(level + 0.5f, 0), 255);
        }
        *ret = TAKE_PTR(grey);
        return 0;
}
