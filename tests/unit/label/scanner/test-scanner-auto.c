/* SPDX-License-Identifier: Apache-2.0 */

/* "auto": scanners that come, go, come under another name, and may not be opened. What udev would tell, the
 * test tells (it has its own discover_*), the lines are pseudo terminals. */

#include "setup/label/scanner/discover.h"
#include "setup/label/scanner/scanner.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/next-event.h"
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#define LABEL "ARGHAM000C0FFEE 1a2B3c4D5e6F7g8"

enum { WAIT_MS = 10000, NEWS_MAX = 8 };

struct discover {
        int fd;
};

static struct discovered news[NEWS_MAX];
static size_t n_news;
static struct discover *told;

static void tell(const char *path, bool gone)
{
        assert_true(n_news < NEWS_MAX);
        news[n_news].gone = gone;
        (void)snprintf(news[n_news++].path, sizeof(news[0].path), "%s", path);
        if (told)
                assert_int_equal(eventfd_write(told->fd, 1), 0);
}

int discover_start(struct discover **ret)
{
        told = calloc(1, sizeof(*told));
        assert_non_null(told);
        told->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        assert_true(told->fd >= 0);
        *ret = told;
        return 0;
}

struct discover *discover_free(struct discover *d)
{
        if (d)
                (void)close(d->fd);
        free(d);
        told = NULL;
        return NULL;
}

int discover_fd(const struct discover *d)
{
        return d->fd;
}

int discover_next(struct discover *d, struct discovered *ret)
{
        eventfd_t count;

        (void)eventfd_read(d->fd, &count);
        if (n_news == 0)
                return 0;
        *ret = news[0];
        memmove(news, news + 1, --n_news * sizeof(news[0]));
        return 1;
}

struct line {
        int scanner, slave;
        char path[64];
};

static void plug_in(struct line *l)
{
        assert_int_equal(openpty(&l->scanner, &l->slave, l->path, NULL, NULL), 0);
        tell(l->path, false);
}

static void pull_out(struct line *l)
{
        (void)close(l->slave);
        (void)close(l->scanner);
}

static void send(const struct line *l, const char *text)
{
        assert_int_equal(write(l->scanner, text, strlen(text)), strlen(text));
}

static struct source *open_auto(void)
{
        struct source *s = NULL;

        assert_int_equal(source_open_scanner("auto", &(struct scanner_options){ 0 }, &s), 0);
        return s;
}

static int next(struct source *s, struct scan *ret)
{
        return next_event(s, WAIT_MS, true, ret);
}

static void expect(struct source *s, enum source_event event, const char *words)
{
        struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), event);
        assert_null(scan.text);
        if (words && !strstr(source_trouble(s)->cause, words))
                fail_msg("'%s' is not in '%s'", words, source_trouble(s)->cause);
}

static void expect_scan(struct source *s, const char *text, const struct line *from)
{
        struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(secret_text(scan.text), text);
        assert_string_equal(scan.from, from->path);
        scan_done(&scan);
}

static void expect_nothing(struct source *s)
{
        struct scan scan;

        assert_int_equal(source_dispatch(s, &scan), SOURCE_NOTHING);
}

static void waits_for_the_first_one(void **state)
{
        _cleanup_(source_freep) struct source *s = open_auto();
        struct line l;

        (void)state;
        expect(s, SOURCE_LOST, "no scanner is plugged in");
        assert_int_equal(source_timeout_ms(s), -1);
        plug_in(&l);
        expect(s, SOURCE_BACK, NULL);
        send(&l, LABEL "\r");
        expect_scan(s, LABEL, &l);
        pull_out(&l);
        expect(s, SOURCE_LOST, l.path);
        tell(l.path, true);
        expect_nothing(s);
        plug_in(&l);
        expect(s, SOURCE_BACK, NULL);
        send(&l, LABEL "\r");
        expect_scan(s, LABEL, &l);
        pull_out(&l);
}

static void reads_several(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line a, b;

        (void)state;
        plug_in(&a);
        plug_in(&b);
        s = open_auto();
        expect_nothing(s);
        tell(a.path, false); /* udev may tell twice */
        expect_nothing(s);
        send(&b, "two\r");
        expect_scan(s, "two", &b);
        send(&a, "half");
        expect_nothing(s);
        send(&b, "three\r"); /* between the two halves of another one's scan */
        expect_scan(s, "three", &b);
        send(&a, " and half\r");
        expect_scan(s, "half and half", &a);
        send(&a, "half");
        expect_nothing(s);
        tell(a.path, true); /* udev tells before the line does */
        expect(s, SOURCE_LOST, a.path);
        send(&b, "four\r");
        expect_scan(s, "four", &b);
        pull_out(&a);
        pull_out(&b);
}

static void none_starves_another(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line a, b;

        (void)state;
        plug_in(&a);
        plug_in(&b);
        s = open_auto();
        expect_nothing(s);
        send(&a, "one\rtwo\rthree\rfour\r");
        send(&b, "five\r");
        expect_scan(s, "one", &a);
        expect_scan(s, "five", &b);
        expect_scan(s, "two", &a);
        expect_scan(s, "three", &a);
        pull_out(&a);
        pull_out(&b);
}

static void what_is_no_scanner_is_passed_over(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct line l;

        (void)state;
        tell("/dev/null", false); /* as a mouse or a HID of another kind that the vendor's device has, too */
        plug_in(&l);
        s = open_auto();
        expect_nothing(s);
        tell("/dev/null", false);
        tell("/dev/no-such-node", false);
        expect_nothing(s);
        send(&l, LABEL "\r");
        expect_scan(s, LABEL, &l);
        pull_out(&l);
}

static void what_cannot_be_had_is_told(void **state)
{
        _cleanup_(source_freep) struct source *first = NULL, *s = NULL;
        struct line l;

        (void)state;
        plug_in(&l);
        first = open_auto();
        expect_nothing(first);
        tell(l.path, false);
        s = open_auto();
        expect(s, SOURCE_LOST, "in use by another program");
        tell(l.path, false);
        expect(s, SOURCE_REFUSED, "in use by another program");
        pull_out(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(waits_for_the_first_one),
                cmocka_unit_test(reads_several),
                cmocka_unit_test(none_starves_another),
                cmocka_unit_test(what_is_no_scanner_is_passed_over),
                cmocka_unit_test(what_cannot_be_had_is_told),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
