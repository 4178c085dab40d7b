/* SPDX-License-Identifier: Apache-2.0 */

/* Both files are written through a stream in memory. A picture is drawn dot by dot and packed by libpng at
 * the end; SVG is written as it is drawn. Its text has the width of the picture's whatever font there is. */

#include "setup/label/sheet/canvas.h"
#include "setup/label/sheet/letters.h"
#include <errno.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct canvas {
        enum sheet_format format;
        FILE *stream;
        char *file; /* of the stream */
        size_t len;
        uint8_t *grey; /* of a picture */
};

struct canvas *canvas_free(struct canvas *c)
{
        if (c->stream)
                (void)fclose(c->stream);
        free(c->file);
        free(c->grey);
        free(c);
        return NULL;
}

int canvas_new(enum sheet_format format, struct canvas **ret)
{
        _cleanup_(canvas_freep) struct canvas *c = calloc(1, sizeof(*c));

        if (!c)
                return -ENOMEM;
        c->format = format;
        c->stream = open_memstream(&c->file, &c->len);
        if (!c->stream)
                return -errno;
        if (format == SHEET_PNG) {
                c->grey = malloc((size_t)CANVAS_WIDTH * CANVAS_HEIGHT);
                if (!c->grey)
                        return -ENOMEM;
                memset(c->grey, 255, (size_t)CANVAS_WIDTH * CANVAS_HEIGHT);
        } else
                fprintf(c->stream,
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%dmm\" height=\"%dmm\" "
                        "viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">\n"
                        "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                        CANVAS_WIDTH / CANVAS_PER_MM, CANVAS_HEIGHT / CANVAS_PER_MM, CANVAS_WIDTH,
                        CANVAS_HEIGHT);
        *ret = TAKE_PTR(c);
        return 0;
}

void canvas_black(struct canvas *c, unsigned x, unsigned y, unsigned width, unsigned height)
{
        if (c->format == SHEET_SVG) {
                fprintf(c->stream, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n", x, y, width,
                        height);
                return;
        }
        for (unsigned row = y; row < y + height && row < CANVAS_HEIGHT; row++)
                for (unsigned column = x; column < x + width && column < CANVAS_WIDTH; column++)
                        c->grey[(size_t)row * CANVAS_WIDTH + column] = 0;
}

static void put_letter(struct canvas *c, unsigned x, unsigned y, unsigned dot, char letter)
{
        const uint8_t *column = letter_columns(letter);

        for (unsigned i = 0; i < LETTER_WIDTH; i++)
                for (unsigned row = 0; row < LETTER_HEIGHT; row++)
                        if (column[i] >> row & 1)
                                canvas_black(c, x + i * dot, y + row * dot, dot, dot);
}

static void put_escaped(FILE *f, const char *text)
{
        for (; *text; text++)
                if (strchr("<>&\"", *text))
                        fprintf(f, "&#%d;", *text);
                else
                        fputc(*text, f);
}

void canvas_text(struct canvas *c, unsigned x, unsigned y, unsigned dot, const char *text)
{
        if (c->format == SHEET_PNG) {
                for (; *text; text++, x += CANVAS_CHARACTER * dot)
                        put_letter(c, x, y, dot, *text);
                return;
        }
        fprintf(c->stream,
                "<text x=\"%u\" y=\"%u\" font-family=\"monospace\" font-size=\"%u\" textLength=\"%zu\" "
                "xml:space=\"preserve\">",
                x, y + LETTER_HEIGHT * dot, 10 * dot, strlen(text) * CANVAS_CHARACTER * dot);
        put_escaped(c->stream, text);
        fputs("</text>\n", c->stream);
}

static bool put_end(struct canvas *c)
{
        png_image png = { .version = PNG_IMAGE_VERSION,
                          .width = CANVAS_WIDTH,
                          .height = CANVAS_HEIGHT,
                          .format = PNG_FORMAT_GRAY };

        if (c->format == SHEET_SVG)
                return fputs("</svg>\n", c->stream) >= 0;
        return png_image_write_to_stdio(&png, c->stream, 0, c->grey, 0, NULL) != 0;
}

/* A chunk that tells printers the size of a dot (8000 a metre), between the header and what follows. */
static int put_size(struct canvas *c)
{
        enum { HEADER = 33 };
        static const uint8_t chunk[] = { 0x00, 0x00, 0x00, 0x09, 0x70, 0x48, 0x59, 0x73, 0x00, 0x00, 0x1f,
                                         0x40, 0x00, 0x00, 0x1f, 0x40, 0x01, 0x93, 0xa8, 0x5b, 0xa7 };
        char *file = realloc(c->file, c->len + sizeof(chunk));

        if (!file)
                return -ENOMEM;
        memmove(file + HEADER + sizeof(chunk), file + HEADER, c->len - HEADER);
        memcpy(file + HEADER, chunk, sizeof(chunk));
        c->file = file;
        c->len += sizeof(chunk);
        return 0;
}

int canvas_finish(struct canvas *c, char **ret, size_t *ret_len)
{
        bool whole = put_end(c) && !ferror(c->stream);

        whole = fclose(c->stream) == 0 && whole;
        c->stream = NULL;
        if (!whole || (c->format == SHEET_PNG && put_size(c) < 0))
                return -ENOMEM;
        *ret = TAKE_PTR(c->file);
        *ret_len = c->len;
        return 0;
}
