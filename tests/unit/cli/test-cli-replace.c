/* SPDX-License-Identifier: Apache-2.0 */

/* A file that is written anew: nobody else may read it, and it is whole. */

#include "setup/cli/replace.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/usher-replace.XXXXXX", path[64];

static void expect_file(const char *text)
{
        char found[64] = "";
        struct stat st;
        FILE *f;

        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        f = fopen(path, "re");
        assert_non_null(f);
        assert_non_null(fgets(found, sizeof(found), f));
        assert_int_equal(fclose(f), 0);
        assert_string_equal(found, text);
}

static void the_file_is_private_and_whole(void **state)
{
        static const char *const texts[] = { "the first", "second" };

        (void)state;
        assert_int_equal(replace_check(path), 0);
        assert_int_equal(access(path, F_OK), -1);
        for (size_t i = 0; i < 2; i++) { /* the second takes the place of the first */
                assert_int_equal(replace_write(path, texts[i], strlen(texts[i])), 0);
                expect_file(texts[i]);
        }
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(folder), 0); /* nothing else was left */
        assert_int_equal(replace_write(path, "x", 1), -ENOENT);
        assert_int_equal(mkdir(folder, 0700), 0);
}

static void places_that_cannot_be_written(void **state)
{
        (void)state;
        assert_int_equal(replace_check(folder), -EISDIR);
        assert_int_equal(replace_check("/nowhere/at/all"), -ENOENT);
        assert_int_equal(replace_check("/dev/null"), -EEXIST);
}

static int make_folder(void **state)
{
        (void)state;
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(path, sizeof(path), "%s/report.json", folder);
        return 0;
}

static int remove_folder(void **state)
{
        (void)state;
        return rmdir(folder);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_file_is_private_and_whole),
                cmocka_unit_test(places_that_cannot_be_written),
        };

        return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
