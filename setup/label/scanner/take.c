/* SPDX-License-Identifier: Apache-2.0 */

/* Nobody sees what a scanner sends: so each thing that can go wrong with it is told in words that name the
 * scanner and say what to do, and never show the text. */

#include "setup/label/scanner/take.h"
#include "proto/base/text.h"
#include "setup/label/scanner/aim.h"
#include "setup/label/scanner/calibration.h"
#include "setup/label/scanner/memory.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <string.h>

static int refuse(struct source *s, enum fault fault, const struct handheld *d, const char *words)
{
        (void)trouble_set(&s->trouble, fault, "%s: %s", handheld_name(d), words);
        return SOURCE_REFUSED;
}

/* ---- the calibration code ---- */

static int learn(struct source *s, struct handheld *d, const struct scanner_options *o, enum keymap map)
{
        int r = o->memory ? memory_keep(o->memory, handheld_id(d), map) : 0;

        handheld_set_map(d, map);
        (void)trouble_set(&s->trouble, FAULT_NONE,
                          "%s: calibrated, it types as on a keyboard that is %s (%s)", handheld_name(d),
                          keymap_country(map), keymap_name(map));
        if (r < 0)
                trouble_add(&s->trouble, "; that cannot be remembered in %s: %s", o->memory, strerror(-r));
        return SOURCE_REFUSED;
}

/* SOURCE_NOTHING: this is another text. */
static int calibrate(struct source *s, struct handheld *d, const struct scanner_options *o,
                     const struct secret *text)
{
        enum keymap map = handheld_map(d);
        int r;

        if (!handheld_is_keyboard(d))
                map = KEYMAP_US;
        r = calibration_judge(secret_text(text), secret_len(text), map, &map);
        if (r < 0)
                return r;
        switch ((enum calibration)r) {
        case CALIBRATION_NONE: return SOURCE_NOTHING;
        case CALIBRATION_RIGHT:
                if (!handheld_is_keyboard(d))
                        return refuse(s, FAULT_NONE, d,
                                      "it needs no calibration: it sends each character right");
                return learn(s, d, o, map);
        case CALIBRATION_OTHER: return learn(s, d, o, map);
        case CALIBRATION_CASE:
                return refuse(s, FAULT_SCANNER, d,
                              "it swaps upper and lower case: switch Caps Lock off, or set the scanner to "
                              "leave the case as it is");
        }
        return SOURCE_NOTHING;
}

/* ---- texts ---- */

static bool is_text(const char *text, size_t len)
{
        while (len > 0) {
                size_t n = (uint8_t)*text < 0x80 ? *text != 0 : text_character((const uint8_t *)text, len);

                if (n == 0)
                        return false;
                text += n;
                len -= n;
        }
        return true;
}

static int refuse_strange(struct source *s, const struct handheld *d)
{
        enum keymap map = handheld_map(d);

        if (!handheld_is_keyboard(d))
                return refuse(s, FAULT_SCAN_BROKEN, d,
                              "bytes came that are no text: does the speed of the line fit (9600 baud, 8 "
                              "bits, no parity)?");
        (void)trouble_set(&s->trouble, FAULT_SCAN_BROKEN,
                          "%s: a key that is no character on a keyboard that is %s (%s): scan the "
                          "calibration code, or set the scanner to that country",
                          handheld_name(d), keymap_country(map), keymap_name(map));
        return SOURCE_REFUSED;
}

/* Ended by a pause, and short as an early sticker's: it could be the front of a longer one. */
static int may_be_half(const struct gather *g, const struct aim *aim)
{
        struct label label = { 0 };
        struct trouble why;
        bool half;
        int r;

        if (g->said)
                return false;
        r = label_parse(secret_text(g->text) + aim->skip, secret_len(g->text) - aim->skip, &label, &why);
        if (r < 0)
                return r == -EINVAL ? false : r;
        half = label_is_partial(&label);
        label_done(&label);
        return half;
}

static int hand_out(struct source *s, struct handheld *d, const struct aim *aim, struct scan *ret)
{
        struct gather *g = handheld_gather(d);
        struct secret *text;
        int r = secret_new(secret_text(g->text) + aim->skip, secret_len(g->text) - aim->skip, &text);

        if (r < 0)
                return r;
        source_fill(s, aim->symbology, text, ret);
        ret->at_ms = g->last_ms;
        text_shorten(ret->from, sizeof(ret->from), handheld_name(d), strlen(handheld_name(d)));
        return SOURCE_SCAN;
}

static int take_text(struct source *s, struct handheld *d, struct scan *ret)
{
        const struct secret *text = handheld_gather(d)->text;
        struct aim aim = aim_read(secret_text(text), secret_len(text));
        int r;

        switch (aim.kind) {
        case AIM_GS1:
                return refuse(s, FAULT_LABEL_INVALID, d,
                              "this is a GS1 code, as goods have it: scan the code on the device itself");
        case AIM_BAR_CODE:
                return refuse(s, FAULT_LABEL_INVALID, d, "this is a bar code, not the small square code");
        case AIM_OTHER_CODE:
                return refuse(s, FAULT_LABEL_INVALID, d,
                              "this is a code of another kind: a device has a data matrix");
        case AIM_NONE:
        case AIM_CODE: break;
        }
        if (!is_text(secret_text(text), secret_len(text)))
                return refuse_strange(s, d);
        r = may_be_half(handheld_gather(d), &aim);
        if (r < 0)
                return r;
        if (r > 0)
                return refuse(
                        s, FAULT_SCAN_BROKEN, d,
                        "the scan broke off, or this is an early sticker: scan again, or set the scanner "
                        "to send Enter behind each code");
        return aim.skip < secret_len(text) ? hand_out(s, d, &aim, ret) : SOURCE_NOTHING;
}

int take(struct source *s, struct handheld *d, const struct scanner_options *o, enum gathered what,
         struct scan *ret)
{
        int r = SOURCE_NOTHING;

        if (what == GATHERED_TEXT || what == GATHERED_STRANGE)
                r = calibrate(s, d, o, handheld_gather(d)->text);
        if (r != SOURCE_NOTHING)
                return r;
        switch (what) {
        case GATHERED_NOTHING: return SOURCE_NOTHING;
        case GATHERED_TEXT: return take_text(s, d, ret);
        case GATHERED_STRANGE: return refuse_strange(s, d);
        case GATHERED_BROKEN: return refuse(s, FAULT_SCAN_BROKEN, d, "the scan broke off: scan again");
        case GATHERED_TOO_LONG:
                return refuse(s, FAULT_LABEL_INVALID, d, "this code is too long for a device's");
        case GATHERED_DROPPED:
                return refuse(s, FAULT_SCAN_BROKEN, d,
                              "keys were lost, this machine was too busy: scan again");
        }
        return SOURCE_NOTHING;
}
