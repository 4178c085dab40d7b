/* SPDX-License-Identifier: Apache-2.0 */

/* Whichever of the three are closed: all are open afterwards, and nothing else is. Room for more files. */

#include "proto/base/standard.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of a child: 0 if it is as it should be. */
static int child(unsigned closed)
{
        int next = fcntl(STDIN_FILENO, F_DUPFD, 3);

        (void)close(next);
        for (int fd = 0; fd < 3; fd++)
                if (closed & 1U << fd)
                        (void)close(fd);
        if (standard_is_program() || standard_open() < 0 || !standard_is_program())
                return 1;
        for (int fd = 0; fd < 3; fd++)
                if (fcntl(fd, F_GETFD) < 0)
                        return 2;
        return fcntl(STDIN_FILENO, F_DUPFD, 3) == next ? 0 : 3;
}

static void closed_ones_are_opened(void **state)
{
        (void)state;
        for (unsigned closed = 0; closed < 8; closed++) {
                pid_t pid = fork();
                int status;

                assert_true(pid >= 0);
                if (pid == 0)
                        _exit(child(closed));
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_int_equal(status, 0);
        }
}

/* The exit status of a child whose limits are these: 0 if it is as it should be. */
static int crowded(rlim_t soft, rlim_t hard, int wanted)
{
        (void)close_range(3, ~0U, 0);
        if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3 + soft, 3 + hard }) < 0)
                return 1;
        if (standard_room(16) != wanted)
                return 2;
        return fcntl(STDIN_FILENO, F_DUPFD, 3) == 3 ? 0 : 3;
}

static void room_is_made(void **state)
{
        static const struct {
                rlim_t soft, hard;
                int wanted;
        } rows[] = { { 16, 16, 0 }, { 15, 15, -EMFILE }, { 4, 16, 0 }, { 4, 15, -EMFILE } };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                pid_t pid = fork();
                int status;

                assert_true(pid >= 0);
                if (pid == 0)
                        _exit(crowded(rows[i].soft, rows[i].hard, rows[i].wanted));
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_int_equal(status, 0);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(closed_ones_are_opened),
                cmocka_unit_test(room_is_made),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
