/* SPDX-License-Identifier: Apache-2.0 */

/* A process that submits, claims and changes without a pause is killed again and again. What the store
 * answered it tells by a pipe at once; afterwards all of that is there, and the database is whole. */

#include "tests/unit/store/worker.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

enum { KILLS = 30, KILLS_LONG = 200 };

static void live_and_die(struct room *r, unsigned life)
{
        int pipes[2], status, ms = 5 + (int)randombytes_uniform(60);
        pid_t child;

        assert_int_equal(pipe(pipes), 0);
        assert_true(fcntl(pipes[1], F_SETPIPE_SZ, 1 << 20) > 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                (void)setenv("CMOCKA_TEST_ABORT", "1", 1);
                (void)close(pipes[0]);
                assert_true(sd_event_new(&r->loop) >= 0);
                room_open(r);
                assert_int_equal(worker_run(r, pipes[1], life), 0);
        }
        (void)close(pipes[1]);
        (void)poll(&(struct pollfd){ .fd = pipes[0], .events = POLLIN }, 1, 10000); /* it is up */
        (void)poll(NULL, 0, ms);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        worker_read(pipes[0]);
        (void)close(pipes[0]);
}

static void killed_again_and_again(void **state)
{
        unsigned kills = getenv("USHER_LONG") ? KILLS_LONG : KILLS;
        struct room *r = *state;

        room_close(r);
        for (unsigned i = 0; i < kills; i++) {
                live_and_die(r, i);
                worker_expect_whole(r);
        }
        room_open(r);
        worker_expect_known(r);
        assert_int_equal(count(r, STORE_RUNNING) + count(r, STORE_CLAIMED), 0);
        print_message("%u kills, %zu jobs known, %u of them ended\n", kills, worker_jobs(), worker_ended());
        assert_true(worker_jobs() >= kills);
}

int main(void)
{
        static struct store_maker sqlite = { .name = "jobs.db", .open = store_open };
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_prestate_setup_teardown(killed_again_and_again, room_setup, room_teardown,
                                                         &sqlite),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
