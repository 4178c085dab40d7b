/* SPDX-License-Identifier: Apache-2.0 */

/* Vendors lay out the report differently (62 to 64 bytes, the "more" flag in one of the last), and say so in
 * the report descriptor: a list of short items, of which only those are followed that place fields. */

#include "setup/label/scanner/hidpos.h"
#include <errno.h>
#include <string.h>

enum {
        PAGE_DESKTOP = 0x01,
        PAGE_SCANNER = 0x8c,
        USAGE_SCANNER_MIN = 0x01, /* badge reader, scanner, dumb scanner, cordless base, cradle */
        USAGE_SCANNER_MAX = 0x05,
        USAGE_LENGTH = 0x3b, /* of PAGE_DESKTOP: byte count */
        USAGE_AIM_1 = 0xfb,  /* to 0xfd */
        USAGE_AIM_3 = 0xfd,
        USAGE_DATA = 0xfe,
        USAGE_MORE = 0xff,
        USAGES_MAX = 16,
        REPORTS_MAX = 256,
        BITS_MAX = HIDPOS_REPORT_MAX * 8,
};

/* The items of HID 1.11, 6.2.2, without the two bits of their size. */
enum item {
        ITEM_USAGE_PAGE = 0x04,
        ITEM_REPORT_SIZE = 0x74,
        ITEM_REPORT_ID = 0x84,
        ITEM_REPORT_COUNT = 0x94,
        ITEM_USAGE = 0x08,
        ITEM_USAGE_MIN = 0x18,
        ITEM_INPUT = 0x80,
        ITEM_OUTPUT = 0x90,
        ITEM_COLLECTION = 0xa0,
        ITEM_FEATURE = 0xb0,
        ITEM_END = 0xc0,
        ITEM_LONG = 0xfe,
};

struct walk {
        uint32_t page, size, count;
        uint8_t report;
        bool numbered, scanner;
        uint32_t usage[USAGES_MAX]; /* page << 16 | usage */
        size_t n;
        uint16_t bits[REPORTS_MAX]; /* of each input report so far */
        struct hidpos_layout layout;
};

static uint32_t usage_of(uint32_t page, uint32_t usage, size_t bytes)
{
        return bytes == 4 ? usage : page << 16 | (usage & 0xffff);
}

static void place(struct walk *w, uint32_t usage, unsigned at, unsigned n)
{
        struct hidpos_layout *l = &w->layout;
        struct hidpos_field field = { at, w->size, n };

        if (usage == (PAGE_DESKTOP << 16 | USAGE_LENGTH)) {
                l->length = field;
        } else if (usage >> 16 == PAGE_SCANNER) {
                usage &= 0xffff;
                if (usage == USAGE_AIM_1)
                        l->aim = field;
                else if (usage > USAGE_AIM_1 && usage <= USAGE_AIM_3 && l->aim.n && w->report == l->report)
                        l->aim.n += n;
                else if (usage == USAGE_DATA)
                        l->data = field;
                else if (usage == USAGE_MORE)
                        l->more = field;
                else
                        return;
        } else {
                return;
        }
        l->report = w->report;
}

/* Values take the usages in order; the last usage stands for all that are left. */
static int input(struct walk *w)
{
        unsigned at = w->bits[w->report], width = w->size;

        if (w->size > 32 || w->count > BITS_MAX || at + w->size * w->count > BITS_MAX)
                return -EBADMSG;
        for (size_t i = 0; i < w->n && i < w->count; i++) {
                unsigned n = i + 1 == w->n ? w->count - (unsigned)i : 1;

                place(w, w->usage[i], at + (unsigned)i * width, n);
        }
        w->bits[w->report] = (uint16_t)(at + w->size * w->count);
        return 0;
}

static int main_item(struct walk *w, unsigned tag)
{
        int r = 0;

        if (tag == ITEM_COLLECTION && w->n > 0) {
                uint32_t usage = w->usage[0];

                if (usage >> 16 == PAGE_SCANNER && (usage & 0xffff) >= USAGE_SCANNER_MIN &&
                    (usage & 0xffff) <= USAGE_SCANNER_MAX)
                        w->scanner = true;
        } else if (tag == ITEM_INPUT) {
                r = input(w);
        }
        w->n = 0;
        return r;
}

static int take_item(struct walk *w, unsigned tag, uint32_t value, size_t bytes)
{
        switch (tag) {
        case ITEM_USAGE_PAGE: w->page = value; return 0;
        case ITEM_REPORT_SIZE: w->size = value; return 0;
        case ITEM_REPORT_COUNT: w->count = value; return 0;
        case ITEM_REPORT_ID:
                if (value == 0 || value >= REPORTS_MAX)
                        return -EBADMSG;
                w->numbered = true;
                w->report = (uint8_t)value;
                return 0;
        case ITEM_USAGE:
        case ITEM_USAGE_MIN:
                if (w->n < USAGES_MAX)
                        w->usage[w->n++] = usage_of(w->page, value, bytes);
                return 0;
        case ITEM_COLLECTION:
        case ITEM_INPUT:
        case ITEM_OUTPUT:
        case ITEM_FEATURE:
        case ITEM_END: return main_item(w, tag);
        default: return 0;
        }
}

static int walk(struct walk *w, const uint8_t *p, size_t len)
{
        while (len > 0) {
                size_t bytes = *p == ITEM_LONG ? (len > 1 ? p[1] + 2u : 0) : (*p & 3) == 3 ? 4 : *p & 3;
                unsigned tag = *p & 0xfc;
                uint32_t value = 0;
                int r;

                if (len < 1 + bytes || (*p == ITEM_LONG && len < 2))
                        return -EBADMSG;
                for (size_t i = 0; i < bytes && i < 4; i++)
                        value |= (uint32_t)p[1 + i] << 8 * i;
                r = *p == ITEM_LONG ? 0 : take_item(w, tag, value, bytes);
                if (r < 0)
                        return r;
                p += 1 + bytes;
                len -= 1 + bytes;
        }
        return 0;
}

/* What most scanners have: number 2, length, three characters, 56 bytes of text, and in the last byte of 64
 * whether there is more. */
static const struct hidpos_layout common = {
        .report = 2,
        .length = { 8, 8, 1 },
        .aim = { 16, 8, 3 },
        .data = { 40, 8, 56 },
        .more = { 63 * 8, 1, 1 },
};

static bool is_bytes(const struct hidpos_field *f)
{
        return f->size == 8 && f->at % 8 == 0 && f->n > 0;
}

int hidpos_parse(const uint8_t *descriptor, size_t len, struct hidpos_layout *ret)
{
        struct walk w = { 0 };
        int r = walk(&w, descriptor, len);
        struct hidpos_layout *l = &w.layout;

        if (r < 0)
                return r;
        if (!w.scanner)
                return -ENODEV;
        if (!is_bytes(&l->data) || !is_bytes(&l->length)) {
                *ret = common;
                return 0;
        }
        if (!is_bytes(&l->aim) || l->aim.n < 3)
                l->aim.n = 0;
        if (w.numbered) {
                l->length.at += 8;
                l->aim.at += 8;
                l->data.at += 8;
                l->more.at += 8;
        }
        *ret = *l;
        return 0;
}

int hidpos_init(struct hidpos *h, const struct hidpos_layout *layout)
{
        int r;

        *h = (struct hidpos){ .layout = *layout };
        r = gather_init(&h->gather);
        h->gather.suffixed = true; /* the last report is the end: a pause before it is none */
        return r;
}

void hidpos_done(struct hidpos *h)
{
        gather_done(&h->gather);
}

static bool is_whole(const struct hidpos_layout *l, const uint8_t *report, size_t len)
{
        size_t end = l->data.at / 8 + l->data.n;

        if (l->report && (len == 0 || report[0] != l->report))
                return false;
        return len >= end && len > l->length.at / 8 && len >= l->aim.at / 8 + l->aim.n;
}

static bool has_more(const struct hidpos_layout *l, const uint8_t *report, size_t len)
{
        size_t at = l->more.at / 8;

        return l->more.n && at < len && report[at] >> l->more.at % 8 & 1;
}

/* The suffix that a scanner was set to is in the data, too. */
static void drop_suffix(struct secret *text)
{
        const char *t = secret_text(text);
        size_t len = secret_len(text);

        while (len > 0 && strchr("\r\n\t\x03", t[len - 1]))
                len--;
        secret_cut(text, t, len);
}

enum gathered hidpos_feed(struct hidpos *h, const uint8_t *report, size_t len, int64_t at_ms)
{
        const struct hidpos_layout *l = &h->layout;
        struct gather *g = &h->gather;
        size_t n;

        if (!is_whole(l, report, len))
                return GATHERED_NOTHING;
        n = report[l->length.at / 8];
        if (n > l->data.n)
                n = l->data.n;
        if (!g->open && l->aim.n && report[l->aim.at / 8] == ']')
                for (size_t i = 0; i < 3; i++)
                        gather_add(g, report[l->aim.at / 8 + i], at_ms);
        gather_begin(g, at_ms);
        for (size_t i = 0; i < n; i++)
                gather_add(g, report[l->data.at / 8 + i], at_ms);
        if (has_more(l, report, len))
                return GATHERED_NOTHING;
        drop_suffix(g->text);
        return gather_end(g, true);
}
