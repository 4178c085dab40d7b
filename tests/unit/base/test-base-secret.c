/* SPDX-License-Identifier: Apache-2.0 */

/* Secrets: read with one line end dropped, refused when others may read the file, compared, process
 * hardened. */

#include "proto/base/secret.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int read_text(const char *text, size_t max, struct secret **ret)
{
        int fds[2], r;

        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        assert_int_equal(write(fds[1], text, strlen(text)), strlen(text));
        close(fds[1]);
        r = secret_read(fds[0], max, ret);
        close(fds[0]);
        return r;
}

static void reads_one_line(void **state)
{
        _cleanup_(secret_freep) struct secret *a = NULL, *b = NULL, *c = NULL;
        struct secret *none = NULL;

        (void)state;
        assert_int_equal(read_text("hunter22\n", 64, &a), 0);
        assert_string_equal(secret_text(a), "hunter22");
        assert_int_equal(secret_len(a), 8);
        assert_int_equal(read_text("hunter22\r\n", 8, &b), 0);
        assert_true(secret_equal(a, b));
        assert_int_equal(read_text(" spaces stay \n\n", 64, &c), 0);
        assert_string_equal(secret_text(c), " spaces stay \n");
        assert_false(secret_equal(a, c));
        assert_int_equal(read_text("123456789\n", 8, &none), -E2BIG);
        assert_int_equal(read_text("\n", 8, &none), -ENODATA);
        assert_null(none);
        assert_false(secret_equal(none, none));
}

static void refuses_open_files(void **state)
{
        char path[] = "/tmp/usher-test-secret-XXXXXX";
        _cleanup_(closep) int fd = mkostemp(path, O_CLOEXEC);
        _cleanup_(secret_freep) struct secret *s = NULL;

        (void)state;
        assert_true(fd >= 0);
        assert_int_equal(write(fd, "token\n", 6), 6);
        assert_int_equal(fchmod(fd, 0644), 0);
        assert_int_equal(secret_read_file(path, 64, &s), -EPERM);
        assert_int_equal(fchmod(fd, 0640), 0);
        assert_int_equal(secret_read_file(path, 64, &s), 0);
        assert_string_equal(secret_text(s), "token");
        unlink(path);
        assert_int_equal(secret_read_file(path, 64, &s), -ENOENT);
}

static void process_is_closed(void **state)
{
        struct rlimit limit;

        (void)state;
        assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
        assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
        assert_int_equal(limit.rlim_cur, 0);
}

static void copies_any_bytes(void **state)
{
        _cleanup_(secret_freep) struct secret *a = NULL, *empty = NULL;

        (void)state;
        assert_int_equal(secret_new("a\0b", 3, &a), 0);
        assert_memory_equal(secret_bytes(a), "a\0b\0", 4);
        assert_int_equal(secret_new(NULL, 0, &empty), 0);
        assert_string_equal(secret_text(empty), "");
        for (size_t n = 0; n < 200; n++) {
                _cleanup_(secret_freep) struct secret *s = NULL;
                uint8_t bytes[200] = { 0 };

                assert_int_equal(secret_new(bytes, n, &s), 0);
                assert_int_equal(secret_len(s), n);
        }
}

static void grows_up_to_its_room(void **state)
{
        _cleanup_(secret_freep) struct secret *s = NULL;

        (void)state;
        assert_int_equal(secret_new_empty(6, &s), 0);
        assert_int_equal(secret_len(s), 0);
        assert_string_equal(secret_text(s), "");
        assert_int_equal(secret_append(s, "abc", 3), 0);
        assert_int_equal(secret_append(s, "defg", 4), -ENOBUFS);
        assert_string_equal(secret_text(s), "abc");
        assert_int_equal(secret_append(s, "def", 3), 0);
        assert_string_equal(secret_text(s), "abcdef");
        assert_int_equal(secret_append(s, "g", 1), -ENOBUFS);
        secret_cut(s, secret_text(s), 0);
        assert_string_equal(secret_text(s), "");
        assert_int_equal(secret_append(s, "xy", 2), 0);
        assert_string_equal(secret_text(s), "xy");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_one_line),       cmocka_unit_test(refuses_open_files),
                cmocka_unit_test(process_is_closed),    cmocka_unit_test(copies_any_bytes),
                cmocka_unit_test(grows_up_to_its_room),
        };

        if (secret_init() < 0 || secret_hide_process() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
