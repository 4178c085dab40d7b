/* SPDX-License-Identifier: Apache-2.0 */

/* Each bound has two values: what it takes to show a hint, and what to take it back, so that a hand that
 * trembles at the bound does not switch it on and off. The order of the questions is that of what has to be
 * mended first: in the dark everything looks blurred, and of a code that is too small nothing can be said.
 */

#include "setup/label/camera/hints.h"

enum {
        /* grey levels of a frame that is dark and has nothing bright in it */
        DARK_MEAN = 40,
        DARK_MEAN_BACK = 50,
        DARK_CONTRAST = 80,
        /* pixels: 24 modules with the quiet zone, 2.5 to 3 pixels each (scanning.md 1) */
        SMALL = 60,
        SMALL_BACK = 72,
        /* percent of the frame's height */
        LARGE = 90,
        LARGE_BACK = 80,
        /* percent of the code that is burnt out: half of its modules are white, and not that white */
        GLARE = 20,
        GLARE_BACK = 12,
        /* percent of a module from dark to light, at the edges of modules */
        MODULES = 24, /* along a side, with the quiet zone */
        BLUR = 100,
        BLUR_BACK = 80,
        /* percent: a code that is held still has 70 and more, one that moved by a module and a half 62 */
        MOVED = 64,
        MOVED_BACK = 68,

        WEIGHT_ALL = 256,
        WEIGHT_SHOWN = 160, /* of frames that all say it: after 8, half a second */
};

/* Percent of a module that the steepest edges take; 0: not known. */
static unsigned edge_width(const struct measure *m)
{
        return m->sharpness ? 100u * 16 * MODULES * m->contrast / m->sharpness / m->code_px : 0;
}

static enum source_hint judge(const struct measure *m, unsigned height, enum source_hint shown)
{
        unsigned code = m->code_px;

        if (m->mean && m->mean < (shown == SOURCE_HINT_TOO_DARK ? DARK_MEAN_BACK : DARK_MEAN) &&
            m->contrast < DARK_CONTRAST)
                return SOURCE_HINT_TOO_DARK;
        if (code == 0)
                return SOURCE_HINT_NONE;
        if (code < (shown == SOURCE_HINT_CLOSER ? SMALL_BACK : SMALL))
                return SOURCE_HINT_CLOSER;
        if (code * 100 > height * (shown == SOURCE_HINT_FARTHER ? LARGE_BACK : LARGE))
                return SOURCE_HINT_FARTHER;
        if (m->glare_percent > (shown == SOURCE_HINT_GLARE ? GLARE_BACK : GLARE))
                return SOURCE_HINT_GLARE;
        if (edge_width(m) > (shown == SOURCE_HINT_HOLD_STILL ? BLUR_BACK : BLUR))
                return SOURCE_HINT_HOLD_STILL;
        if (m->evenness_percent &&
            m->evenness_percent < (shown == SOURCE_HINT_HOLD_STILL ? MOVED_BACK : MOVED))
                return SOURCE_HINT_HOLD_STILL;
        return SOURCE_HINT_NONE;
}

bool hints_take(struct hints *hints, const struct measure *measure, unsigned height, bool read,
                int64_t now_ms)
{
        enum source_hint said = read ? SOURCE_HINT_NONE : judge(measure, height, hints->shown);

        for (unsigned i = 0; i < HINTS_KINDS; i++)
                hints->weight[i] = hints->weight[i] * 7 / 8 + (i == said ? WEIGHT_ALL / 8 : 0);
        if (said == hints->shown || hints->weight[said] < WEIGHT_SHOWN ||
            (hints->changed_ms && now_ms - hints->changed_ms < HINTS_PAUSE_MS))
                return false;
        hints->shown = said;
        hints->changed_ms = now_ms;
        return true;
}
