/* SPDX-License-Identifier: Apache-2.0 */

/* Sources as a program with a loop uses them: what comes, when, and that nothing ever waits in dispatch. */

#include "setup/label/source.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { PATIENCE_MS = 60000 };

#define TEXT "ARNHAB000ABCDEF abcDEF123456789"

/* Turns until there is an event, as a loop would. */
static int next(struct source *s, struct scan *ret)
{
        for (;;) {
                struct pollfd p = { .fd = source_fd(s), .events = POLLIN };
                int timeout_ms = source_timeout_ms(s), event;

                assert_true(poll(&p, 1, timeout_ms < 0 ? PATIENCE_MS : timeout_ms) >= 0);
                event = source_dispatch(s, ret);
                if (event != SOURCE_NOTHING)
                        return event;
        }
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_a_file_that_has_no_name),
                cmocka_unit_test(reads_a_pipe_as_it_is_written),
                cmocka_unit_test(refuses_what_is_no_text),
                cmocka_unit_test(tells_bad_paths_by_dispatch),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
