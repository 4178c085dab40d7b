/* SPDX-License-Identifier: Apache-2.0 */

/* Serial numbers are no secret: they are typed as any line is, with the terminal's own echo and editing. */

#include "setup/cli/label-choice.h"
#include "proto/base/timer.h"
#include "setup/cli/line.h"
#include "setup/cli/loop.h"
#include "setup/cli/scan-tell.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 128 };

struct question {
        const struct label_choice *how;
        struct label_reading *reading;
        bool over;
        int error;
};

static void put_prompt(void)
{
        fputs("Which one? Its serial number, or the last six characters of it: ", stderr);
        (void)fflush(stderr);
}

/* -ENOENT: no sticker is called so. */
static int take_answer(struct question *q, char *answer)
{
        char *begin = answer + strspn(answer, " \t");

        begin[strcspn(begin, " \t\r\n")] = 0;
        return label_reading_choose(q->reading, begin);
}

static int on_line(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct question *q = userdata;
        char answer[ANSWER_MAX];
        ssize_t n = read(fd, answer, sizeof(answer) - 1);

        (void)source;
        (void)revents;
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
                return 0;
        if (n <= 0) { /* Ctrl-D: it stays ambiguous */
                fputc('\n', stderr);
                q->over = true;
                return 0;
        }
        answer[n] = 0;
        q->error = take_answer(q, answer);
        q->over = q->error != -ENOENT;
        if (!q->over) {
                progress_say(q->how->progress, "None of them is called so.");
                put_prompt();
        }
        return 0;
}

static void on_time(void *userdata)
{
        struct question *q = userdata;

        fputc('\n', stderr);
        q->over = true;
}

static int ask(const struct label_choice *how, struct label_reading *reading)
{
        _cleanup_(sd_event_source_disable_unrefp) sd_event_source *line = NULL;
        _cleanup_(timer_freep) struct timer *deadline = NULL;
        struct question q = { .how = how, .reading = reading };
        int r;

        scan_tell_trouble(how->progress, &reading->trouble);
        r = sd_event_add_io(how->loop, &line, STDIN_FILENO, EPOLLIN, on_line, &q);
        if (r >= 0 && how->timeout_s)
                r = timer_new(how->loop, how->timeout_s * UINT64_C(1000), on_time, &q, &deadline);
        if (r < 0)
                return r;
        put_prompt();
        r = loop_until(how->loop, &q.over);
        return r < 0 ? r : q.error == -ENOENT ? 0 : q.error;
}

int label_choose(const struct label_choice *how, struct label_reading *reading)
{
        char shown[LINE_SHOWN_MAX];
        int r;

        if (reading->trouble.fault == FAULT_LABEL_AMBIGUOUS && how->serial) {
                r = label_reading_choose(reading, how->serial);
                if (r == -ENOENT)
                        trouble_add(&reading->trouble, "; --serial %s tells none of them",
                                    line_shown(how->serial, shown));
                return r == -ENOENT ? 0 : r;
        }
        if (reading->trouble.fault == FAULT_LABEL_AMBIGUOUS)
                return how->ask ? ask(how, reading) : 0;
        if (reading->trouble.fault != FAULT_NONE || !how->serial || !reading->label.mobile_secret ||
            label_is_called(&reading->label, how->serial))
                return 0;
        (void)trouble_set(&reading->trouble, FAULT_CONFIG,
                          "the sticker is that of %s, and not of --serial %s", reading->label.serial,
                          line_shown(how->serial, shown));
        label_done(&reading->label);
        return 0;
}
