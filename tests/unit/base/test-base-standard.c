/* SPDX-License-Identifier: Apache-2.0 */

/* Whichever of the three are closed: all are open afterwards, and nothing else is. */

#include "proto/base/standard.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
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
        if (standard_open() < 0)
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

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(closed_ones_are_opened),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
