/* SPDX-License-Identifier: Apache-2.0 */

/* Two histograms of a part of the frame, of grey levels and of differences between neighbours, say all that
 * is asked. Large parts are looked at in every second row and column only.
 *
 * An edge between dark and light that is blurred like a Gaussian of sigma pixels has a slope of
 * contrast / (2.5 * sigma) grey levels a pixel: what the caller knows of blur is contrast / slope. The
 * steepest slopes are not the noise's: they are those that one of fifty pixels reaches. */

#include "setup/label/measuring.h"
#include <stdlib.h>

enum {
        LARGE = 200 * 200, /* pixels */
        FEW = 50,          /* one of so many pixels counts as the end of the range */
        BURNT = 250,       /* grey levels: as bright as it gets */
};

struct levels {
        unsigned grey[256], slope[256];
        unsigned n;
        unsigned long sum;
};

static void look(struct view v, struct levels *ret)
{
        unsigned step = (size_t)v.width * v.height > LARGE ? 2 : 1;

        *ret = (struct levels){ 0 };
        for (unsigned y = 0; y + 1 < v.height; y += step) {
                const uint8_t *row = v.grey + (size_t)y * v.stride, *below = row + v.stride;

                for (unsigned x = 0; x + 1 < v.width; x += step) {
                        int dx = abs(row[x + 1] - row[x]), dy = abs(below[x] - row[x]);

                        ret->grey[row[x]]++;
                        ret->slope[dx > dy ? dx : dy]++;
                        ret->sum += row[x];
                        ret->n++;
                }
        }
}

/* The level that one of FEW is above, or below. */
static unsigned end_of(const unsigned histogram[static 256], unsigned n, bool upper)
{
        unsigned seen = 0;

        for (unsigned i = 0; i < 256; i++) {
                seen += histogram[upper ? 255 - i : i];
                if (seen > n / FEW)
                        return upper ? 255 - i : i;
        }
        return 0;
}

static unsigned burnt_percent(const struct levels *l)
{
        unsigned burnt = 0;

        for (unsigned i = BURNT; i < 256; i++)
                burnt += l->grey[i];
        return l->n ? burnt * 100 / l->n : 0;
}

static struct view middle_of(struct view v)
{
        return view_part(v, v.width / 4, v.height / 4, v.width - v.width / 2, v.height - v.height / 2);
}

struct measure measuring(struct view frame, const struct view *code)
{
        struct levels middle, part;

        look(middle_of(frame), &middle);
        if (code)
                look(*code, &part);
        else
                part = middle;
        return (struct measure){
                .mean = (uint8_t)(middle.n ? middle.sum / middle.n : 0),
                .contrast = (uint8_t)(end_of(part.grey, part.n, true) - end_of(part.grey, part.n, false)),
                .sharpness = (uint16_t)(16 * end_of(part.slope, part.n, true)),
                .code_px = (uint16_t)(!code                        ? 0
                                      : code->width > code->height ? code->width
                                                                   : code->height),
                .glare_percent = (uint8_t)burnt_percent(&part),
        };
}
