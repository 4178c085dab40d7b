/* SPDX-License-Identifier: Apache-2.0 */

/* A serial scanner at a pseudo terminal: suffixes, identifiers, half scans, and a cable that is pulled out
 * and plugged in again. */

#include "setup/label/scanner/scanner.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/next-event.h"
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>

#define LABEL "ARGHAM000C0FFEE 1a2B3c4D5e6F7g8"

enum { WAIT_MS = 10000 };

/* The scanner's end of the line, and the path at which usher finds the other end: a link, as udev makes it.
 */
struct line {
        int scanner, slave;
        char folder[32];
        char path[64];
};

static void plug_in(struct line *l)
{
        char pts[64];

        assert_int_equal(openpty(&l->scanner, &l->slave, pts, NULL, NULL), 0);
        assert_int_equal(symlink(pts, l->path), 0);
}

static void pull_out(struct line *l)
{
        assert_int_equal(unlink(l->path), 0);
        (void)close(l->slave);
        (void)close(l->scanner);
        l->scanner = l->slave = -1;
}

static void begin(struct line *l)
{
        *l = (struct line){ .folder = "/tmp/usher-scanner-XXXXXX" };
        assert_non_null(mkdtemp(l->folder));
        (void)snprintf(l->path, sizeof(l->path), "%s/scanner", l->folder);
        plug_in(l);
}

static void end(struct line *l)
{
        if (l->scanner >= 0)
                pull_out(l);
        assert_int_equal(rmdir(l->folder), 0);
}

static void send(const struct line *l, const char *bytes, size_t len)
{
        assert_int_equal(write(l->scanner, bytes, len), len);
}

#define SEND(l, text) send(l, text, sizeof(text) - 1)

static struct source *open_with(const char *path, const struct scanner_options *o)
{
        struct source *s = NULL;

        assert_int_equal(source_open_scanner(path, o, &s), 0);
        return s;
}

static struct source *open_line(const struct line *l)
{
        struct source *s = open_with(l->path, &(struct scanner_options){ .raw = true });
        struct scan none;

        /* It is opened by the first dispatch: what is sent before is echoed. */
        assert_int_equal(source_dispatch(s, &none), SOURCE_NOTHING);
        return s;
}

static int next(struct source *s, struct scan *ret)
{
        return next_event(s, WAIT_MS, true, ret);
}

static void expect_scan(struct source *s, const char *text, enum label_symbology symbology)
{
        struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(secret_text(scan.text), text);
        assert_int_equal(secret_len(scan.text), strlen(text));
        assert_int_equal(scan.symbology, symbology);
        assert_int_equal(scan.origin, SOURCE_SCANNER);
        assert_true(scan.at_ms > 0);
        scan_done(&scan);
}

static void expect(struct source *s, enum source_event event, const char *words)
{
        struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), event);
        assert_null(scan.text);
        if (words && !strstr(source_trouble(s)->cause, words))
                fail_msg("'%s' is not in '%s'", words, source_trouble(s)->cause);
}

static void takes_every_suffix(void **state)
{
        static const char *const suffixes[] = { "\r", "\n", "\r\n", "\t", "\x03", "\x04", "\r\n\r\n" };
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
                SEND(&l, LABEL);
                send(&l, suffixes[i], strlen(suffixes[i]));
                expect_scan(s, LABEL, 0);
        }
        SEND(&l, "\x02" LABEL "\x03");
        expect_scan(s, LABEL, 0);
        SEND(&l, "lost\x02" LABEL "\x03\r\n");
        expect_scan(s, LABEL, 0);
        end(&l);
}

static void takes_no_suffix(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        SEND(&l, LABEL);
        expect_scan(s, LABEL, 0);
        SEND(&l, "one");
        expect_scan(s, "one", 0);
        SEND(&l, "ARGHAM000C0FFEE 1a2B3c4D5e6F"); /* whole on early stickers, else a half */
        expect(s, SOURCE_REFUSED, "broke off");
        SEND(&l, "ARGHAM000C0FFEE 1a2B3c4D5e6F\r");
        expect_scan(s, "ARGHAM000C0FFEE 1a2B3c4D5e6F", 0);
        end(&l);
}

static void takes_two_at_once(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        SEND(&l, "one\rtwo\rthree");
        expect_scan(s, "one", 0);
        assert_int_equal(source_timeout_ms(s), 0);
        expect_scan(s, "two", 0);
        expect(s, SOURCE_REFUSED, "broke off");
        end(&l);
}

static void tells_identifiers(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        SEND(&l, "]d1" LABEL "\r");
        expect_scan(s, LABEL, LABEL_DATA_MATRIX);
        SEND(&l, "]Q1WIFI:S:Home;;\r");
        expect_scan(s, "WIFI:S:Home;;", LABEL_QR);
        SEND(&l, "]Q2\\000026WIFI:S:H\xc3\xb6hle;;\r");
        expect_scan(s, "WIFI:S:H\xc3\xb6hle;;", LABEL_QR);
        SEND(&l, "]d2010400123456\x1d"
                 "21A\r");
        expect(s, SOURCE_REFUSED, "GS1");
        SEND(&l, "]C0ARGHAM000C0FFEE\r");
        expect(s, SOURCE_REFUSED, "a bar code, not the small square code");
        SEND(&l, "]E04012345678901\r");
        expect(s, SOURCE_REFUSED, "a bar code");
        SEND(&l, "]L0stacked\r");
        expect(s, SOURCE_REFUSED, "another kind");
        assert_int_equal(source_trouble(s)->fault, FAULT_LABEL_INVALID);
        SEND(&l, "]d1\r" LABEL "\r");
        expect_scan(s, LABEL, 0);
        end(&l);
}

static void refuses_noise(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        char much[1100];
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        SEND(&l, "\x8e\xff\xa0garbage\r");
        expect(s, SOURCE_REFUSED, "speed of the line");
        SEND(&l, "be\x07p\r");
        expect(s, SOURCE_REFUSED, "no text");
        memset(much, 'A', sizeof(much));
        send(&l, much, sizeof(much));
        SEND(&l, "\r");
        expect(s, SOURCE_REFUSED, "too long");
        SEND(&l, LABEL "\r");
        expect_scan(s, LABEL, 0);
        end(&l);
}

static void shows_what_arrives(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        assert_string_equal(scanner_raw(s), "");
        SEND(&l, "\x02]d1" LABEL "\x03");
        expect_scan(s, LABEL, LABEL_DATA_MATRIX);
        assert_string_equal(scanner_raw(s), "<02>]d1" LABEL "<03>");
        SEND(&l, "\x1d\r");
        expect_scan(s, "\x1d", 0);
        assert_string_equal(scanner_raw(s), "<1d><0d>");
        end(&l);
}

/* The half that came before the cable was pulled out is forgotten: also when the rest of the scan comes
 * right after it was plugged in again, and when the half would be a label of an early sticker. */
static void forgets_a_half_scan(void **state)
{
        static const char half[] = "ARGHAM000C0FFEE 1a2B3c4D5e6F";
        _cleanup_(source_freep) struct source *s = NULL;
        struct scan scan;
        struct line l;

        (void)state;
        begin(&l);
        s = open_line(&l);
        SEND(&l, half);
        assert_int_equal(source_dispatch(s, &scan), SOURCE_NOTHING);
        pull_out(&l);
        expect(s, SOURCE_LOST, "unplugged");
        plug_in(&l);
        expect(s, SOURCE_BACK, NULL);
        SEND(&l, "7g8\r");
        expect_scan(s, "7g8", 0);
        SEND(&l, LABEL "\r");
        expect_scan(s, LABEL, 0);
        SEND(&l, half);
        expect(s, SOURCE_REFUSED, "broke off");
        end(&l);
}

static void tells_what_is_no_scanner(void **state)
{
        static const struct {
                const char *path, *words;
                struct scanner_options o;
        } wrong[] = {
                { "/dev/no-such-scanner", "there is no scanner at", { 0 } },
                { "/dev/null", "is no scanner", { 0 } },
                { "/tmp", "cannot open", { 0 } },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
                _cleanup_(source_freep) struct source *s = open_with(wrong[i].path, &wrong[i].o);

                assert_int_equal(source_timeout_ms(s), 0);
                expect(s, SOURCE_REFUSED, wrong[i].words);
                assert_int_equal(source_trouble(s)->fault, FAULT_SCANNER);
                expect(s, SOURCE_END, NULL);
                expect(s, SOURCE_END, NULL);
        }
}

static void line_is_ours(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL, *other = NULL, *slow = NULL;
        struct termios t;
        struct line l;

        (void)state;
        begin(&l);
        slow = open_with(l.path, &(struct scanner_options){ .baud = 9601 });
        expect(slow, SOURCE_REFUSED, "9601 is no speed");
        s = open_line(&l);
        assert_int_equal(tcgetattr(l.slave, &t), 0);
        assert_int_equal(t.c_lflag & (ECHO | ICANON | ISIG), 0);
        other = open_with(l.path, &(struct scanner_options){ 0 });
        expect(other, SOURCE_REFUSED, "in use");
        s = source_free(s);
        assert_int_equal(tcgetattr(l.slave, &t), 0);
        assert_int_not_equal(t.c_lflag & ECHO, 0);
        end(&l);
}

static void a_fifo_does_as_well(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;
        int fd;

        (void)state;
        begin(&l);
        pull_out(&l);
        assert_int_equal(mkfifo(l.path, 0600), 0);
        s = open_line(&l);
        for (int i = 0; i < 2; i++) { /* it does not end with its writer */
                fd = open(l.path, O_WRONLY | O_CLOEXEC);
                assert_int_equal(write(fd, LABEL "\n", sizeof(LABEL)), sizeof(LABEL));
                (void)close(fd);
                expect_scan(s, LABEL, 0);
        }
        assert_int_equal(unlink(l.path), 0);
        end(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(takes_every_suffix),  cmocka_unit_test(takes_no_suffix),
                cmocka_unit_test(takes_two_at_once),   cmocka_unit_test(tells_identifiers),
                cmocka_unit_test(refuses_noise),       cmocka_unit_test(shows_what_arrives),
                cmocka_unit_test(forgets_a_half_scan), cmocka_unit_test(tells_what_is_no_scanner),
                cmocka_unit_test(line_is_ours),        cmocka_unit_test(a_fifo_does_as_well),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
