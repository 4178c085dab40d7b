/* SPDX-License-Identifier: Apache-2.0 */

/* Labels go to standard output, what a person must know of the device to standard error. A code that is no
 * label is told and ends nothing. */

#include "setup/cli/scan-codes.h"
#include "proto/base/text.h"
#include "proto/base/timer.h"
#include "setup/cli/label-print.h"
#include "setup/cli/line.h"
#include "setup/cli/loop.h"
#include "setup/cli/scan-raw.h"
#include "setup/cli/scan-tell.h"
#include "setup/cli/signals.h"
#include "setup/label/decoder.h"
#include "setup/label/scanner/scanner.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

struct scanning {
        const struct scan_codes *how;
        sd_event *loop;
        struct progress *progress;
        struct silence *silence;
        struct source *source; /* the intake's */
        struct intake *intake;
        struct line_counts counts;
        struct trouble why; /* why nothing more comes */
        int error;
        bool over;
};

static int put_label(const struct scan_codes *how, const struct scan *scan, const struct label *l)
{
        if (how->json)
                return scan_tell_json(stdout, scan, l, &(struct trouble){}, how->show_secret, NULL);
        label_print(stdout, scan->from, l, how->show_secret);
        return fflush(stdout) == 0 ? 0 : -EIO;
}

static int refuse(struct scanning *s, const struct scan *scan, const struct trouble *why)
{
        s->counts.failed++;
        scan_tell_trouble(s->progress, why);
        return s->how->json ? scan_tell_json(stdout, scan, NULL, why, false, NULL) : 0;
}

static void show_raw(const struct scanning *s, const struct scan *scan)
{
        if (s->how->test)
                scan_raw_print(stdout, s->how->input.scanner ? scanner_raw(s->source) : "", scan,
                               s->how->show_secret);
}

static int take_scan(struct scanning *s, const struct scan *scan)
{
        struct trouble why = {};
        struct label l = {};
        int r;

        progress_live(s->progress, NULL);
        show_raw(s, scan);
        r = label_parse(secret_text(scan->text), secret_len(scan->text), &l, &why);
        if (r == -EINVAL)
                return refuse(s, scan, &why);
        if (r >= 0)
                r = put_label(s->how, scan, &l);
        s->counts.done += r >= 0;
        label_done(&l);
        return r;
}

static int take_refusal(struct scanning *s)
{
        const struct trouble *why = intake_trouble(s->intake);

        show_raw(s, NULL);
        if (why->fault != FAULT_NONE)
                return refuse(s, NULL, why);
        scan_tell_event(s->progress, s->intake, SOURCE_REFUSED);
        return 0;
}

static void on_event(void *userdata, enum source_event event, struct scan *scan)
{
        struct scanning *s = userdata;
        int r = 0;

        if (s->over)
                return;
        if (event == SOURCE_SCAN)
                r = take_scan(s, scan);
        else if (event == SOURCE_REFUSED)
                r = take_refusal(s);
        else if (event == SOURCE_END)
                r = intake_error(s->intake);
        else
                scan_tell_event(s->progress, s->intake, event);
        if (event == SOURCE_END)
                s->why = *intake_trouble(s->intake);
        s->error = r < 0 ? r : 0;
        s->over = r < 0 || event == SOURCE_END || (s->how->count && s->counts.done == s->how->count);
}

static void on_time(void *userdata)
{
        struct scanning *s = userdata;

        if (s->how->count || s->counts.done == 0)
                (void)trouble_set(&s->why, FAULT_TIMEOUT, "%zu stickers were scanned within %u s",
                                  s->counts.done, s->how->timeout_s);
        s->over = true;
}

static int open_source(struct scanning *s)
{
        int r = signals_watch(s->loop);

        if (r >= 0 && label_input_is_live(&s->how->input))
                return label_input_open(&s->how->input, s->how->test, &s->source);
        if (r >= 0)
                r = silence_new(STDIN_FILENO, &s->silence);
        return r < 0 ? r : source_open_terminal(STDIN_FILENO, "terminal", &s->source);
}

static int listen(struct scanning *s)
{
        _cleanup_(timer_freep) struct timer *deadline = NULL;
        int r = open_source(s);

        if (r >= 0)
                r = intake_new(s->loop, s->source, on_event, s, &s->intake);
        if (r >= 0 && s->how->timeout_s)
                r = timer_new(s->loop, s->how->timeout_s * UINT64_C(1000), on_time, s, &deadline);
        if (r >= 0 && !s->silence)
                r = loop_turn(s->loop); /* opens the device: who is told to scan can do so */
        if (r >= 0 && !s->over)
                progress_say(s->progress, "Scan stickers. Ctrl-C ends.");
        if (r >= 0)
                r = loop_until(s->loop, &s->over);
        progress_live(s->progress, NULL);
        return r < 0 ? r : s->error;
}

static int conclude(const struct scanning *s, int r)
{
        struct trouble why = s->why;

        if (r < 0)
                trouble_complete(&why, r);
        if (r == -EIO && !line_kept())
                return EXIT_INTERNAL;
        if (why.fault == FAULT_CANCELLED && s->how->json)
                return line_summary(stdout, &s->counts, EXIT_CANCELLED) < 0 ? EXIT_INTERNAL : EXIT_CANCELLED;
        if (why.fault == FAULT_CANCELLED)
                return EXIT_CANCELLED;
        if (why.fault != FAULT_NONE)
                return progress_trouble(stderr, &why);
        if (s->how->json && line_summary(stdout, &s->counts, EXIT_DONE) < 0)
                return EXIT_INTERNAL;
        return EXIT_DONE;
}

int scan_codes(const struct scan_codes *how)
{
        struct scanning s = { .how = how };
        int r = sd_event_new(&s.loop);

        if (r >= 0)
                r = progress_new(stderr, false, &s.progress);
        if (r >= 0)
                r = listen(&s);
        r = conclude(&s, r);
        intake_free(s.intake);
        silence_free(s.silence);
        progress_free(s.progress);
        sd_event_unref(s.loop);
        return r;
}

/* ---- pictures ---- */

/* One of the codes of a picture. 1: it is a label. */
static int put_code(const struct scan_codes *how, const struct scan *code)
{
        struct trouble why;
        struct label l = {};
        int r = label_parse(secret_text(code->text), secret_len(code->text), &l, &why);

        if (r < 0)
                return r == -EINVAL ? 0 : r;
        r = put_label(how, code, &l);
        label_done(&l);
        return r < 0 ? r : 1;
}

static int put_picture(const struct scan_codes *how, const char *path, struct decoder *decoder,
                       struct line_counts *counts)
{
        _cleanup_(label_reading_done) struct label_reading reading = {};
        struct scan none = { .origin = SOURCE_PICTURE };
        size_t labels = 0;
        int r = label_reading_picture(&reading, path, decoder);

        for (size_t i = 0; i < reading.n_codes && r >= 0; i++) {
                r = put_code(how, &reading.codes[i]);
                labels += r > 0;
        }
        counts->done += labels;
        if (r < 0 || labels > 0)
                return r < 0 ? r : EXIT_DONE;
        counts->failed++;
        text_shorten(none.from, sizeof(none.from), path, strlen(path));
        (void)progress_trouble(stderr, &reading.trouble);
        r = how->json ? scan_tell_json(stdout, &none, NULL, &reading.trouble, false, NULL) : 0;
        return r < 0 ? r : fault_info(reading.trouble.fault)->exit_code;
}

int scan_pictures(const struct scan_codes *how, char **paths, size_t n)
{
        _cleanup_(decoder_freep) struct decoder *decoder = NULL;
        struct line_counts counts = {};
        int worst = EXIT_DONE, r = decoder_new(&decoder);

        for (size_t i = 0; i < n && r >= 0; i++) {
                r = put_picture(how, paths[i], decoder, &counts);
                if (r > 0 && worst == EXIT_DONE)
                        worst = r; /* the first one's */
        }
        if (r < 0 && line_kept())
                fprintf(stderr, "usher scan: %s\n", strerror(-r));
        if (r >= 0 && how->json)
                r = line_summary(stdout, &counts, worst);
        return r < 0 ? EXIT_INTERNAL : worst;
}
