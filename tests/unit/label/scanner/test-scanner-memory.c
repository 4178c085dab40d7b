/* SPDX-License-Identifier: Apache-2.0 */

/* The file that remembers which country each scanner is set to. */

#include "proto/base/cleanup.h"
#include "setup/label/scanner/memory.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

static char folder[32], path[64];

static int begin(void **state)
{
        (void)state;
        (void)snprintf(folder, sizeof(folder), "/tmp/usher-memory-XXXXXX");
        assert_non_null(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/scanners", folder);
        return 0;
}

static int end(void **state)
{
        (void)state;
        (void)unlink(path);
        return rmdir(folder);
}

static void write_file(const char *text)
{
        _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void expect(const char *id, enum keymap map)
{
        enum keymap found = _KEYMAP_MAX;

        assert_int_equal(memory_find(path, id, &found), 0);
        assert_int_equal(found, map);
}

static void keeps_each_scanner(void **state)
{
        struct stat before, after;
        enum keymap map;

        (void)state;
        assert_int_equal(memory_find(path, "0c2e:0b61:1", &map), -ENOENT);
        assert_int_equal(memory_keep(path, "0c2e:0b61:1", KEYMAP_DE), 0);
        assert_int_equal(memory_keep(path, "0c2e:0b61:12", KEYMAP_FR), 0);
        assert_int_equal(memory_keep(path, "05e0:1200:", KEYMAP_US), 0);
        expect("0c2e:0b61:1", KEYMAP_DE);
        expect("0c2e:0b61:12", KEYMAP_FR);
        expect("05e0:1200:", KEYMAP_US);
        assert_int_equal(memory_find(path, "0c2e:0b61:", &map), -ENOENT);
        assert_int_equal(memory_keep(path, "0c2e:0b61:1", KEYMAP_CZ), 0);
        expect("0c2e:0b61:1", KEYMAP_CZ);
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(before.st_mode & 0777, 0600);
        assert_int_equal(memory_keep(path, "0c2e:0b61:1", KEYMAP_CZ), 0);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(before.st_size, after.st_size);
}

static void passes_over_what_is_damaged(void **state)
{
        enum keymap map = KEYMAP_IT;

        (void)state;
        write_file(
                "0c2e:0b61:1 de\n\n \n0c2e:0b61:1 xx\n0c2e:0b61:1\n0c2e:0b61:1 fr trailing\n05e0:1200: f");
        expect("0c2e:0b61:1", KEYMAP_DE);
        assert_int_equal(memory_find(path, "05e0:1200:", &map), -ENOENT); /* its line was not finished */
        assert_int_equal(map, KEYMAP_IT);
        assert_int_equal(memory_keep(path, "05e0:1200:", KEYMAP_TR), 0);
        expect("05e0:1200:", KEYMAP_TR);
        assert_int_equal(memory_find(folder, "05e0:1200:", &map), -EISDIR);
}

static void has_a_bound(void **state)
{
        char id[MEMORY_ID_MAX];
        struct stat st;

        (void)state;
        for (int i = 0; i < 2000; i++) {
                (void)snprintf(id, sizeof(id), "0c2e:0b61:%08d", i);
                assert_int_equal(memory_keep(path, id, KEYMAP_DE), 0);
                expect(id, KEYMAP_DE);
        }
        assert_int_equal(stat(path, &st), 0);
        assert_true(st.st_size <= 16 * 1024);
}

static void waits_for_nobody_for_ever(void **state)
{
        _cleanup_(closep) int fd = -1;

        (void)state;
        write_file("");
        fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(flock(fd, LOCK_EX), 0);
        assert_int_equal(memory_keep(path, "0c2e:0b61:1", KEYMAP_DE), -EWOULDBLOCK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(keeps_each_scanner, begin, end),
                cmocka_unit_test_setup_teardown(passes_over_what_is_damaged, begin, end),
                cmocka_unit_test_setup_teardown(has_a_bound, begin, end),
                cmocka_unit_test_setup_teardown(waits_for_nobody_for_ever, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
