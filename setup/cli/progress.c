/* SPDX-License-Identifier: Apache-2.0 */

/* Two lanes work at once, so steps end in any order: a step's line is written when it is over, and the live
 * line names what is still going on. As soon as something takes long the line is about that alone: there is
 * room for one. */

#include "setup/cli/progress.h"
#include "setup/cli/ending.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

enum { RUNNING_MAX = 4, LIVE_MAX = 240, PART_MAX = 64, TEXT_MAX = 80, HINT_MAX = 160 };

struct going {
        char text[TEXT_MAX];
        uint64_t told_ms; /* how far a wait was when a line told of it; 0: none has */
};

struct progress {
        FILE *f;        /* where to write now: the terminal, or what is held back */
        FILE *terminal; /* while something is held back */
        char *held;
        size_t held_len;
        bool quiet, verbose, live, colour;
        bool shown;       /* the live line is on the screen */
        const char *idle; /* what is shown while nothing runs; NULL: nothing */
        struct going running[RUNNING_MAX];
        size_t n_running;
        struct {
                char text[TEXT_MAX], hint[HINT_MAX]; /* the step that takes long; "": none */
                unsigned s, of_s;
        } wait;
        char part[PART_MAX]; /* how far the running step has come; "" = it does not say */
        unsigned tenths;     /* of it that were told where lines cannot be rewritten */
};

enum colour { PLAIN, GREEN, YELLOW, RED };

static const char *colour(const struct progress *p, enum colour c)
{
        static const char *const codes[] = {
                [PLAIN] = "\033[0m", [GREEN] = "\033[32m", [YELLOW] = "\033[33m", [RED] = "\033[31m"
        };

        return p->colour ? codes[c] : "";
}

int progress_new(FILE *f, bool quiet, struct progress **ret)
{
        const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
        struct progress *p = calloc(1, sizeof(*p));

        if (!p)
                return -ENOMEM;
        p->f = f;
        p->quiet = quiet;
        p->live = !quiet && isatty(fileno(f)) && term && strcmp(term, "dumb") != 0;
        p->colour = p->live && !(no_color && *no_color);
        *ret = p;
        return 0;
}

void progress_set_verbose(struct progress *p)
{
        p->verbose = true;
}

static void put_live(struct progress *p);

static void take_live_back(struct progress *p)
{
        if (p->shown)
                fputs("\r\033[K", p->f);
        p->shown = false;
        (void)fflush(p->f);
}

void progress_hold(struct progress *p)
{
        FILE *f;

        take_live_back(p);
        p->wait.text[0] = 0; /* how long it has taken by the time of the answer is not known yet */
        if (p->terminal)
                return;
        f = open_memstream(&p->held, &p->held_len);
        if (!f)
                return; /* without memory for it, lines come in between */
        p->terminal = p->f;
        p->f = f;
}

void progress_go_on(struct progress *p)
{
        if (!p->terminal)
                return;
        (void)fclose(p->f);
        p->f = TAKE_PTR(p->terminal);
        (void)fwrite(p->held, 1, p->held_len, p->f);
        free(TAKE_PTR(p->held));
        put_live(p);
        (void)fflush(p->f);
}

struct progress *progress_free(struct progress *p)
{
        if (!p)
                return NULL;
        progress_go_on(p);
        take_live_back(p);
        free(p);
        return NULL;
}

static void put_duration(FILE *f, uint64_t ms)
{
        if (ms < 1000)
                fprintf(f, "%u ms", (unsigned)ms);
        else
                fprintf(f, "%.1f s", (double)ms / 1000);
}

static void put_cause(struct progress *p, const struct progress_step *e)
{
        const char *words = e->cause ? e->cause : e->sentence;

        if (words)
                fputs(words, p->f);
}

static void add(char line[static LIVE_MAX], const char *text)
{
        strncat(line, text, LIVE_MAX - 1 - strlen(line));
}

static void add_more(char line[static LIVE_MAX], const char *text)
{
        if (!*text)
                return;
        add(line, ", ");
        add(line, text);
}

/* "Looking for the device ... 12 s of 60, hold MODE until it blinks dark blue" */
static void add_wait(const struct progress *p, char line[static LIVE_MAX])
{
        char time[PART_MAX];

        (void)snprintf(time, sizeof(time), " ... %u s of %u", p->wait.s, p->wait.of_s);
        add(line, p->wait.text);
        add(line, time);
        add_more(line, p->part);
        add_more(line, p->wait.hint);
}

/* Cut to the terminal's width: a live line that wraps could not be taken back. */
static void put_live(struct progress *p)
{
        struct winsize size = { 0 };
        char line[LIVE_MAX] = "  ";
        size_t width;

        if (!p->live || p->terminal || (p->n_running == 0 && !p->idle))
                return;
        if (p->n_running == 0) {
                add(line, p->idle);
        } else if (p->wait.text[0]) {
                add_wait(p, line);
        } else {
                for (size_t i = 0; i < p->n_running; i++) {
                        add(line, i > 0 ? ", " : "");
                        add(line, p->running[i].text);
                }
                add(line, " ... ");
                add(line, p->part);
        }
        width = ioctl(fileno(p->f), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
        fprintf(p->f, "\r\033[K%.*s", (int)width, line);
        (void)fflush(p->f);
        p->shown = true;
}

static void put_line(struct progress *p, const char *format, va_list arguments)
{
        take_live_back(p);
        (void)vfprintf(p->f, format, arguments);
        (void)fputc('\n', p->f);
        put_live(p);
        (void)fflush(p->f);
}

void progress_say(struct progress *p, const char *format, ...)
{
        va_list ap;

        if (p->quiet)
                return;
        va_start(ap, format);
        put_line(p, format, ap);
        va_end(ap);
}

void progress_warn(struct progress *p, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        put_line(p, format, ap);
        va_end(ap);
}

void progress_live(struct progress *p, const char *text)
{
        p->idle = text;
        if (!p->live)
                return;
        take_live_back(p);
        put_live(p);
}

/* What is longer than any step's words only looks cut. */
static void keep(char *to, size_t size, const char *text)
{
        (void)snprintf(to, size, "%s", text ? text : "");
}

static struct going *going(struct progress *p, const char *text)
{
        for (size_t i = 0; i < p->n_running; i++)
                if (strcmp(p->running[i].text, text) == 0)
                        return &p->running[i];
        return NULL;
}

static void started(struct progress *p, const char *text)
{
        struct going *g = going(p, text);

        if (!g && p->n_running < RUNNING_MAX)
                g = &p->running[p->n_running++];
        if (!g)
                return;
        *g = (struct going){};
        keep(g->text, sizeof(g->text), text);
}

static void ended(struct progress *p, const char *text)
{
        struct going *g = going(p, text);

        if (g)
                *g = p->running[--p->n_running];
        if (strcmp(p->wait.text, text) == 0)
                p->wait.text[0] = 0;
}

/* Bytes of a whole, with the rate and the time that are to be expected at this rate. */
static void note_part(struct progress *p, const struct progress_step *e)
{
        double rate = e->ms ? (double)e->part * 1000 / (double)e->ms : 0;
        double left_s = rate > 0 ? (double)(e->whole - e->part) / rate : 0;
        int n = snprintf(p->part, sizeof(p->part), "%" PRIu64 " %% of %.1f kB", e->part * 100 / e->whole,
                         (double)e->whole / 1000);

        if (rate > 0 && n > 0 && (size_t)n < sizeof(p->part))
                (void)snprintf(p->part + n, sizeof(p->part) - (size_t)n, ", %.1f kB/s, %.0f s left",
                               rate / 1000, left_s);
}

/* On a terminal one line is rewritten; elsewhere a line for each tenth is enough. */
static void put_part(struct progress *p, const struct progress_step *e)
{
        unsigned tenths = (unsigned)(e->part * 10 / e->whole);

        note_part(p, e);
        if (p->live || (tenths == p->tenths && e->part))
                return;
        p->tenths = tenths;
        fprintf(p->f, "  %s ... %s\n", e->text, p->part);
}

static void put_end(struct progress *p, const struct progress_step *e, enum colour c, const char *word)
{
        take_live_back(p);
        ended(p, e->text);
        p->part[0] = 0;
        fprintf(p->f, "  %s ... %s%s%s", e->text, colour(p, c), word, colour(p, PLAIN));
        if (c == GREEN) {
                fputs(", ", p->f);
                put_duration(p->f, e->ms);
                if (e->cause)
                        fprintf(p->f, " (%s)", e->cause);
        } else {
                if (c == YELLOW)
                        fprintf(p->f, " (%u of %u)", e->try + 1, e->of);
                fputs(": ", p->f);
                put_cause(p, e);
        }
        fputc('\n', p->f);
}

/* What else is told only to whoever asked for more. */
static void put_begin(struct progress *p, const struct progress_step *e)
{
        started(p, e->text);
        if (!p->verbose)
                return;
        take_live_back(p);
        fprintf(p->f, "  %s ... begins: try %u of %u, light %s\n", e->text, e->try, e->of, e->light);
}

static void put_skip(struct progress *p, const struct progress_step *e)
{
        ended(p, e->text);
        if (!p->verbose)
                return;
        take_live_back(p);
        fprintf(p->f, "  %s ... not needed\n", e->text);
}

static void put_done(struct progress *p, const struct progress_step *e)
{
        put_end(p, e, GREEN, "ok");
}

static void put_retry(struct progress *p, const struct progress_step *e)
{
        put_end(p, e, YELLOW, "trying again");
}

static void put_failure(struct progress *p, const struct progress_step *e)
{
        put_end(p, e, RED, "failed");
}

static void put_reason(struct progress *p, const struct progress_step *e)
{
        if (e->whole) {
                put_part(p, e);
                return;
        }
        take_live_back(p);
        fprintf(p->f, "  %s ... ", e->text);
        put_cause(p, e);
        fputc('\n', p->f);
}

void progress_step(struct progress *p, const struct progress_step *e)
{
        static const struct {
                const char *state;
                void (*put)(struct progress *p, const struct progress_step *e);
        } rows[] = {
                { "started", put_begin },  { "done", put_done },    { "retrying", put_retry },
                { "failed", put_failure }, { "skipped", put_skip }, { "waiting", put_reason },
        };

        if (p->quiet)
                return;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (strcmp(rows[i].state, e->state) == 0)
                        rows[i].put(p, e);
        put_live(p);
        (void)fflush(p->f);
}

/* Where lines cannot be rewritten: after 10 s, 30 s, and each minute. */
static uint64_t worth_a_line(uint64_t ms)
{
        return ms >= 60000 ? ms / 60000 * 60000 : ms >= 30000 ? 30000 : ms >= 10000 ? 10000 : 0;
}

static void put_wait(struct progress *p, const struct progress_step *e)
{
        struct going *g = going(p, e->text);
        uint64_t now_ms = worth_a_line(e->ms);
        char line[LIVE_MAX] = "  ";

        if (!g || e->whole) /* its tenths are told */
                return;
        if (now_ms > g->told_ms) {
                add_wait(p, line);
                fprintf(p->f, "%s\n", line);
                (void)fflush(p->f);
        }
        g->told_ms = now_ms;
}

void progress_wait(struct progress *p, const struct progress_step *e)
{
        bool shown = p->wait.text[0];

        if (p->quiet || p->terminal)
                return;
        keep(p->wait.text, sizeof(p->wait.text), e ? e->text : NULL);
        if (e) {
                keep(p->wait.hint, sizeof(p->wait.hint), e->hint);
                p->wait.s = (unsigned)(e->ms / 1000);
                p->wait.of_s = (unsigned)(e->limit_ms / 1000);
        }
        if (p->live && (e || shown))
                put_live(p);
        else if (e)
                put_wait(p, e);
}

int progress_trouble(FILE *f, const struct trouble *t)
{
        const struct fault_info *info = fault_info(t->fault);

        ending_note(t);
        fprintf(f, "%s\n", info->sentence);
        if (t->cause[0])
                fprintf(f, "  Cause: %s\n", t->cause);
        fprintf(f, "  What to do: %s\n", info->advice);
        return info->exit_code;
}

static void put_fact(FILE *f, const char *name, const char *value)
{
        if (value && *value)
                fprintf(f, "  %-10s%s\n", name, value);
}

void progress_result(struct progress *p, const struct progress_end *end)
{
        p->n_running = 0;
        p->wait.text[0] = 0;
        p->part[0] = 0;
        progress_go_on(p);
        take_live_back(p);
        if (!end->done) {
                if (progress_trouble(p->f, &end->trouble) == EXIT_DEVICE_CLOUD && end->platform &&
                    *end->platform)
                        fprintf(p->f, "  Its light: usher light --platform %s, and what the light shows\n",
                                end->platform);
                return;
        }
        if (p->quiet)
                return;
        fputs("Done in ", p->f);
        put_duration(p->f, end->ms);
        fputs(".\n", p->f);
        put_fact(p->f, "serial", end->serial);
        put_fact(p->f, "device id", end->id);
        put_fact(p->f, "platform", end->platform);
        put_fact(p->f, "Device OS", end->os);
        put_fact(p->f, "owner",
                 end->code_given
                         ? "whose claim code it was, if that was still good: no account is asked here"
                         : end->owner);
        put_fact(p->f, "name", end->name);
        put_fact(p->f, "note", end->trouble.cause);
        (void)fflush(p->f);
}
