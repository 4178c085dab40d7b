/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be written is gathered, and goes out with the table: at once where nobody draws one, else when
 * its time has come. So a hundred events a second cost four writes, and a question holds all of it back. */

#include "setup/cli/board.h"
#include "proto/base/bytes.h"
#include "proto/base/text.h"
#include "proto/base/timer.h"
#include "setup/cli/board-words.h"
#include "setup/cli/region.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { DRAW_MS = 250, ABOVE_MAX = 1 << 22 };

struct board {
        FILE *f;
        struct sd_event *loop;
        struct region *region; /* NULL: no table */
        bool quiet, verbose, colour, held, named;
        struct board_row *rows;
        size_t n_rows, n_room;
        struct board_counts counts;
        struct buf above; /* lines that are not written yet */
        struct timer *draw;
        uint64_t drawn_ms; /* 0: never */
        size_t slots;      /* the most devices that were at work at once */
        size_t finished;   /* devices that were worked on to their end, and how long that took */
        uint64_t finished_ms;
};

int board_new(FILE *f, bool quiet, struct sd_event *loop, struct board **ret)
{
        const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
        _cleanup_(board_freep) struct board *b = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        b->f = f;
        b->loop = loop;
        b->quiet = quiet;
        b->above = buf_init(ABOVE_MAX);
        if (!quiet && isatty(fileno(f)) && term && strcmp(term, "dumb") != 0) {
                r = region_new(f, &b->region);
                if (r < 0)
                        return r;
        }
        b->colour = b->region && !(no_color && *no_color);
        *ret = TAKE_PTR(b);
        return 0;
}

void board_set_verbose(struct board *b)
{
        b->verbose = true;
}

bool board_has_table(const struct board *b)
{
        return b->region;
}

/* ---- time ---- */

/* What is left to do at the mean of what is done, shared by as many as have been at work; but not before the
 * last one of them. 0: not known. */
static uint64_t left_ms(const struct board *b)
{
        uint64_t mean_ms, now_ms = timer_now_ms(), sum_ms, last_ms = 0;

        if (b->finished == 0 || b->slots == 0)
                return 0;
        mean_ms = b->finished_ms / b->finished;
        sum_ms = b->counts.waiting * mean_ms;
        for (size_t i = 0; i < b->n_rows; i++) {
                uint64_t spent_ms = now_ms - b->rows[i].begun_ms;
                uint64_t own_ms = spent_ms < mean_ms ? mean_ms - spent_ms : 0;

                sum_ms += own_ms;
                last_ms = own_ms > last_ms ? own_ms : last_ms;
        }
        sum_ms /= b->slots;
        return sum_ms > last_ms ? sum_ms : last_ms;
}

/* ---- writing ---- */

/* The text of what was gathered; "" if that is nothing. */
static const char *take_above(struct board *b)
{
        return b->above.len > 0 && buf_append(&b->above, "", 1) == 0 ? (const char *)b->above.data : "";
}

static void draw(struct board *b)
{
        size_t columns, room = region_begin(b->region, &columns);
        char line[BOARD_LINE_MAX];

        for (size_t i = 0; i < b->n_rows && i + 1 < room; i++) {
                board_words_row(&b->rows[i], b->named, columns, line);
                region_line(b->region, line);
        }
        board_words_counts(&b->counts, left_ms(b), line);
        region_line(b->region, line);
        region_show(b->region, take_above(b));
        buf_consume(&b->above, b->above.len);
        b->drawn_ms = timer_now_ms();
}

static void put_above(struct board *b)
{
        if (b->above.len == 0)
                return;
        (void)fwrite(b->above.data, 1, b->above.len, b->f);
        (void)fflush(b->f);
        buf_consume(&b->above, b->above.len);
}

static void on_draw(void *userdata)
{
        struct board *b = userdata;

        b->draw = timer_free(b->draw);
        if (!b->held)
                draw(b);
}

static void changed(struct board *b)
{
        uint64_t since_ms = timer_now_ms() - b->drawn_ms;

        if (b->held || b->draw)
                return;
        if (!b->region)
                put_above(b);
        else if (b->drawn_ms == 0 || since_ms >= DRAW_MS ||
                 timer_new(b->loop, DRAW_MS - since_ms, on_draw, b, &b->draw) < 0)
                draw(b);
}

static void gather(struct board *b, const char *line)
{
        if (buf_append(&b->above, line, strlen(line)) == 0)
                (void)buf_append(&b->above, "\n", 1);
}

static void say(struct board *b, const char *format, va_list arguments)
{
        char line[BOARD_LINE_MAX];

        (void)vsnprintf(line, sizeof(line), format, arguments);
        gather(b, line);
        changed(b);
}

void board_say(struct board *b, const char *format, ...)
{
        va_list ap;

        if (b->quiet)
                return;
        va_start(ap, format);
        say(b, format, ap);
        va_end(ap);
}

void board_warn(struct board *b, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        say(b, format, ap);
        va_end(ap);
}

void board_hold(struct board *b)
{
        if (b->held)
                return;
        b->held = true;
        b->draw = timer_free(b->draw);
        if (!b->region) {
                put_above(b);
                return;
        }
        draw(b); /* what was gathered stays above the question */
        region_clear(b->region);
}

void board_go_on(struct board *b)
{
        if (!b->held)
                return;
        b->held = false;
        b->drawn_ms = 0;
        changed(b);
}

struct board *board_free(struct board *b)
{
        if (!b)
                return NULL;
        timer_free(b->draw);
        if (b->region && b->drawn_ms > 0)
                region_clear(b->region);
        put_above(b);
        region_free(b->region);
        buf_done(&b->above);
        free(b->rows);
        free(b);
        return NULL;
}

/* ---- devices ---- */

void board_count(struct board *b, const struct board_counts *counts)
{
        b->counts = *counts;
        changed(b);
}

static struct board_row *row_of(struct board *b, size_t key)
{
        for (size_t i = 0; i < b->n_rows; i++)
                if (b->rows[i].key == key)
                        return &b->rows[i];
        return NULL;
}

static void copy(char *ret, size_t size, const char *text)
{
        text_shorten(ret, size, text ? text : "", text ? strlen(text) : 0);
        text_clean(ret);
}

static int make_room(struct board *b)
{
        size_t n = b->n_room ? 2 * b->n_room : 8;
        struct board_row *rows;

        if (b->n_rows < b->n_room)
                return 0;
        rows = reallocarray(b->rows, n, sizeof(*rows));
        if (!rows)
                return -ENOMEM;
        b->rows = rows;
        b->n_room = n;
        return 0;
}

int board_begin(struct board *b, size_t key, const char *serial, const char *name)
{
        struct board_row *row;

        if (row_of(b, key))
                return 0;
        if (make_room(b) < 0)
                return -ENOMEM;
        row = &b->rows[b->n_rows++];
        *row = (struct board_row){ .key = key, .begun_ms = timer_now_ms() };
        copy(row->serial, sizeof(row->serial), serial);
        copy(row->name, sizeof(row->name), name);
        b->named |= row->name[0] != 0;
        if (b->n_rows > b->slots)
                b->slots = b->n_rows;
        changed(b);
        return 0;
}

static void step_ended(struct board_row *row, const char *text)
{
        size_t n = 0;

        for (size_t i = 0; i < row->n_running; i++)
                if (strcmp(row->running[i].text, text) != 0)
                        row->running[n++] = row->running[i];
        row->n_running = n;
        if (strcmp(row->wait.text, text) == 0)
                row->wait.text[0] = 0;
}

static void step_began(struct board_row *row, const struct progress_step *step, const char *text)
{
        size_t n;

        step_ended(row, text);
        n = row->n_running < BOARD_RUNNING_MAX ? row->n_running++ : BOARD_RUNNING_MAX - 1;
        row->running[n].try = step->try;
        row->running[n].of = step->of;
        copy(row->running[n].text, sizeof(row->running[n].text), text);
        row->told_ms = 0;
        row->tenths = 0;
}

/* Where lines cannot be rewritten: after 10 s, 30 s, and each minute; or each tenth of a whole. */
static bool worth_a_line(struct board_row *row)
{
        uint64_t ms = row->wait.ms, told_ms = row->told_ms;
        unsigned tenths = row->wait.whole > 0 ? (unsigned)(row->wait.part * 10 / row->wait.whole) : 0;

        if (row->wait.whole > 0 && tenths == row->tenths)
                return false;
        row->tenths = tenths;
        row->told_ms = ms >= 60000 ? ms / 60000 * 60000 : ms >= 30000 ? 30000 : ms >= 10000 ? 10000 : 0;
        return row->wait.whole > 0 || row->told_ms > told_ms;
}

static void step_waits(struct board *b, struct board_row *row, const struct progress_step *step,
                       const char *text)
{
        char line[BOARD_LINE_MAX];

        copy(row->wait.text, sizeof(row->wait.text), text);
        copy(row->wait.hint, sizeof(row->wait.hint), step->hint);
        row->wait.ms = step->ms;
        row->wait.limit_ms = step->limit_ms;
        row->wait.part = step->part;
        row->wait.whole = step->whole;
        if (b->region || b->quiet || !worth_a_line(row))
                return;
        board_words_wait(row, line);
        gather(b, line);
}

static void step_changed(struct board *b, struct board_row *row, const struct progress_step *step,
                         const char *text)
{
        char line[BOARD_LINE_MAX];

        if ((!b->region || b->verbose) && !b->quiet &&
            board_words_step(row, step, b->verbose, b->colour, line))
                gather(b, line);
        if (strcmp(step->state, "started") == 0)
                step_began(row, step, text);
        else if (strcmp(step->state, "waiting") != 0)
                step_ended(row, text);
}

void board_step(struct board *b, size_t key, const struct progress_step *step)
{
        struct board_row *row = row_of(b, key);
        char text[BOARD_TEXT_MAX];

        if (!row || !step->text)
                return;
        copy(text, sizeof(text), step->text);
        if (!step->state || step->whole > 0)
                step_waits(b, row, step, text);
        else
                step_changed(b, row, step, text);
        changed(b);
}

void board_quiet(struct board *b, size_t key)
{
        struct board_row *row = row_of(b, key);

        if (!row || !row->wait.text[0])
                return;
        row->wait.text[0] = 0;
        changed(b);
}

bool board_at(const struct board *b, size_t i, size_t *ret_key)
{
        if (i >= b->n_rows)
                return false;
        *ret_key = b->rows[i].key;
        return true;
}

void board_end(struct board *b, size_t key, const struct board_end *end)
{
        struct board_row *row = row_of(b, key);
        char line[BOARD_LINE_MAX];
        size_t i;

        if (!row)
                return;
        if (end->outcome && !(b->quiet && strcmp(end->outcome, "done") == 0)) {
                board_words_end(row, end, b->colour, line);
                gather(b, line);
        }
        if (end->outcome && strcmp(end->outcome, "cancelled") != 0) {
                b->finished++;
                b->finished_ms += end->ms;
        }
        i = (size_t)(row - b->rows);
        memmove(row, row + 1, (b->n_rows - i - 1) * sizeof(*row));
        b->n_rows--;
        changed(b);
}
