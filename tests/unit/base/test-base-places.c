/* SPDX-License-Identifier: Apache-2.0 */

/* Which variable counts, and that folders are there and private. */

#include "proto/base/cleanup.h"
#include "proto/base/places.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/test-places-XXXXXX";

static int set_up(void **state)
{
        (void)state;
        return mkdtemp(home) ? 0 : -1;
}

/* What the tests made, the innermost first. */
static int tear_down(void **state)
{
        static const char *const made[] = { "a/.cache/usher",
                                            "a/.cache",
                                            "a/.local/state/usher",
                                            "a/.local/state",
                                            "a/.local",
                                            "a",
                                            "xdg/usher",
                                            "xdg",
                                            "one",
                                            "" };
        char path[128];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(made); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", home, made[i]);
                if (rmdir(path) < 0)
                        return -1;
        }
        return 0;
}

/* `value` is below the test's folder if it begins with a slash; NULL: not set. */
static void set(const char *name, const char *value)
{
        char path[256];

        if (!value) {
                unsetenv(name);
                return;
        }
        (void)snprintf(path, sizeof(path), "%s%s", value[0] == '/' ? home : "", value);
        setenv(name, path, 1);
}

static void check(int r, const char *found, const char *wanted)
{
        char path[256];
        struct stat st;

        assert_int_equal(r, 0);
        (void)snprintf(path, sizeof(path), "%s%s", home, wanted);
        assert_string_equal(found, path);
        *strrchr(path, '/') = 0;
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0700);
}

static void the_first_that_is_set_counts(void **state)
{
        char path[PLACE_MAX];

        (void)state;
        set("CACHE_DIRECTORY", NULL);
        set("STATE_DIRECTORY", "");
        set("XDG_CACHE_HOME", "relative");
        set("XDG_STATE_HOME", NULL);
        set("HOME", "/a");
        check(place_cache("serials", path), path, "/a/.cache/usher/serials");
        check(place_state("sign-ins", path), path, "/a/.local/state/usher/sign-ins");
        set("XDG_CACHE_HOME", "/xdg");
        check(place_cache("serials", path), path, "/xdg/usher/serials");
        set("CACHE_DIRECTORY", "/one:/two");
        check(place_cache("serials", path), path, "/one/serials");
        check(place_state("sign-ins", path), path, "/a/.local/state/usher/sign-ins");
}

static void without_a_place(void **state)
{
        char path[PLACE_MAX], longest[PLACE_MAX + 2];

        (void)state;
        set("CACHE_DIRECTORY", NULL);
        set("XDG_CACHE_HOME", NULL);
        set("HOME", NULL);
        assert_int_equal(place_cache("serials", path), -ENOENT);
        setenv("HOME", "/proc/nowhere", 1);
        assert_int_equal(place_cache("serials", path), -ENOENT); /* of making it */
        memset(longest, 'x', sizeof(longest));
        longest[0] = '/';
        longest[sizeof(longest) - 1] = 0;
        setenv("HOME", longest, 1);
        assert_int_equal(place_cache("serials", path), -ENAMETOOLONG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_first_that_is_set_counts),
                cmocka_unit_test(without_a_place),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
