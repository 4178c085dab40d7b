/* SPDX-License-Identifier: Apache-2.0 */

/* A scanner that types on another country's keyboard sends other letters than the sticker has, and as many:
 * so what is hidden is found by its place alone. */

#include "setup/cli/scan-raw.h"
#include "proto/base/cleanup.h"
#include <string.h>

enum { AIM_LEN = 3 };

static const char *suffix_of(const char *raw)
{
        static const char *const ends[][2] = {
                { "<0d>", "CR" },          { "<0a>", "LF" },    { "<09>", "TAB" },
                { "<03>", "ETX" },         { "<28>", "Enter" }, { "<96>", "Enter of the number pad" },
                { "<15>", "the Tab key" },
        };
        size_t len = strlen(raw);

        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                size_t n = strlen(ends[i][0]);

                if (len >= n && strcmp(raw + len - n, ends[i][0]) == 0)
                        return ends[i][1];
        }
        return "";
}

/* Letters, digits and the like beyond a serial number. What stands in angle brackets stays, and so do an AIM
 * identifier and blanks. */
static void put_masked(FILE *f, const char *raw)
{
        size_t shown = 0, most = LABEL_SERIAL_LEN;
        bool named = false;

        for (const char *at = raw; *at; at++) {
                named |= *at == '<';
                if (shown == 0 && *at == ']')
                        most += AIM_LEN;
                fputc(named || *at == ' ' || shown < most ? *at : '*', f);
                shown += !named && *at != ' ';
                named &= *at != '>';
        }
}

static const char *kind(const struct scan *scan)
{
        switch (scan->symbology) {
        case LABEL_DATA_MATRIX: return "data matrix";
        case LABEL_QR: return "QR code";
        }
        return "not told: the scanner sends no AIM identifier, and need not";
}

void scan_raw_print(FILE *f, const char *raw, const struct scan *scan, bool show_secret)
{
        const char *suffix = suffix_of(raw);

        if (scan)
                fprintf(f, "%s\n", scan->from);
        if (*raw) {
                fputs("  arrived  ", f);
                if (show_secret)
                        fputs(raw, f);
                else
                        put_masked(f, raw);
                fprintf(f, "\n  end      %s\n",
                        *suffix ? suffix : "nothing but a pause: a suffix is faster");
        }
        if (scan)
                fprintf(f, "  code     %s\n  text     %zu characters\n", kind(scan), secret_len(scan->text));
        (void)fflush(f);
}
