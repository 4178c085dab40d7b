/* SPDX-License-Identifier: Apache-2.0 */

/* The client of a decoder that serves many requests and does with each what it should not: whatever became
 * of one, the next is answered, and by nobody who said more than was asked. */

#include "setup/label/decoder.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/only-child.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

enum {
        PATIENCE_MS = 60000,
        BACK_MS = 100, /* from the death of one to the answer of the next */
        SLACK = 5,     /* on a machine that has other things to do */
};

static const struct request picture = { .kind = REQUEST_PICTURE };

static int64_t now_us(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void submit(struct decoder *d, const char *order, unsigned timeout_ms)
{
        int fd = memfd_create("order", MFD_CLOEXEC);

        assert_int_equal(write(fd, order, strlen(order)), strlen(order));
        assert_int_equal(decoder_submit(d, fd, &picture, timeout_ms), 0);
        close(fd);
}

/* Empty: there was an answer. */
static const char *ask(struct decoder *d, const char *order, unsigned timeout_ms, struct verdict *ret)
{
        static struct trouble why;
        int done = 0;

        submit(d, order, timeout_ms);
        while (done == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                assert_true(poll(&p, 1, decoder_timeout_ms(d)) >= 0);
                done = decoder_dispatch(d, ret, &why);
        }
        assert_int_equal(done, 1);
        assert_int_equal(decoder_timeout_ms(d), -1);
        return why.cause;
}

static void expect_good(struct decoder *d)
{
        struct verdict v;

        assert_string_equal(ask(d, "two labels", PATIENCE_MS, &v), "");
        assert_int_equal(v.n, 3);
        assert_int_equal(v.width, 8);
}

static void answers_the_next_one(void **state)
{
        static const struct {
                const char *order;
                unsigned timeout_ms;
                const char *cause;
        } rows[] = {
                { "crash", PATIENCE_MS, "crashed on it (Segmentation fault)" },
                { "hang", 50, "took longer than 50 ms" },
                { "flood", PATIENCE_MS, "makes no sense" },
                { "garbage", PATIENCE_MS, "makes no sense" },
                { "empty", PATIENCE_MS, "makes no sense" },
                { "nothing", PATIENCE_MS, "without an answer (status 3)" },
                { "close and hang", PATIENCE_MS, "crashed on it (Killed)" },
                { "no sandbox", PATIENCE_MS, "lock itself in (seccomp)" },
        };
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        int64_t worst_us = 0;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct verdict v;
                const char *cause = ask(d, rows[i].order, rows[i].timeout_ms, &v);
                int64_t start_us = now_us();

                if (!strstr(cause, rows[i].cause) || !*cause != !*rows[i].cause)
                        fail_msg("%s: '%s'", rows[i].order, cause);
                expect_good(d);
                if (now_us() - start_us > worst_us)
                        worst_us = now_us() - start_us;
        }
        printf("the next answer after at most %lld us\n", (long long)worst_us);
        assert_in_range(worst_us, 0, BACK_MS * SLACK * 1000);
}

/* What it does when nothing was asked: it is not what the next request gets. */
static void notices_what_was_not_asked_for(void **state)
{
        static const char *const orders[] = { "answer and crash", "answer twice" };
        _cleanup_(decoder_freep) struct decoder *d = NULL;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (size_t i = 0; i < 2 * ELEMENTSOF(orders); i++) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };
                struct trouble why;
                struct verdict v;

                assert_string_equal(ask(d, orders[i % 2], PATIENCE_MS, &v), "");
                assert_int_equal(v.width, 7);
                assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
                if (i < 2) /* else the next request finds it */
                        assert_int_equal(decoder_dispatch(d, &v, &why), 0);
                expect_good(d);
        }
}

static void takes_one_at_a_time(void **state)
{
        static const struct request unsound[] = {
                { .kind = REQUEST_PICTURE, .width = 1 },
                { .kind = REQUEST_PICTURE, .budget_ms = 70000 },
                { .kind = REQUEST_FRAME },
                { .kind = REQUEST_FRAME, .width = 40000, .height = 1, .stride = 40000 },
                { .kind = REQUEST_FRAME, .width = 65537, .height = 65537, .stride = 65537 },
                { .kind = REQUEST_FRAME, .width = 640, .height = 480, .stride = 639 },
                { .kind = REQUEST_FRAME, .width = 640, .height = 480, .stride = 1 << 30 },
        };
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct verdict v;
        struct trouble why;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        assert_int_equal(decoder_dispatch(d, &v, &why), 0);
        for (size_t i = 0; i < ELEMENTSOF(unsound); i++)
                assert_int_equal(decoder_submit(d, 0, &unsound[i], 0), -EINVAL);
        submit(d, "hang", PATIENCE_MS);
        assert_int_equal(decoder_submit(d, 0, &picture, 0), -EBUSY);
        assert_int_equal(decoder_dispatch(d, &v, &why), 0);
        assert_in_range(decoder_timeout_ms(d), 1, PATIENCE_MS);
        decoder_cancel(d);
        decoder_cancel(d);
        assert_int_equal(decoder_timeout_ms(d), -1);
        expect_good(d);
}

/* Its limit of CPU time is never near. Takes ten seconds: with USHER_LONG only. */
static void replaces_who_has_worked_long(void **state)
{
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct verdict v;
        unsigned first;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        expect_good(d);
        first = only_child();
        expect_good(d);
        assert_int_equal(only_child(), first);
        if (!getenv("USHER_LONG"))
                return;
        assert_string_equal(ask(d, "work", PATIENCE_MS, &v), "");
        assert_int_equal(only_child(), first);
        expect_good(d);
        assert_int_not_equal(only_child(), first);
}

static void leaves_no_child_behind(void **state)
{
        struct decoder *d = NULL;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        submit(d, "hang", PATIENCE_MS);
        assert_null(decoder_free(d));
        assert_null(decoder_free(NULL));
        assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
        assert_int_equal(errno, ECHILD);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(answers_the_next_one),   cmocka_unit_test(notices_what_was_not_asked_for),
                cmocka_unit_test(takes_one_at_a_time),    cmocka_unit_test(replaces_who_has_worked_long),
                cmocka_unit_test(leaves_no_child_behind),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
