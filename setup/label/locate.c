/* SPDX-License-Identifier: Apache-2.0 */

/* The locator. The picture is cut into cells of 8 x 8 pixels; each cell sums up the structure tensor of its
 * pixels (dx*dx, dx*dy, dy*dy). Over the 3 x 3 cells around it the smaller eigenvalue of that tensor says
 * how strong the edges are in the weaker direction: high inside a matrix of modules, near zero on lines,
 * bars, and borders. Connected cells above a threshold become boxes if their shape is about square and well
 * filled.
 *
 * What "above" means depends on light and focus, so that three thresholds relative to the strongest cell are
 * tried: the middle one separates a code from most text, the high one from clutter that touches it, the low
 * one finds a weak code beside a strong distraction. Cost: one pass over the pixels in integers, then a few
 * over the cells (1/64 of them). */

#include "setup/label/locate.h"
#include <errno.h>
#include <math.h>
#include <string.h>

enum {
        CELL = 8,
        STEP = 2, /* distance of the two pixels of a difference: two survive slight blur better than one */
        SIDE_MIN =
                24, /* pixels: 2 per module of the smallest code that holds a sticker's text, less the rim */
        BOXES_MAX = 256, /* kept before sorting */
};

static const float thresholds[] = { 0.45f, 0.72f, 0.27f }; /* of the strongest cell */
static const float strength_min = 4.f;                     /* grey levels: below is noise */
static const float aspect_max = 2.2f, fill_min = 0.4f;
static const float overlap_max = 0.75f; /* of the union: more is the same box again */

struct tensor {
        float xx, xy, yy;
};

struct field {
        unsigned width, height; /* in cells */
        struct tensor *tensor;
        float *strength;
        uint8_t *todo;   /* 1: above the threshold and not yet part of a component */
        uint32_t *stack; /* of the flood fill */
};

static void field_done(struct field *f)
{
        free(f->tensor);
        free(f->strength);
        free(f->todo);
        free(f->stack);
}

static int field_init(struct field *f, struct view v)
{
        size_t n;

        *f = (struct field){ .width = v.width / CELL, .height = v.height / CELL };
        n = (size_t)f->width * f->height;
        if (f->width < 3 || f->height < 3)
                return 0;
        f->tensor = calloc(n, sizeof(*f->tensor));
        f->strength = calloc(n, sizeof(*f->strength));
        f->todo = calloc(n, sizeof(*f->todo));
        f->stack = calloc(n, sizeof(*f->stack));
        return f->tensor && f->strength && f->todo && f->stack ? 0 : -ENOMEM;
}

/* Sums for each column of one row of cells, before they are summed up for the cells: in this shape the
 * compiler takes many pixels at a time. 8 * 255^2 fits easily. */
struct columns {
        int32_t *xx, *xy, *yy; /* owned: one allocation, at xx */
};

static int columns_init(struct columns *c, unsigned width)
{
        c->xx = calloc(3 * (size_t)width, sizeof(*c->xx));
        if (!c->xx)
                return -ENOMEM;
        c->xy = c->xx + width;
        c->yy = c->xy + width;
        return 0;
}

static void columns_done(struct columns *c)
{
        free(c->xx);
}

static void add_row(const struct columns *c, const uint8_t *row, const uint8_t *below, size_t width)
{
        int32_t *restrict xx = c->xx, *restrict xy = c->xy, *restrict yy = c->yy;
        const uint8_t *right = row + STEP;

        for (size_t x = 0; x < width; x++) {
                int16_t dx = (int16_t)(right[x] - row[x]), dy = (int16_t)(below[x] - row[x]);

                xx[x] += dx * dx;
                xy[x] += dx * dy;
                yy[x] += dy * dy;
        }
}

/* Takes the sums of CELL columns, and leaves none. */
static float take(int32_t *column)
{
        int sum = 0;

        for (unsigned i = 0; i < CELL; i++)
                sum += column[i];
        memset(column, 0, CELL * sizeof(*column));
        return (float)sum;
}

/* The last pixels of a row and of a column have no neighbour and count as flat. */
static int sum_tensors(struct field *f, struct view v)
{
        _cleanup_(columns_done) struct columns c = { 0 };
        unsigned width = f->width * CELL;
        int r;

        r = columns_init(&c, width);
        if (r < 0)
                return r;
        for (unsigned cy = 0; cy < f->height; cy++) {
                for (unsigned y = cy * CELL; y < (cy + 1) * CELL && y + STEP < v.height; y++) {
                        const uint8_t *row = v.grey + (size_t)y * v.stride;

                        add_row(&c, row, row + STEP * (size_t)v.stride,
                                width + STEP <= v.width ? width : v.width - STEP);
                }
                for (unsigned cx = 0; cx < f->width; cx++)
                        f->tensor[(size_t)cy * f->width + cx] =
                                (struct tensor){ take(c.xx + cx * CELL), take(c.xy + cx * CELL),
                                                 take(c.yy + cx * CELL) };
        }
        return 0;
}

static void add_tensor(struct tensor *to, const struct tensor *t)
{
        to->xx += t->xx;
        to->xy += t->xy;
        to->yy += t->yy;
}

/* Its eigenvalues differ by so much. */
static float root_of(const struct tensor *t)
{
        return sqrtf((t->xx - t->yy) * (t->xx - t->yy) + 4 * t->xy * t->xy);
}

/* Root mean square of the differences per pixel in the weaker direction, over 3 x 3 cells. */
static float weaker_edge(const struct field *f, unsigned cx, unsigned cy)
{
        struct tensor t = { 0 };
        float root, lambda;

        for (unsigned y = cy - 1; y <= cy + 1; y++)
                for (unsigned x = cx - 1; x <= cx + 1; x++) {
                        add_tensor(&t, &f->tensor[(size_t)y * f->width + x]);
                }
        root = root_of(&t);
        lambda = (t.xx + t.yy - root) / 2 / (9 * CELL * CELL);
        return lambda > 0 ? sqrtf(lambda) : 0;
}

/* Returns the strongest. */
static float measure_strength(struct field *f)
{
        float strongest = 0;

        for (unsigned y = 1; y + 1 < f->height; y++)
                for (unsigned x = 1; x + 1 < f->width; x++) {
                        float s = weaker_edge(f, x, y);

                        f->strength[(size_t)y * f->width + x] = s;
                        if (s > strongest)
                                strongest = s;
                }
        return strongest;
}

struct component {
        unsigned x0, y0, x1, y1; /* cells, inclusive */
        unsigned cells;
        float strength;       /* sum */
        struct tensor tensor; /* sum */
};

static void push(struct field *f, uint32_t *n, uint32_t cell)
{
        if (!f->todo[cell])
                return;
        f->todo[cell] = 0;
        f->stack[(*n)++] = cell;
}

/* Takes the component that `first` belongs to out of the field. A cell is pushed once at most, so that the
 * stack never holds more than there are cells. */
static struct component flood(struct field *f, uint32_t first)
{
        struct component c = { .x0 = UINT32_MAX, .y0 = UINT32_MAX };
        uint32_t n = 0;

        push(f, &n, first);
        while (n > 0) {
                uint32_t cell = f->stack[--n], x = cell % f->width, y = cell / f->width;

                c.cells++;
                c.strength += f->strength[cell];
                add_tensor(&c.tensor, &f->tensor[cell]);
                c.x0 = x < c.x0 ? x : c.x0;
                c.y0 = y < c.y0 ? y : c.y0;
                c.x1 = x > c.x1 ? x : c.x1;
                c.y1 = y > c.y1 ? y : c.y1;
                if (x > 0)
                        push(f, &n, cell - 1);
                if (x + 1 < f->width)
                        push(f, &n, cell + 1);
                if (y > 0)
                        push(f, &n, cell - f->width);
                if (y + 1 < f->height)
                        push(f, &n, cell + f->width);
        }
        return c;
}

static float evenness(const struct tensor *t)
{
        float sum = t->xx + t->yy, root = root_of(t);

        return sum > root ? sqrtf((sum - root) / (sum + root)) : 0;
}

/* False if the shape is not that of a code. */
static bool to_box(const struct component *c, struct box *ret)
{
        unsigned width = c->x1 - c->x0 + 1, height = c->y1 - c->y0 + 1;
        float aspect = width > height ? (float)width / (float)height : (float)height / (float)width;
        float fill = (float)c->cells / (float)(width * height);

        if (width * CELL < SIDE_MIN || height * CELL < SIDE_MIN || aspect > aspect_max || fill < fill_min)
                return false;
        *ret = (struct box){
                .evenness = evenness(&c->tensor),
                .angle = atan2f(2 * c->tensor.xy, c->tensor.xx - c->tensor.yy) / 2 + (float)M_PI / 2,
                .x = c->x0 * CELL,
                .y = c->y0 * CELL,
                .width = width * CELL,
                .height = height * CELL,
                .score = c->strength / (float)c->cells * sqrtf((float)c->cells) * fill * fill / aspect,
        };
        return true;
}

static unsigned shared_length(unsigned a, unsigned a_len, unsigned b, unsigned b_len)
{
        unsigned from = a > b ? a : b, to = a + a_len < b + b_len ? a + a_len : b + b_len;

        return to > from ? to - from : 0;
}

static bool same_box(const struct box *a, const struct box *b)
{
        float both = (float)shared_length(a->x, a->width, b->x, b->width) *
                     (float)shared_length(a->y, a->height, b->y, b->height);
        float either = (float)a->width * (float)a->height + (float)b->width * (float)b->height - both;

        return both > overlap_max * either;
}

static void keep(struct box *boxes, size_t *n, const struct box *b)
{
        for (size_t i = 0; i < *n; i++)
                if (same_box(&boxes[i], b))
                        return;
        if (*n < BOXES_MAX)
                boxes[(*n)++] = *b;
}

static void add_boxes(struct field *f, float threshold, struct box *boxes, size_t *n)
{
        uint32_t cells = f->width * f->height;

        for (uint32_t i = 0; i < cells; i++)
                f->todo[i] = f->strength[i] >= threshold;
        for (uint32_t i = 0; i < cells; i++)
                if (f->todo[i]) {
                        struct component c = flood(f, i);
                        struct box b;

                        if (to_box(&c, &b))
                                keep(boxes, n, &b);
                }
}

/* Moves the best ones to the front; there are few to move, and qsort() would ask the system for memory. */
static void select_best(struct box *boxes, size_t n, size_t want)
{
        for (size_t i = 0; i < want; i++)
                for (size_t j = i + 1; j < n; j++)
                        if (boxes[j].score > boxes[i].score) {
                                struct box worse = boxes[i];

                                boxes[i] = boxes[j];
                                boxes[j] = worse;
                        }
}

int locate(struct view v, struct box *ret, size_t max)
{
        _cleanup_(field_done) struct field f = { 0 };
        struct box boxes[BOXES_MAX];
        float strongest;
        size_t n = 0;
        int r;

        r = field_init(&f, v);
        if (r < 0 || f.width < 3 || f.height < 3)
                return r;
        r = sum_tensors(&f, v);
        if (r < 0)
                return r;
        strongest = measure_strength(&f);
        for (size_t i = 0; i < ELEMENTSOF(thresholds); i++)
                add_boxes(&f, fmaxf(strongest * thresholds[i], strength_min), boxes, &n);
        if (max > n)
                max = n;
        select_best(boxes, n, max);
        memcpy(ret, boxes, max * sizeof(*boxes));
        return (int)max;
}
