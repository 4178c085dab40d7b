/* SPDX-License-Identifier: Apache-2.0 */

/* The cage from inside: each row does one thing in a child that has locked itself in, and says how that
 * child must end. */

#include "proto/base/cleanup.h"
#include "setup/label/sandbox.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/acts.h"
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* 0: how the child ended must be _exit(0). */
static int end_of(void (*act)(void))
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0 || sandbox_enter() < 0)
                        _exit(1);
                act();
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void holds(void **state)
{
        (void)state;
        for (size_t i = 0; i < acts_n; i++) {
                int end = end_of(acts[i].act);

                if (end != acts[i].end)
                        fail_msg("%s: ended with %d instead of %d", acts[i].what, end, acts[i].end);
        }
}

/* Takes what comes by standard input; whether there was a descriptor in it. */
static bool takes_a_descriptor(void)
{
        char byte, control[CMSG_SPACE(sizeof(int))];
        struct iovec part = { &byte, 1 };
        struct msghdr m = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
        };

        return recvmsg(STDIN_FILENO, &m, 0) == 1 && m.msg_controllen >= CMSG_LEN(sizeof(int));
}

static void takes_two(void)
{
        if (!takes_a_descriptor())
                _exit(2);
        if (takes_a_descriptor())
                _exit(3);
        (void)close(STDERR_FILENO + 1);
        if (!takes_a_descriptor())
                _exit(4);
}

static void send_descriptor(int to)
{
        char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
        struct iovec part = { &byte, 1 };
        struct msghdr m = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
        };
        const int fd = STDOUT_FILENO;

        *CMSG_FIRSTHDR(&m) = (struct cmsghdr){ CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof(fd));
        assert_int_equal(sendmsg(to, &m, 0), 1);
}

/* Whoever does not close what came with one request gets nothing with the next. */
static void holds_one_descriptor_at_most(void **state)
{
        int ends[2], input = dup(STDIN_FILENO);

        (void)state;
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
        for (size_t i = 0; i < 3; i++)
                send_descriptor(ends[0]);
        assert_int_equal(dup2(ends[1], STDIN_FILENO), STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        assert_int_equal(end_of(takes_two), 0);
        assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
        close(input);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(holds),
                cmocka_unit_test(holds_one_descriptor_at_most),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
