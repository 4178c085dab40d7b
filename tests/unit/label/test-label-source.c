/* SPDX-License-Identifier: Apache-2.0 */

/* Sources as a program with a loop uses them: what comes, when, and that nothing ever waits in dispatch. */

#include "setup/label/source.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/next-event.h"
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>

enum { PATIENCE_MS = 60000 };

#define TEXT "ARNHAB000ABCDEF abcDEF123456789"

/* Turns until there is an event, as a loop would. */
static int next(struct source *s, struct scan *ret)
{
        return next_event(s, PATIENCE_MS, true, ret);
}

static void expect_scan(struct source *s, const char *text, const char *from)
{
        _cleanup_(scan_done) struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(secret_text(scan.text), text);
        assert_string_equal(scan.from, from);
        assert_true(scan.at_ms > 0);
}

static void expect_end(struct source *s)
{
        struct scan scan;

        assert_int_equal(next(s, &scan), SOURCE_END);
        assert_int_equal(source_timeout_ms(s), 0);
        assert_int_equal(next(s, &scan), SOURCE_END);
}

static void reads_a_file_that_has_no_name(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        int fd = memfd_create("label", MFD_CLOEXEC);

        (void)state;
        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, TEXT "\r\n", sizeof(TEXT) + 1, 0), sizeof(TEXT) + 1);
        assert_int_equal(source_open_file_fd(fd, "upload", &s), 0);
        assert_int_equal(close(fd), 0);
        expect_scan(s, TEXT, "upload");
        expect_end(s);
}

static void reads_a_pipe_as_it_is_written(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct scan scan;
        int ends[2];

        (void)state;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(source_open_file_fd(ends[0], "pipe", &s), 0);
        close(ends[0]);
        for (const char *c = TEXT; *c; c++) {
                assert_int_equal(source_dispatch(s, &scan), SOURCE_NOTHING);
                assert_int_not_equal(source_timeout_ms(s), 0);
                assert_int_equal(write(ends[1], c, 1), 1);
        }
        assert_int_equal(source_dispatch(s, &scan), SOURCE_NOTHING);
        close(ends[1]);
        expect_scan(s, TEXT, "pipe");
        expect_end(s);
}

static void expect_refusal(struct source *s, enum fault fault, const char *cause)
{
        struct scan scan;

        assert_int_equal(next(s, &scan), SOURCE_REFUSED);
        if (source_trouble(s)->fault != fault || !strstr(source_trouble(s)->cause, cause))
                fail_msg("'%s' instead of '%s'", source_trouble(s)->cause, cause);
        assert_int_equal(source_hint(s), SOURCE_HINT_NONE);
        expect_end(s);
}

static void refuses_what_is_no_text(void **state)
{
        static char big[5000];
        static const struct {
                const char *bytes;
                size_t len;
                const char *cause;
        } rows[] = {
                { "", 0, "upload is empty" },
                { "\r\n", 2, "upload is empty" },
                { big, sizeof(big), "too long for the text of a label" },
                { "\xff\xfe"
                  "A",
                  3, "UTF-16" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(source_freep) struct source *s = NULL;
                int fd = memfd_create("label", MFD_CLOEXEC);

                assert_int_equal(pwrite(fd, rows[i].bytes, rows[i].len, 0), rows[i].len);
                assert_int_equal(source_open_file_fd(fd, "upload", &s), 0);
                close(fd);
                expect_refusal(s, i < 3 ? FAULT_LABEL_INVALID : FAULT_CONFIG, rows[i].cause);
        }
}

static void tells_bad_paths_by_dispatch(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL, *folder = NULL;

        (void)state;
        assert_int_equal(source_open_file("/nonexistent/label", &s), 0);
        expect_refusal(s, FAULT_CONFIG, "/nonexistent/label: No such file");
        assert_int_equal(source_open_file("/", &folder), 0);
        expect_refusal(folder, FAULT_CONFIG, "Is a directory");
        assert_null(source_free(NULL));
}

/* ---- a terminal ---- */

#define SERIAL "ARNHAB000ABCDEF"

struct desk {
        int keyboard, fd; /* both ends of the terminal */
        struct source *source;
};

static struct desk sit_down(void)
{
        struct desk d = { 0 };
        struct termios raw;

        assert_int_equal(openpty(&d.keyboard, &d.fd, NULL, NULL, NULL), 0);
        assert_int_equal(tcgetattr(d.keyboard, &raw), 0);
        assert_true(raw.c_lflag & ECHO);
        assert_int_equal(source_open_terminal(d.fd, "terminal", &d.source), 0);
        return d;
}

/* What the screen shows; the terminal's own setting is back. */
static void stand_up(struct desk *d, const char *shown)
{
        char screen[256] = "";
        struct termios now;

        d->source = source_free(d->source);
        assert_int_equal(tcgetattr(d->fd, &now), 0);
        assert_int_equal(now.c_lflag & (ECHO | ICANON | ISIG), ECHO | ICANON | ISIG);
        assert_int_equal(fcntl(d->keyboard, F_SETFL, O_NONBLOCK), 0);
        (void)!read(d->keyboard, screen, sizeof(screen) - 1);
        assert_string_equal(screen, shown);
        close(d->keyboard);
        close(d->fd);
}

static void type(const struct desk *d, const char *keys)
{
        assert_int_equal(write(d->keyboard, keys, strlen(keys)), strlen(keys));
}

static void takes_scans_with_every_suffix(void **state)
{
        static const char *const scans[] = {
                TEXT "\r", TEXT "\n", TEXT "\r\n", TEXT "\t", TEXT, "\x02" TEXT "\r", "]d1" TEXT "\r",
        };
        struct desk d = sit_down();

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(scans); i++) {
                type(&d, scans[i]);
                expect_scan(d.source, TEXT, "terminal");
        }
        type(&d, "\4");
        expect_end(d.source);
        stand_up(&d, "");
}

/* A short secret could go on: silence does not end it, whoever types it. */
static void ends_no_text_in_the_middle(void **state)
{
        static const char *const halves[] = { "ARNH", SERIAL, SERIAL " abc", SERIAL " abcDEF123456",
                                              SERIAL " abcDEF12345678" };
        struct desk d = sit_down();
        struct scan scan;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(halves); i++) {
                type(&d, halves[i]);
                assert_int_equal(source_dispatch(d.source, &scan), SOURCE_NOTHING);
                assert_int_equal(source_timeout_ms(d.source), -1);
                type(&d, "\x15");
        }
        type(&d, SERIAL " abcDEF123456\r");
        expect_scan(d.source, SERIAL " abcDEF123456", "terminal");
        stand_up(&d, "");
}

/* The scanner and the terminal are gone with half a code typed. */
static void leaves_half_a_text_behind(void **state)
{
        struct desk d = sit_down();

        (void)state;
        type(&d, SERIAL " abcDEF123456");
        close(d.keyboard);
        expect_end(d.source);
        assert_null(source_free(d.source));
        close(d.fd);
}

static void lets_a_person_correct(void **state)
{
        struct desk d = sit_down();

        (void)state;
        type(&d, "\r\n\x7f\b"
                 "X"
                 "\x7f" SERIAL " \xc3\xa4\x7f"
                 "abcDEF12345678x\b9\n");
        expect_scan(d.source, TEXT, "terminal");
        type(&d, "all wrong\x15" TEXT "\4");
        expect_scan(d.source, TEXT, "terminal");
        type(&d, SERIAL "\tabcDEF123456789\n");
        expect_scan(d.source, SERIAL "\tabcDEF123456789", "terminal");
        stand_up(&d, "");
}

static void expect_refused_line(struct desk *d, const char *keys, const char *cause)
{
        struct scan scan;

        type(d, keys);
        assert_int_equal(next(d->source, &scan), SOURCE_REFUSED);
        assert_int_equal(source_trouble(d->source)->fault, FAULT_LABEL_INVALID);
        if (!strstr(source_trouble(d->source)->cause, cause))
                fail_msg("'%s' instead of '%s'", source_trouble(d->source)->cause, cause);
}

static void refuses_other_keys_and_codes(void **state)
{
        struct desk d = sit_down();

        (void)state;
        expect_refused_line(&d, SERIAL "\x1b[D abcDEF123456789\n", "terminal: a key or character");
        expect_refused_line(&d, "]C1" SERIAL "\r", "names it ]C1");
        for (size_t i = 0; i < 10; i++)
                type(&d, "01234567890123456789012345678901234567890123456789012345");
        expect_refused_line(&d, "\n", "longer than 512");
        type(&d, TEXT "\n");
        expect_scan(d.source, TEXT, "terminal");
        stand_up(&d, "");
}

/* A shell that stopped us has its own idea of a terminal. */
static void stays_silent_after_a_stop(void **state)
{
        struct desk d = sit_down();
        struct termios shell;
        struct scan scan;

        (void)state;
        assert_int_equal(tcgetattr(d.fd, &shell), 0);
        assert_true(shell.c_lflag & ISIG);
        shell.c_lflag |= ECHO | ICANON;
        assert_int_equal(tcsetattr(d.fd, TCSANOW, &shell), 0);
        assert_int_equal(source_dispatch(d.source, &scan), SOURCE_NOTHING);
        type(&d, TEXT "\n");
        expect_scan(d.source, TEXT, "terminal");
        stand_up(&d, "");
}

static void takes_a_line_each_from_a_file(void **state)
{
        static const char lines[] = TEXT "\n\n]Q1WIFI:S:x;;\r\n" SERIAL " abcDEF123456";
        _cleanup_(source_freep) struct source *s = NULL;
        int fd = memfd_create("lines", MFD_CLOEXEC);

        (void)state;
        assert_int_equal(pwrite(fd, lines, sizeof(lines) - 1, 0), sizeof(lines) - 1);
        assert_int_equal(source_open_terminal(fd, "standard input", &s), 0);
        close(fd);
        expect_scan(s, TEXT, "standard input");
        expect_scan(s, "WIFI:S:x;;", "standard input");
        expect_scan(s, SERIAL " abcDEF123456", "standard input");
        expect_end(s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_a_file_that_has_no_name),
                cmocka_unit_test(reads_a_pipe_as_it_is_written),
                cmocka_unit_test(refuses_what_is_no_text),
                cmocka_unit_test(tells_bad_paths_by_dispatch),
                cmocka_unit_test(takes_scans_with_every_suffix),
                cmocka_unit_test(ends_no_text_in_the_middle),
                cmocka_unit_test(leaves_half_a_text_behind),
                cmocka_unit_test(lets_a_person_correct),
                cmocka_unit_test(refuses_other_keys_and_codes),
                cmocka_unit_test(stays_silent_after_a_stop),
                cmocka_unit_test(takes_a_line_each_from_a_file),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
