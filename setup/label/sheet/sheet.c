/* SPDX-License-Identifier: Apache-2.0 */

/* The page is drawn as a picture first, and that is given to the picture decoder as any other would be: what
 * usher cannot read itself it gives nobody to scan. */

#include "setup/label/sheet/sheet.h"
#include "proto/base/file.h"
#include "setup/label/reading.h"
#include "setup/label/sheet/canvas.h"
#include "setup/label/sheet/symbol.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
        MARGIN = 15 * CANVAS_PER_MM,
        HEADING = 6, /* dots of letters */
        BODY = 3,
        LINE = 12 * BODY,
        MODULE = CANVAS_PER_MM,           /* of the large codes: 1 mm, for any scanner */
        LABEL_MODULE = CANVAS_PER_MM / 2, /* as small as on stickers */
};

struct codes {
        struct symbol matrix, qr, label;
};

static void codes_done(struct codes *c)
{
        symbol_done(&c->matrix);
        symbol_done(&c->qr);
        symbol_done(&c->label);
}

/* What the sticker to try with says: no secret of anybody. */
static const char label_text[] = "ARNHAB000SAMPLE SAMPLESECRET000";

static void put_symbol(struct canvas *c, const struct symbol *s, unsigned x, unsigned y, unsigned module)
{
        for (unsigned row = 0; row < s->side; row++)
                for (unsigned from = 0, to; from < s->side; from = to + 1) {
                        for (to = from; to < s->side && s->dark[row * s->side + to];)
                                to++;
                        if (to > from)
                                canvas_black(c, x + from * module, y + row * module, (to - from) * module,
                                             module);
                }
}

/* Returns where the next line begins. */
static unsigned put_lines(struct canvas *c, unsigned y, const char *const lines[])
{
        for (; *lines; lines++, y += LINE)
                canvas_text(c, MARGIN, y, BODY, *lines);
        return y + LINE;
}

static void put_page(struct canvas *c, const struct codes *codes)
{
        static const char *const print[] = { "Print this page at 100 percent, in black on white.", NULL };
        static const char *const keys[] = {
                "1  Which keyboard does the scanner play? Start 'usher scan --test' and scan one of",
                "   these two. They hold every character that matters: swapped letters are found,",
                "   and the scanner's country is remembered.",
                NULL,
        };
        static const char *const label[] = {
                "2  Does it read stickers? Scan this one, as small as that of a device. It is of a",
                "   device that does not exist: serial number ARNHAB000SAMPLE.",
                NULL,
        };
        static const char *const else_[] = {
                "If nothing comes: the scanner must be in the mode of a keyboard, a serial port or",
                "HID POS, and read data matrix codes; its handbook has the codes that switch them on.",
                NULL,
        };
        unsigned y = MARGIN,
                 large = (codes->qr.side > codes->matrix.side ? codes->qr.side : codes->matrix.side);

        canvas_text(c, MARGIN, y, HEADING, "usher: sheet for handheld scanners");
        y = put_lines(c, y + 2 * LINE, print);
        y = put_lines(c, y, keys) + LINE;
        put_symbol(c, &codes->matrix, MARGIN + 4 * MODULE, y, MODULE);
        put_symbol(c, &codes->qr, CANVAS_WIDTH / 2 + 4 * MODULE, y, MODULE);
        y += large * MODULE;
        canvas_text(c, MARGIN + 4 * MODULE, y + LINE, BODY, "data matrix");
        canvas_text(c, CANVAS_WIDTH / 2 + 4 * MODULE, y + LINE, BODY, "QR code");
        y = put_lines(c, y + 4 * LINE, label) + LINE;
        put_symbol(c, &codes->label, MARGIN + 4 * MODULE, y, LABEL_MODULE);
        (void)put_lines(c, y + codes->label.side * LABEL_MODULE + 2 * LINE, else_);
}

static int draw(const struct codes *codes, enum sheet_format format, char **ret, size_t *ret_len)
{
        _cleanup_(canvas_freep) struct canvas *c = NULL;
        int r = canvas_new(format, &c);

        if (r < 0)
                return r;
        put_page(c, codes);
        return canvas_finish(c, ret, ret_len);
}

static bool holds(const struct label_reading *r, enum label_symbology symbology, const char *text)
{
        for (size_t i = 0; i < r->n_codes; i++)
                if (r->codes[i].symbology == symbology && secret_len(r->codes[i].text) == strlen(text) &&
                    memcmp(secret_bytes(r->codes[i].text), text, strlen(text)) == 0)
                        return true;
        return false;
}

static int judge(const struct label_reading *r, const char *calibration, struct trouble *ret)
{
        const char *lost = !holds(r, LABEL_DATA_MATRIX, calibration)  ? "the data matrix for keyboards"
                           : !holds(r, LABEL_QR, calibration)         ? "the QR code for keyboards"
                           : !holds(r, LABEL_DATA_MATRIX, label_text) ? "the sticker to try with"
                                                                      : NULL;

        if (!lost)
                return 0;
        (void)trouble_set(ret, FAULT_INTERNAL, "%s could not be read again from the sheet%s%s", lost,
                          *r->trouble.cause ? ": " : "", r->trouble.cause);
        return -EIO;
}

/* Through a descriptor in memory: nothing of it is in a file. */
static int read_again(const char *picture, size_t len, const char *calibration, struct trouble *ret)
{
        static const struct picture_options options = { .qr = true };
        _cleanup_(label_reading_done) struct label_reading reading = { 0 };
        _cleanup_(source_freep) struct source *source = NULL;
        _cleanup_(closep) int fd = memfd_create("sheet", MFD_CLOEXEC);
        int r;

        if (fd < 0)
                return -errno;
        r = file_write(fd, picture, len);
        if (r < 0)
                return r;
        if (lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        r = source_open_picture_fd(fd, "the sheet", &options, &source);
        if (r >= 0)
                r = label_reading_finish(&reading, source);
        return r < 0 ? r : judge(&reading, calibration, ret);
}

int sheet_draw(const char *calibration, enum sheet_format format, char **ret, size_t *ret_len,
               struct trouble *ret_trouble)
{
        _cleanup_(codes_done) struct codes codes = { 0 };
        _cleanup_(freep) char *picture = NULL;
        size_t len;
        int r;

        r = symbol_data_matrix(calibration, &codes.matrix);
        if (r >= 0)
                r = symbol_qr(calibration, &codes.qr);
        if (r >= 0)
                r = symbol_data_matrix(label_text, &codes.label);
        if (r >= 0)
                r = draw(&codes, SHEET_PNG, &picture, &len);
        if (r >= 0)
                r = read_again(picture, len, calibration, ret_trouble);
        if (r < 0)
                return r;
        if (format != SHEET_PNG)
                return draw(&codes, format, ret, ret_len);
        *ret = TAKE_PTR(picture);
        *ret_len = len;
        return 0;
}
