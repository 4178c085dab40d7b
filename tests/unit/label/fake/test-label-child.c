/* SPDX-License-Identifier: Apache-2.0 */

/* The parent against a decoder that misbehaves: it crashes, hangs, floods, lies. Each ends as a fault with a
 * cause, in bounded time, with no child left behind. And what the child is given: nothing. */

#include "setup/label/reading.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 60000 };

static void order(const char *what, unsigned timeout_ms, struct label_reading *ret)
{
        char path[] = "/tmp/usher-test-child-XXXXXX";
        const struct picture_options options = { .timeout_ms = timeout_ms };
        struct source *s = NULL;
        int fd = mkostemp(path, O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, what, strlen(what)), strlen(what));
        close(fd);
        assert_int_equal(source_open_picture(path, &options, &s), 0);
        assert_int_equal(label_reading_finish(ret, s), 0);
        assert_null(source_free(s));
        unlink(path);
        assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
        assert_int_equal(errno, ECHILD);
}

static void contains_misbehaviour(void **state)
{
        static const struct {
                const char *order;
                unsigned timeout_ms;
                enum fault fault;
                const char *cause;
        } rows[] = {
                { "crash", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "crashed on it (Segmentation fault)" },
                { "hang", 50, FAULT_LABEL_UNREADABLE, "longer than 50 ms" },
                { "flood", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "makes no sense" },
                { "garbage", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "makes no sense" },
                { "empty", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "makes no sense" },
                { "nothing", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "without an answer (status 3)" },
                { "close and hang", PATIENCE_MS, FAULT_LABEL_UNREADABLE, "crashed on it (Killed)" },
                { "no sandbox", PATIENCE_MS, FAULT_INTERNAL, "seccomp" },
                { "two labels", PATIENCE_MS, FAULT_LABEL_AMBIGUOUS, "ARNHAB000AAAAAA, ARNHAB000BBBBBB" },
                { "serial and imei", PATIENCE_MS, FAULT_LABEL_NO_SECRET, "(Argon) alone" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct label_reading r = { 0 };

                order(rows[i].order, rows[i].timeout_ms, &r);
                if (r.trouble.fault != rows[i].fault || !strstr(r.trouble.cause, rows[i].cause))
                        fail_msg("%s: fault %s, cause '%s'", rows[i].order, fault_info(r.trouble.fault)->key,
                                 r.trouble.cause);
                assert_null(strstr(r.trouble.cause, "abcDEF123456789"));
                assert_null(r.label.mobile_secret);
                label_reading_done(&r);
        }
}

static void takes_the_same_label_twice_as_one(void **state)
{
        struct label_reading r = { 0 };

        (void)state;
        order("one label twice", PATIENCE_MS, &r);
        assert_int_equal(r.trouble.fault, FAULT_NONE);
        assert_string_equal(r.trouble.cause, "");
        assert_string_equal(r.label.serial, "ARNHAB000AAAAAA");
        assert_int_equal(r.n_codes, 3);
        label_reading_done(&r);
}

/* The descriptor below has no close-on-exec flag, as a library may leave one behind. */
static void gives_the_child_nothing(void **state)
{
        struct label_reading r = { 0 };
        int leaky = open("/dev/null", O_RDONLY);

        (void)state;
        assert_true(leaky >= 3);
        assert_int_equal(setenv("PARTICLE_TOKEN", "do-not-hand-on", 1), 0);
        order("report", PATIENCE_MS, &r);
        close(leaky);
        assert_int_equal(r.n_codes, 1);
        assert_string_equal(secret_text(r.codes[0].text), "fds=0 env=0 privs=1");
        label_reading_done(&r);
}

static volatile sig_atomic_t n_ended;

static void on_end(int number)
{
        int saved = errno;

        (void)number;
        n_ended++;
        while (waitpid(-1, NULL, WNOHANG) > 0)
                ;
        errno = saved;
}

/* A child is waited for, whatever the program around does with its own; how it ended may be lost to it. */
static void whose_sigchld_it_is_does_not_matter(void **state)
{
        static void (*const handlers[])(int) = { SIG_DFL, SIG_IGN, on_end };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(handlers); i++) {
                struct label_reading r = { 0 };

                assert_int_equal(sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = handlers[i] }, NULL),
                                 0);
                order("crash", PATIENCE_MS, &r);
                assert_non_null(strstr(r.trouble.cause, "the picture decoder"));
                label_reading_done(&r);
        }
        assert_int_equal(sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL), 0);
        assert_true(n_ended > 0);
}

/* As a service may be started: nothing on 0, 1 and 2. */
static void works_without_standard_descriptors(void **state)
{
        int saved[3];
        struct label_reading r = { 0 };

        (void)state;
        for (int fd = 0; fd < 3; fd++) {
                saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
                close(fd);
        }
        order("two labels", PATIENCE_MS, &r);
        for (int fd = 0; fd < 3; fd++) {
                if (saved[fd] < 0)
                        continue;
                (void)dup2(saved[fd], fd);
                close(saved[fd]);
        }
        assert_int_equal(r.trouble.fault, FAULT_LABEL_AMBIGUOUS);
        label_reading_done(&r);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(contains_misbehaviour),
                cmocka_unit_test(takes_the_same_label_twice_as_one),
                cmocka_unit_test(gives_the_child_nothing),
                cmocka_unit_test(whose_sigchld_it_is_does_not_matter),
                cmocka_unit_test(works_without_standard_descriptors),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
