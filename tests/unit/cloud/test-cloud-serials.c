/* SPDX-License-Identifier: Apache-2.0 */

/* Serial numbers on disk: what is written is found, what is torn or strange is passed over, the file does
 * not grow without end. */

#include "cloud/serials.h"
#include "proto/base/cleanup.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define URL "https://cloud.test"

static char path[64];

static int set_up(void **state)
{
        int fd;

        (void)state;
        (void)snprintf(path, sizeof(path), "/tmp/test-cloud-serials-XXXXXX");
        fd = mkstemp(path);
        if (fd < 0 || close(fd) < 0)
                return -1;
        return unlink(path);
}

static int tear_down(void **state)
{
        (void)state;
        (void)unlink(path);
        return 0;
}

static void what_is_added_is_found(void **state)
{
        const struct serial_entry one = { "P046AB123456789", "e00fce68000000000000000a", "89340", 13 };
        const struct serial_entry two = { "ARGHAB123456789", "E00FCE68000000000000000B", "", 0 };
        const struct serial_entry newer = { "P046AB123456789", "e00fce68000000000000000c", "", 12 };
        struct serial_entry e;
        struct stat st;

        (void)state;
        assert_int_equal(serials_find(path, URL, one.serial, &e), -ENOENT);
        assert_int_equal(serials_add(path, URL, &one), 0);
        assert_int_equal(serials_add(path, URL, &two), 0);
        assert_int_equal(serials_find(path, URL, one.serial, &e), 0);
        assert_string_equal(e.device_id, one.device_id);
        assert_string_equal(e.iccid, "89340");
        assert_int_equal(e.platform_id, 13);
        assert_int_equal(serials_find(path, URL, two.serial, &e), 0);
        assert_string_equal(e.device_id, "e00fce68000000000000000b");
        assert_string_equal(e.iccid, "");
        assert_int_equal(serials_add(path, URL, &newer), 0);
        assert_int_equal(serials_find(path, URL, one.serial, &e), 0);
        assert_int_equal(e.platform_id, 12);
        assert_int_equal(serials_find(path, URL, "P046AB12345678", &e), -ENOENT);
        assert_int_equal(serials_find(path, "https://other.test", one.serial, &e), -ENOENT);
        assert_int_equal(serials_add(path, "two words", &one), -EINVAL);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
}

static void strange_lines_are_passed_over(void **state)
{
        static const char text[] = "P1 e00fce68000000000000000a 13 " URL "\n"
                                   "P1 e00fce68 13 - " URL "\n"
                                   "P1 e00fce68000000000000000a x - " URL "\n"
                                   "P1 e00fce68000000000000000a 13 - " URL " more\n"
                                   "P1 e00fce68000000000000000a 13 - https://other.test\n"
                                   "\n \xff\xfe\n"
                                   "P2 e00fce68000000000000000a 13 - " URL "\n"
                                   "P1 e00fce68000000000000000a 13 - " URL; /* torn */
        struct serial_entry e;
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        (void)state;
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        assert_int_equal(close(fd), 0);
        assert_int_equal(serials_find(path, URL, "P1", &e), -ENOENT);
        assert_int_equal(serials_find(path, URL, "P2", &e), 0);
}

static void what_does_not_fit_is_refused(void **state)
{
        static const struct serial_entry bad[] = {
                { "", "e00fce68000000000000000a", "", 1 },
                { "P 1", "e00fce68000000000000000a", "", 1 },
                { "P\n1", "e00fce68000000000000000a", "", 1 },
                { "P1", "short", "", 1 },
                { "P1", "e00fce68000000000000000a", "89 1", 1 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_int_equal(serials_add(path, URL, &bad[i]), -EINVAL);
        assert_int_equal(access(path, F_OK), -1);
}

static void the_file_has_an_end(void **state)
{
        const struct serial_entry entry = { "P1", "e00fce68000000000000000a", "", 1 };
        struct serial_entry e;
        struct stat st;

        (void)state;
        assert_int_equal(serials_add(path, URL, &entry), 0);
        assert_int_equal(truncate(path, SERIALS_FILE_MAX), 0);
        assert_int_equal(serials_add(path, URL, &entry), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_true(st.st_size < 100);
        assert_int_equal(serials_find(path, URL, "P1", &e), 0);
}

static void links_are_not_followed(void **state)
{
        const struct serial_entry entry = { "P1", "e00fce68000000000000000a", "", 1 };

        (void)state;
        assert_int_equal(symlink("/tmp/test-cloud-serials-elsewhere", path), 0);
        assert_int_equal(serials_add(path, URL, &entry), -ELOOP);
        assert_int_equal(access("/tmp/test-cloud-serials-elsewhere", F_OK), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_is_added_is_found, set_up, tear_down),
                cmocka_unit_test_setup_teardown(strange_lines_are_passed_over, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_file_has_an_end, set_up, tear_down),
                cmocka_unit_test_setup_teardown(links_are_not_followed, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
