/* SPDX-License-Identifier: Apache-2.0 */

/* The cascade: locate, cut out so that the code lies on the middle lines (the only place where Debian 12's
 * zxing-cpp looks for a data matrix), try to read, change the crop, try again. Cheap changes are tried on
 * every candidate before costly ones on any.
 *
 * Codes larger than a few hundred pixels are looked for in the picture halved, quartered and so on: there
 * the locator's cells are of the right size for them, and the crops stay small.
 *
 * A data matrix counts as found only if its text is that of a label; other data matrices (IMEI, SIM card,
 * parts) lie beside it on many boards, so they are kept for the explanation and the search goes on. */

#include "setup/label/decode.h"
#include "setup/label/filter.h"
#include "setup/label/locate.h"
#include "setup/label/measuring.h"
#include "setup/label/variant.h"
#include "setup/label/zxing.h"
#include <errno.h>
#include <string.h>
#include <time.h>

enum {
        LEVELS_MAX = 7,
        LEVEL_SIDE_MIN = 160,          /* pixels: a smaller picture holds no code larger than its parent's */
        BASE_PIXELS = 2 * 1000 * 1000, /* the level to begin with: about 1080p */
        CROP_SIDE_MIN = 16,
        CROP_SIDE_MAX = 640,
};

static const float modules_per_box = 24; /* 20 x 20 modules, slightly rotated */
static const float crop_margin = 0.12f;  /* of the box, on each side; the code needs a quiet zone */
static const float score_min = 0.5f;     /* of the contrast: what scores less looks like no code */
static const float turned_half = 0.75f;  /* of the box: half the diagonal, and a little */
static const float moved_max = 0.75f;    /* evenness of the edges of what moved more than half a module */

/* The costly ones of a camera take turns: each of its frames gets a third of them. */
enum { TURNS = 3, MISSES_MAX = 15 };

struct level {
        struct image image; /* owned; empty for the picture itself */
        struct view view;
        struct box box[VARIANT_BOXES_MAX];
        size_t n;
        bool located;
};

struct search {
        const struct decode_options *options;
        struct timespec deadline;
        struct level level[LEVELS_MAX]; /* each half the one before; 0 is the picture */
        size_t levels;
        const struct variant *hit; /* read a label; NULL: none did */
        const struct level *hit_level;
        struct box hit_box;
        struct decode_result *result;
};

static bool time_is_over(const struct search *s)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec > s->deadline.tv_sec ||
               (now.tv_sec == s->deadline.tv_sec && now.tv_nsec >= s->deadline.tv_nsec);
}

static struct timespec deadline_in(unsigned ms)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += ms / 1000;
        t.tv_nsec += (long)(ms % 1000) * 1000000;
        if (t.tv_nsec >= 1000000000) {
                t.tv_sec++;
                t.tv_nsec -= 1000000000;
        }
        return t;
}

static bool is_label(const struct decoded *d)
{
        return d->symbology == LABEL_DATA_MATRIX && label_check(d->text, d->len) == FAULT_NONE;
}

static bool known(const struct decode_result *result, const struct zxing_hit *hit)
{
        for (size_t i = 0; i < result->n; i++) {
                const struct decoded *d = &result->code[i];

                if ((int)d->symbology == hit->format && d->len == hit->len &&
                    memcmp(d->text, hit->text, hit->len) == 0)
                        return true;
        }
        return false;
}

/* When there is no room left, a label still takes the place of something else. */
static void add_hit(struct decode_result *result, const struct zxing_hit *hit)
{
        struct decoded d = { .symbology = hit->format == ZXING_QR ? LABEL_QR : LABEL_DATA_MATRIX,
                             .len = hit->len };
        size_t at = result->n;

        if (known(result, hit))
                return;
        memcpy(d.text, hit->text, hit->len);
        if (at == DECODED_MAX) {
                if (!is_label(&d))
                        return;
                while (at > 0 && is_label(&result->code[at - 1]))
                        at--;
                if (at == 0)
                        return;
                at--;
        } else
                result->n++;
        result->code[at] = d;
        result->labels += is_label(&d);
}

/* An error of the library is that of one crop (it throws on some hostile codes) and ends nothing. */
static int read_codes(struct search *s, struct view v, unsigned formats, bool fixed)
{
        struct zxing_hit hit[4];
        size_t max = formats & ZXING_QR ? ELEMENTSOF(hit) : 1;
        int n;

        n = zxing_read(v.grey, v.width, v.height, v.stride, formats, fixed, hit, max);
        if (n == -ENOMEM)
                return n;
        for (int i = 0; i < n; i++)
                add_hit(s->result, &hit[i]);
        return 0;
}

/* Lays a square with a margin around the box, wide enough to be turned if it will be, cut at the picture's
 * edges on both sides alike: the middle of the crop stays the middle of the box. False if nothing useful is
 * left. */
static bool cut_out(struct view v, const struct box *b, bool turned, struct view *ret)
{
        float side = (float)(b->width > b->height ? b->width : b->height);
        float half = side * (turned ? turned_half : 0.5f + crop_margin) + 8;
        float cx = (float)b->x + (float)b->width / 2, cy = (float)b->y + (float)b->height / 2;
        float half_x = half, half_y = half;

        half_x = cx < half_x ? cx : half_x;
        half_x = (float)v.width - cx < half_x ? (float)v.width - cx : half_x;
        half_y = cy < half_y ? cy : half_y;
        half_y = (float)v.height - cy < half_y ? (float)v.height - cy : half_y;
        if (2 * half_x < CROP_SIDE_MIN || 2 * half_y < CROP_SIDE_MIN || 2 * half_x > CROP_SIDE_MAX ||
            2 * half_y > CROP_SIDE_MAX)
                return false;
        *ret = view_part(v, (unsigned)(cx - half_x), (unsigned)(cy - half_y), (unsigned)(2 * half_x),
                         (unsigned)(2 * half_y));
        return true;
}

static int attempt(struct search *s, struct view v, const struct box *b, const struct variant *how,
                   unsigned formats)
{
        _cleanup_(image_done) struct image image = { 0 };
        float side = (float)(b->width > b->height ? b->width : b->height);
        struct view crop;
        int r;

        if ((how->moved && b->evenness > moved_max) || !cut_out(v, b, how->moved, &crop))
                return 0;
        r = variant_apply(crop, how, side / modules_per_box, b->angle, &image);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        return read_codes(s, image_view(&image), formats, how->threshold > 0);
}

static int locate_once(struct level *level)
{
        int n;

        if (level->located)
                return 0;
        n = locate(level->view, level->box, VARIANT_BOXES_MAX);
        if (n < 0)
                return n;
        level->n = (size_t)n;
        level->located = true;
        return 0;
}

/* A found label ends the search in a frame at once, in a photograph only after all cheap variants: there may
 * be a second label, and then nobody can say which is meant. */
static bool is_done(const struct search *s, bool in_cheap)
{
        return time_is_over(s) || (s->result->labels > 0 && !(s->options->still && in_cheap));
}

/* Of a costly one, counted from 1; 0: a cheap one. */
static unsigned number_of(const struct variant *v)
{
        for (unsigned i = 0; i < VARIANTS_COSTLY; i++)
                if (v == &variants_costly[i])
                        return i + 1;
        return 0;
}

/* Whether a costly attempt is due in this frame. What read the last label has been tried already then. */
static bool is_due(const struct search *s, const struct variant *v)
{
        const struct decode_state *state = s->options->state;
        unsigned number = number_of(v);

        return !state || !number || (number != state->favourite && number % TURNS == state->turn);
}

static int try_variant(struct search *s, struct level *level, const struct variant *v, bool in_cheap,
                       unsigned formats)
{
        unsigned boxes = s->options->still ? v->boxes : v->frame;

        for (size_t b = 0; b < level->n && b < boxes && !is_done(s, in_cheap); b++) {
                size_t labels = s->result->labels;
                int r = attempt(s, level->view, &level->box[b], v, formats);

                if (r < 0)
                        return r;
                if (s->hit || s->result->labels == labels)
                        continue;
                s->hit = v;
                s->hit_level = level;
                s->hit_box = level->box[b];
        }
        return 0;
}

static int try_variants(struct search *s, struct level *level, const struct variant *variants, size_t n,
                        unsigned formats)
{
        int r;

        r = locate_once(level);
        for (size_t i = 0; r >= 0 && i < n; i++)
                if (n == 1 || is_due(s, &variants[i]))
                        r = try_variant(s, level, &variants[i], variants == variants_cheap, formats);
        return r;
}

static void search_done(struct search *s)
{
        for (size_t i = 0; i < s->levels; i++)
                image_done(&s->level[i].image);
}

/* How many there are; they are made when they are needed. */
static void count_levels(struct search *s, struct view picture)
{
        unsigned width = picture.width, height = picture.height;

        s->level[0].view = picture;
        for (s->levels = 1; s->levels < LEVELS_MAX; s->levels++) {
                width /= 2;
                height /= 2;
                if (width < LEVEL_SIDE_MIN || height < LEVEL_SIDE_MIN)
                        break;
                s->level[s->levels].view = (struct view){ .width = width, .height = height };
        }
}

static int make_level(struct search *s, size_t which)
{
        for (size_t i = 1; i <= which; i++) {
                struct level *level = &s->level[i];
                int r;

                if (level->view.grey)
                        continue;
                r = filter_halve(s->level[i - 1].view, &level->image);
                if (r < 0)
                        return r;
                level->view = image_view(&level->image);
        }
        return 0;
}

/* From the level of about 1080p to the smaller ones, then to the larger ones, largest last. */
static size_t level_in_order(const struct search *s, size_t i)
{
        size_t base = 0;

        while (base + 1 < s->levels &&
               (size_t)s->level[base].view.width * s->level[base].view.height > BASE_PIXELS * 5 / 4)
                base++;
        return base + i < s->levels ? base + i : s->levels - 1 - i;
}

static int try_levels(struct search *s, const struct variant *variants, size_t n, unsigned formats)
{
        for (size_t i = 0; i < s->levels && !is_done(s, variants == variants_cheap); i++) {
                size_t which = level_in_order(s, i);
                int r = make_level(s, which);

                if (r >= 0)
                        r = try_variants(s, &s->level[which], variants, n, formats);
                if (r < 0)
                        return r;
        }
        return 0;
}

static bool has_qr(const struct decode_result *result)
{
        for (size_t i = 0; i < result->n; i++)
                if (result->code[i].symbology == LABEL_QR)
                        return true;
        return false;
}

/* A QR code is found wherever it is, so the whole picture goes first; the crops are for weak and inverted
 * ones. Without a label it helps a person to know that there is a QR code instead. */
static int search_qr(struct search *s)
{
        bool wanted = s->options->qr;
        int r = 0;

        if (!time_is_over(s) && (wanted || (s->options->still && s->result->labels == 0))) {
                r = make_level(s, level_in_order(s, 0));
                if (r >= 0)
                        r = read_codes(s, s->level[level_in_order(s, 0)].view, ZXING_QR, false);
        }
        if (r >= 0 && wanted && !has_qr(s->result))
                r = try_levels(s, variants_cheap, VARIANTS_CHEAP, ZXING_QR);
        return r;
}

/* Costs some hundred milliseconds, so it comes after everything cheap, and not at all for a data matrix if
 * the picture turned out to be that of the QR code that was wanted. */
static int search_harder(struct search *s)
{
        const struct decode_state *state = s->options->state;
        bool wanted = s->options->qr;
        int r = 0;

        if (state && state->favourite)
                r = try_levels(s, &variants_costly[state->favourite - 1], 1, ZXING_DATA_MATRIX);
        if (r >= 0 && s->result->labels == 0 && !(wanted && has_qr(s->result)))
                r = try_levels(s, variants_costly, VARIANTS_COSTLY, ZXING_DATA_MATRIX);
        if (r >= 0 && wanted && s->options->still && !has_qr(s->result))
                r = try_levels(s, variants_costly, VARIANTS_COSTLY, ZXING_QR);
        return r;
}

static void keep_state(const struct search *s)
{
        struct decode_state *state = s->options->state;

        if (!state)
                return;
        state->turn = (state->turn + 1) % TURNS;
        state->misses = s->hit ? 0 : state->misses + 1;
        if (state->misses > MISSES_MAX)
                state->favourite = 0;
        if (s->hit)
                state->favourite = number_of(s->hit);
}

/* In pixels of the picture. */
static struct box box_of(const struct search *s, const struct level *level, const struct box *b)
{
        unsigned by = 1U << (level - s->level);
        struct box whole = *b;

        whole.x *= by;
        whole.y *= by;
        whole.width *= by;
        whole.height *= by;
        return whole;
}

static bool is_inside(const struct box *in, const struct box *out)
{
        unsigned slack = (out->width > out->height ? out->width : out->height) / 8;

        return in->x + slack >= out->x && in->y + slack >= out->y &&
               in->x + in->width <= out->x + out->width + slack &&
               in->y + in->height <= out->y + out->height + slack;
}

/* A box that holds the text around a code, too, may be stronger than that of the code alone, where glare has
 * taken some of its edges. The smallest of those inside is the code: half as large or less, and about half
 * as strong. */
static struct box tightest(const struct search *s, const struct box *loose)
{
        struct box tight = *loose;
        size_t area = (size_t)loose->width * loose->height / 2;

        for (size_t i = 0; i < s->levels; i++)
                for (size_t b = 0; b < s->level[i].n; b++) {
                        struct box next = box_of(s, &s->level[i], &s->level[i].box[b]);

                        if ((size_t)next.width * next.height > area || next.score < loose->score / 2 ||
                            !is_inside(&next, loose))
                                continue;
                        area = (size_t)next.width * next.height;
                        tight = next;
                }
        return tight;
}

/* The strongest box that may be a code, from all levels that were looked at: on the level where a code's
 * edges are steepest and its inside is in one piece it is strongest. In pixels of the picture. */
static bool find_code(const struct search *s, struct box *ret)
{
        struct box box = { 0 };

        if (s->hit)
                box = box_of(s, s->hit_level, &s->hit_box);
        for (size_t i = 0; !s->hit && i < s->levels; i++)
                for (size_t b = 0; b < s->level[i].n; b++) {
                        const struct box *next = &s->level[i].box[b];
                        unsigned side = next->width > next->height ? next->width : next->height;

                        if (side < s->level[i].view.height && next->score > box.score)
                                box = box_of(s, &s->level[i], next);
                }
        if (box.width == 0)
                return false;
        *ret = tightest(s, &box);
        return true;
}

static void measure(const struct search *s)
{
        struct view whole = s->level[0].view, code;
        struct box box;
        bool found = find_code(s, &box);
        struct measure m;

        if (found)
                code = view_part(whole, box.x, box.y, box.width, box.height);
        m = measuring(whole, found ? &code : NULL);
        if (found && !s->hit && box.score < score_min * (float)m.contrast)
                m = measuring(whole, NULL);
        else if (found)
                m.evenness_percent = (uint8_t)(100 * box.evenness);
        s->result->measure = m;
}

int decode(struct view picture, const struct decode_options *options, struct decode_result *ret)
{
        struct decode_result result = { 0 };
        _cleanup_(search_done) struct search s = { .options = options, .result = &result };
        int r;

        s.deadline = deadline_in(options->budget_ms);
        if (picture.width < CROP_SIDE_MIN || picture.height < CROP_SIDE_MIN) {
                *ret = result;
                return 0;
        }
        count_levels(&s, picture);
        r = try_levels(&s, variants_cheap, VARIANTS_CHEAP, ZXING_DATA_MATRIX);
        if (r >= 0)
                r = search_qr(&s);
        if (r >= 0)
                r = search_harder(&s);
        if (r < 0)
                return r;
        keep_state(&s);
        measure(&s);
        *ret = result;
        return 0;
}
