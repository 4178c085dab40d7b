/* SPDX-License-Identifier: Apache-2.0 */

/* Two lanes work at once, so steps end in any order: a step's line is written when it is over, and the live
 * line names what is still going on. */

#include "setup/cli/progress.h"
#include "setup/cli/ending.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

enum { RUNNING_MAX = 4, LIVE_MAX = 160, PART_MAX = 64 };

struct progress {
        FILE *f;        /* where to write now: the terminal, or what is held back */
        FILE *terminal; /* while something is held back */
        char *held;
        size_t held_len;
        bool quiet, verbose, live, colour;
        bool shown; /* the live line is on the screen */
        const char *running[RUNNING_MAX];
        size_t n_running;
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

static void put_cause(struct progress *p, const struct runner_event *e)
{
        if (e->trouble.cause[0] || e->trouble.fault != FAULT_NONE)
                fputs(trouble_words(&e->trouble), p->f);
}

/* Cut to the terminal's width: a live line that wraps could not be taken back. */
static void put_live(struct progress *p)
{
        struct winsize size = { 0 };
        char line[LIVE_MAX] = "  ";
        size_t width;

        if (!p->live || p->terminal || p->n_running == 0)
                return;
        for (size_t i = 0; i < p->n_running; i++) {
                if (i > 0)
                        strncat(line, ", ", sizeof(line) - 1 - strlen(line));
                strncat(line, p->running[i], sizeof(line) - 1 - strlen(line));
        }
        strncat(line, " ... ", sizeof(line) - 1 - strlen(line));
        strncat(line, p->part, sizeof(line) - 1 - strlen(line));
        width = ioctl(fileno(p->f), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
        fprintf(p->f, "\r\033[K%.*s", (int)width, line);
        (void)fflush(p->f);
        p->shown = true;
}

static void started(struct progress *p, const char *text)
{
        for (size_t i = 0; i < p->n_running; i++)
                if (p->running[i] == text)
                        return;
        if (p->n_running < RUNNING_MAX)
                p->running[p->n_running++] = text;
}

static void ended(struct progress *p, const char *text)
{
        for (size_t i = 0; i < p->n_running; i++)
                if (p->running[i] == text) {
                        p->running[i] = p->running[--p->n_running];
                        return;
                }
}

/* Bytes of a whole, with the rate and the time that are to be expected at this rate. */
static void note_part(struct progress *p, const struct runner_event *e)
{
        double rate = e->ms ? (double)e->part * 1000 / (double)e->ms : 0;
        double left_s = rate > 0 ? (double)(e->whole - e->part) / rate : 0;
        int n = snprintf(p->part, sizeof(p->part), "%zu %% of %.1f kB", e->part * 100 / e->whole,
                         (double)e->whole / 1000);

        if (rate > 0 && n > 0 && (size_t)n < sizeof(p->part))
                (void)snprintf(p->part + n, sizeof(p->part) - (size_t)n, ", %.1f kB/s, %.0f s left",
                               rate / 1000, left_s);
}

/* On a terminal one line is rewritten; elsewhere a line for each tenth is enough. */
static void put_part(struct progress *p, const struct runner_event *e)
{
        unsigned tenths = (unsigned)(e->part * 10 / e->whole);

        note_part(p, e);
        if (p->live || (tenths == p->tenths && e->part))
                return;
        p->tenths = tenths;
        fprintf(p->f, "  %s ... %s\n", e->text, p->part);
}

static void put_end(struct progress *p, const struct runner_event *e, enum colour c, const char *word)
{
        take_live_back(p);
        ended(p, e->text);
        p->part[0] = 0;
        fprintf(p->f, "  %s ... %s%s%s", e->text, colour(p, c), word, colour(p, PLAIN));
        if (e->state == STEP_DONE) {
                fputs(", ", p->f);
                put_duration(p->f, e->ms);
                if (e->trouble.cause[0])
                        fprintf(p->f, " (%s)", e->trouble.cause);
        } else {
                if (e->state == STEP_RETRYING)
                        fprintf(p->f, " (%u of %u)", e->try + 1, e->of);
                fputs(": ", p->f);
                put_cause(p, e);
        }
        fputc('\n', p->f);
}

/* What else is told only to whoever asked for more. */
static void put_more(struct progress *p, const struct runner_event *e)
{
        if (e->state != STEP_STARTED && e->state != STEP_SKIPPED)
                return;
        take_live_back(p);
        if (e->state == STEP_STARTED)
                fprintf(p->f, "  %s ... begins: try %u of %u, light %s\n", e->text, e->try, e->of, e->light);
        else
                fprintf(p->f, "  %s ... not needed\n", e->text);
}

void progress_step(struct progress *p, const struct runner_event *e)
{
        if (p->quiet)
                return;
        if (p->verbose)
                put_more(p, e);
        switch (e->state) {
        case STEP_STARTED: started(p, e->text); break;
        case STEP_DONE: put_end(p, e, GREEN, "ok"); break;
        case STEP_RETRYING: put_end(p, e, YELLOW, "trying again"); break;
        case STEP_FAILED: put_end(p, e, RED, "failed"); break;
        case STEP_SKIPPED: ended(p, e->text); break;
        case STEP_WAITING:
                if (e->whole) {
                        put_part(p, e);
                        break;
                }
                take_live_back(p);
                fprintf(p->f, "  %s ... ", e->text);
                put_cause(p, e);
                fputc('\n', p->f);
                break;
        }
        put_live(p);
        (void)fflush(p->f);
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

void progress_result(struct progress *p, const struct job *job, uint64_t ms)
{
        p->n_running = 0;
        progress_go_on(p);
        take_live_back(p);
        if (job->end.outcome != JOB_DONE) {
                if (progress_trouble(p->f, &job->end.trouble) == EXIT_DEVICE_CLOUD && *job_platform(job))
                        fprintf(p->f, "  Its light: usher light --platform %s, and what the light shows\n",
                                job_platform(job));
                return;
        }
        if (p->quiet)
                return;
        fputs("Done in ", p->f);
        put_duration(p->f, ms);
        fputs(".\n", p->f);
        put_fact(p->f, "serial", job->asked.label.serial);
        put_fact(p->f, "device id", job_device_id(job));
        put_fact(p->f, "platform", job_platform(job));
        put_fact(p->f, "Device OS", job->identity.os);
        put_fact(p->f, "owner",
                 job->claim.code_set && job->asked.profile.claim == CLAIM_CODE
                         ? "whose claim code it was, if that was still good: no account is asked here"
                         : job->cloud.owner_name);
        put_fact(p->f, "name", job->cloud.name);
        put_fact(p->f, "note", job->end.trouble.cause);
        (void)fflush(p->f);
}
