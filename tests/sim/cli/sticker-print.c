/* SPDX-License-Identifier: Apache-2.0 */

/* libdmtx makes the code; the line of text below it has a font of 5 x 7 dots, enough for serial numbers. */

#include "tests/sim/cli/sticker-print.h"
#include "proto/base/cleanup.h"
#include <dmtx.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GLYPH_WIDTH = 5, GLYPH_HEIGHT = 7, GLYPH_PITCH = 6 };

static const float dot = 0.4f;      /* modules a dot of the font */
static const float border = 0.35f;  /* thickness of the line around the sticker */
static const float margin = 4;      /* around the code: the quiet zone and some paper */
static const float text_height = 7; /* the strip below the code */

/* One byte a column, the lowest bit on top. */
static const struct glyph {
        char character;
        uint8_t column[GLYPH_WIDTH];
} font[] = {
        { '0', { 0x3e, 0x51, 0x49, 0x45, 0x3e } }, { '1', { 0x00, 0x42, 0x7f, 0x40, 0x00 } },
        { '2', { 0x42, 0x61, 0x51, 0x49, 0x46 } }, { '3', { 0x21, 0x41, 0x45, 0x4b, 0x31 } },
        { '4', { 0x18, 0x14, 0x12, 0x7f, 0x10 } }, { '5', { 0x27, 0x45, 0x45, 0x45, 0x39 } },
        { '6', { 0x3c, 0x4a, 0x49, 0x49, 0x30 } }, { '7', { 0x01, 0x71, 0x09, 0x05, 0x03 } },
        { '8', { 0x36, 0x49, 0x49, 0x49, 0x36 } }, { '9', { 0x06, 0x49, 0x49, 0x29, 0x1e } },
        { 'A', { 0x7e, 0x11, 0x11, 0x11, 0x7e } }, { 'B', { 0x7f, 0x49, 0x49, 0x49, 0x36 } },
        { 'C', { 0x3e, 0x41, 0x41, 0x41, 0x22 } }, { 'D', { 0x7f, 0x41, 0x41, 0x22, 0x1c } },
        { 'E', { 0x7f, 0x49, 0x49, 0x49, 0x41 } }, { 'F', { 0x7f, 0x09, 0x09, 0x09, 0x01 } },
        { 'G', { 0x3e, 0x41, 0x49, 0x49, 0x7a } }, { 'H', { 0x7f, 0x08, 0x08, 0x08, 0x7f } },
        { 'I', { 0x00, 0x41, 0x7f, 0x41, 0x00 } }, { 'J', { 0x20, 0x40, 0x41, 0x3f, 0x01 } },
        { 'K', { 0x7f, 0x08, 0x14, 0x22, 0x41 } }, { 'L', { 0x7f, 0x40, 0x40, 0x40, 0x40 } },
        { 'M', { 0x7f, 0x02, 0x0c, 0x02, 0x7f } }, { 'N', { 0x7f, 0x04, 0x08, 0x10, 0x7f } },
        { 'O', { 0x3e, 0x41, 0x41, 0x41, 0x3e } }, { 'P', { 0x7f, 0x09, 0x09, 0x09, 0x06 } },
        { 'Q', { 0x3e, 0x41, 0x51, 0x21, 0x5e } }, { 'R', { 0x7f, 0x09, 0x19, 0x29, 0x46 } },
        { 'S', { 0x46, 0x49, 0x49, 0x49, 0x31 } }, { 'T', { 0x01, 0x01, 0x7f, 0x01, 0x01 } },
        { 'U', { 0x3f, 0x40, 0x40, 0x40, 0x3f } }, { 'V', { 0x1f, 0x20, 0x40, 0x20, 0x1f } },
        { 'W', { 0x3f, 0x40, 0x38, 0x40, 0x3f } }, { 'X', { 0x63, 0x14, 0x08, 0x14, 0x63 } },
        { 'Y', { 0x07, 0x08, 0x70, 0x08, 0x07 } }, { 'Z', { 0x61, 0x51, 0x49, 0x45, 0x43 } },
};

static void encode_free(DmtxEncode **e)
{
        (void)dmtxEncodeDestroy(e);
}

/* The shortest encodation: 20 x 20 modules for the 31 characters of a sticker. */
static int make_code(const char *text, unsigned *ret_side, uint8_t **ret_dark)
{
        _cleanup_(encode_free) DmtxEncode *e = dmtxEncodeCreate();
        unsigned char bytes[256];
        size_t len = strlen(text);
        uint8_t *dark;
        int side;

        if (!e)
                return -ENOMEM;
        memcpy(bytes, text, len);
        (void)dmtxEncodeSetProp(e, DmtxPropScheme, DmtxSchemeAutoBest);
        if (dmtxEncodeDataMatrix(e, (int)len, bytes) == DmtxFail)
                return -EINVAL;
        side = e->region.symbolRows;
        dark = malloc((size_t)side * (size_t)side);
        if (!dark)
                return -ENOMEM;
        for (int row = 0; row < side; row++)
                for (int column = 0; column < side; column++) /* libdmtx counts rows from the bottom */
                        dark[row * side + column] = (dmtxSymbolModuleStatus(e->message, e->region.sizeIdx,
                                                                            side - 1 - row, column) &
                                                     DmtxModuleOnRGB) != 0;
        *ret_side = (unsigned)side;
        *ret_dark = dark;
        return 0;
}

/* libdmtx wants text, and aborts on some of what is not. */
static bool is_printable(const char *text)
{
        size_t len = strlen(text);

        for (size_t i = 0; i < len; i++)
                if (text[i] < ' ' || text[i] > '~')
                        return false;
        return len > 0 && len < 256;
}

int print_sticker(const char *text, struct print *ret)
{
        struct print p = { 0 };
        float line_width;
        int r;

        if (!is_printable(text))
                return -EINVAL;
        r = make_code(text, &p.side, &p.dark);
        if (r < 0)
                return r;
        (void)snprintf(p.line, sizeof(p.line), "%.*s", (int)strcspn(text, " "), text);
        line_width = (float)(strlen(p.line) * GLYPH_PITCH) * dot;
        p.width = fmaxf((float)p.side, line_width) + 2 * margin;
        p.height = (float)p.side + 2 * margin + text_height;
        p.code_x = (p.width - (float)p.side) / 2;
        p.code_y = margin;
        *ret = p;
        return 0;
}

void print_done(struct print *p)
{
        free(p->dark);
        *p = (struct print){ 0 };
}

static const struct glyph *find_glyph(char c)
{
        if (c >= 'a' && c <= 'z')
                c = (char)(c - 'a' + 'A');
        for (size_t i = 0; i < ELEMENTSOF(font); i++)
                if (font[i].character == c)
                        return &font[i];
        return NULL;
}

/* Coordinates in dots from the upper left corner of the line. */
static bool is_dark_in_line(const char *line, float x, float y)
{
        const struct glyph *g;
        unsigned column, row;

        if (x < 0 || y < 0 || y >= GLYPH_HEIGHT || x >= (float)(strlen(line) * GLYPH_PITCH))
                return false;
        column = (unsigned)x % GLYPH_PITCH;
        row = (unsigned)y;
        g = find_glyph(line[(unsigned)x / GLYPH_PITCH]);
        return g && column < GLYPH_WIDTH && (g->column[column] >> row & 1);
}

bool print_is_dark(const struct print *p, float x, float y)
{
        float cx = x - p->code_x, cy = y - p->code_y;
        float line_x = (p->width - (float)(strlen(p->line) * GLYPH_PITCH) * dot) / 2;
        float line_y = p->code_y + (float)p->side + margin;

        if (x < border || y < border || x > p->width - border || y > p->height - border)
                return true;
        if (cx >= 0 && cy >= 0 && cx < (float)p->side && cy < (float)p->side)
                return p->dark[(unsigned)cy * p->side + (unsigned)cx];
        return is_dark_in_line(p->line, (x - line_x) / dot, (y - line_y) / dot);
}
