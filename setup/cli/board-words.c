/* SPDX-License-Identifier: Apache-2.0 */

/* Lines that stay begin with the serial number, so that those of one device can be picked out of a log. */

#include "setup/cli/board-words.h"
#include "proto/base/cleanup.h"
#include "proto/base/text.h"
#include "setup/cli/columns.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_COLUMNS = 20, NAMES_FROM_COLUMNS = 72, SERIAL_COLUMNS = 15 };

/* What is too long ends where there is no room any more. */
__attribute__((format(printf, 2, 3))) static void add(char line[static BOARD_LINE_MAX], const char *format,
                                                      ...)
{
        size_t len = strlen(line);
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(line + len, BOARD_LINE_MAX - len, format, ap);
        va_end(ap);
}

/* Text that somebody else wrote. */
static void add_clean(char line[static BOARD_LINE_MAX], const char *before, const char *text,
                      const char *behind)
{
        size_t len;

        if (!text)
                return;
        add(line, "%s", before);
        len = strlen(line);
        add(line, "%s", text);
        text_clean(line + len);
        add(line, "%s", behind);
}

enum colour { PLAIN, GREEN, YELLOW, RED };

static const char *colour(bool coloured, enum colour c)
{
        static const char *const codes[] = {
                [PLAIN] = "\033[0m", [GREEN] = "\033[32m", [YELLOW] = "\033[33m", [RED] = "\033[31m"
        };

        return coloured ? codes[c] : "";
}

static void add_coloured(char line[static BOARD_LINE_MAX], bool coloured, enum colour c, const char *word)
{
        add(line, "%s%s%s", colour(coloured, c), word, colour(coloured, PLAIN));
}

static void add_duration(char line[static BOARD_LINE_MAX], uint64_t ms)
{
        if (ms < 1000)
                add(line, "%u ms", (unsigned)ms);
        else
                add(line, "%.1f s", (double)ms / 1000);
}

/* ---- table ---- */

/* Bytes of a whole with the time that is left at this rate; or how long it takes, of how long it may. */
static void add_wait(char line[static BOARD_LINE_MAX], const struct board_row *row)
{
        uint64_t part = row->wait.part, whole = row->wait.whole, ms = row->wait.ms;

        if (whole > 0) {
                add(line, "%u %% of %.1f kB", (unsigned)(part * 100 / whole), (double)whole / 1000);
                if (part > 0 && ms >= 1000)
                        add(line, ", %.0f s left",
                            (double)(whole - part) * (double)ms / (double)part / 1000);
        } else if (row->wait.limit_ms > 0) {
                add(line, "%u s of %u s", (unsigned)(ms / 1000), (unsigned)(row->wait.limit_ms / 1000));
        } else {
                add(line, "%u s", (unsigned)(ms / 1000));
        }
        if (row->wait.hint[0])
                add(line, ", %s", row->wait.hint);
}

/* What takes long, else what began last. */
static void add_work(char line[static BOARD_LINE_MAX], const struct board_row *row)
{
        size_t n = row->n_running;

        if (row->wait.text[0]) {
                add(line, "%s ... ", row->wait.text);
                add_wait(line, row);
        } else if (n > 0) {
                add(line, "%s ...", row->running[n - 1].text);
                if (row->running[n - 1].try > 1)
                        add(line, " (%u of %u)", row->running[n - 1].try, row->running[n - 1].of);
        }
}

void board_words_row(const struct board_row *row, bool named, size_t columns,
                     char ret[static BOARD_LINE_MAX])
{
        ret[0] = 0;
        add(ret, "  %-*s  ", SERIAL_COLUMNS, row->serial);
        if (named && columns >= NAMES_FROM_COLUMNS) {
                char name[BOARD_TEXT_MAX];

                (void)snprintf(name, sizeof(name), "%.*s", (int)columns_fit(row->name, NAME_COLUMNS),
                               row->name);
                add(ret, "%-*s  ", columns_field(name, NAME_COLUMNS), name);
        }
        add_work(ret, row);
}

/* Rounded as far as it is not known better. */
static void add_left(char line[static BOARD_LINE_MAX], uint64_t ms)
{
        unsigned s = (unsigned)((ms + 999) / 1000), min = (s + 59) / 60;

        if (s < 60)
                add(line, ", about %u s left", (s + 4) / 5 * 5);
        else if (min < 60)
                add(line, ", about %u min left", min);
        else
                add(line, ", about %u h %u min left", min / 60, min % 60 / 10 * 10);
}

void board_words_counts(const struct board_counts *c, uint64_t left_ms, char ret[static BOARD_LINE_MAX])
{
        const struct {
                size_t n;
                const char *word;
        } parts[] = { { c->failed, "failed" },
                      { c->pending, "pending" },
                      { c->cancelled, "cancelled" },
                      { c->working, "at work" },
                      { c->waiting, "waiting" } };
        size_t all = c->done;

        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                all += parts[i].n;
        ret[0] = 0;
        add(ret, "  %zu of %zu done", c->done, all);
        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                if (parts[i].n > 0)
                        add(ret, ", %zu %s", parts[i].n, parts[i].word);
        if (left_ms > 0)
                add_left(ret, left_ms);
}

/* ---- lines that stay ---- */

static void begin_line(char line[static BOARD_LINE_MAX], const struct board_row *row)
{
        line[0] = 0;
        add(line, "%s  ", row->serial);
}

static void add_state(char line[static BOARD_LINE_MAX], const struct progress_step *step, bool coloured)
{
        const char *state = step->state, *cause = step->cause;

        if (strcmp(state, "done") == 0) {
                add_coloured(line, coloured, GREEN, "ok");
                add(line, ", ");
                add_duration(line, step->ms);
                add_clean(line, " (", cause, ")");
                return;
        }
        if (strcmp(state, "retrying") == 0) {
                add_coloured(line, coloured, YELLOW, "trying again");
                add(line, " (%u of %u): ", step->try + 1, step->of);
        } else if (strcmp(state, "failed") == 0) {
                add_coloured(line, coloured, RED, "failed");
                add(line, ": ");
        }
        add_clean(line, "", cause, "");
}

bool board_words_step(const struct board_row *row, const struct progress_step *step, bool verbose,
                      bool coloured, char ret[static BOARD_LINE_MAX])
{
        bool begins = strcmp(step->state, "started") == 0, skipped = strcmp(step->state, "skipped") == 0;

        if ((begins || skipped) && !verbose)
                return false;
        begin_line(ret, row);
        add(ret, "%s ... ", step->text);
        if (begins)
                add(ret, "begins: try %u of %u, light %s", step->try, step->of,
                    step->light ? step->light : "as before");
        else if (skipped)
                add(ret, "not needed");
        else
                add_state(ret, step, coloured);
        return true;
}

void board_words_wait(const struct board_row *row, char ret[static BOARD_LINE_MAX])
{
        begin_line(ret, row);
        add_work(ret, row);
}

static enum colour colour_of(const char *outcome)
{
        return strcmp(outcome, "done") == 0 ? GREEN : strcmp(outcome, "failed") == 0 ? RED : YELLOW;
}

void board_words_end(const struct board_row *row, const struct board_end *end, bool coloured,
                     char ret[static BOARD_LINE_MAX])
{
        bool done = strcmp(end->outcome, "done") == 0;

        begin_line(ret, row);
        if (row->name[0])
                add(ret, "%s  ", row->name);
        add_coloured(ret, coloured, colour_of(end->outcome), end->outcome);
        if (done) {
                add(ret, " in ");
                add_duration(ret, end->ms);
                add_clean(ret, " (", end->cause, ")");
                return;
        }
        if (strcmp(end->outcome, "cancelled") == 0)
                return; /* somebody wanted that, and knows what to do */
        add_clean(ret, ": ", end->sentence, "");
        add_clean(ret, "\n  Cause: ", end->cause, "");
        add_clean(ret, "\n  What to do: ", end->advice, "");
}
