/* SPDX-License-Identifier: Apache-2.0 */

/* What usher-scan cannot do once it has given it up, and what it still can. */

#include "setup/label/camera/cage.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { UNDER_SANITIZER = 1 };
#else
enum { UNDER_SANITIZER = 0 };
#endif

static bool refused(long r)
{
        return r == -1 && errno == EPERM;
}

/* In a child, as there is no way out: the number of the first expectation that does not hold. */
static int look_around(void)
{
        char path[] = "/tmp/usher-test-cage-XXXXXX";
        int ends[2];

        if (cage_enter() < 0)
                return 1;
        if (!refused(socket(AF_INET, SOCK_STREAM, 0)) || !refused(socket(AF_UNIX, SOCK_STREAM, 0)))
                return 2;
        if (!refused(mkostemp(path, O_CLOEXEC)) || !refused(open("/tmp", O_TMPFILE | O_RDWR, 0600)) ||
            !refused(open("/tmp/usher-test-cage", O_CREAT | O_RDWR, 0600)))
                return 3;
        if (!refused(unlink(path)) || !refused(rename(path, path)) || !refused(chdir("/")))
                return 4;
        if (!refused(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)) || !refused(setsid()))
                return 5;
        if (open("/dev/null", O_RDWR | O_CLOEXEC) < 0 || memfd_create("frame", MFD_CLOEXEC) < 0 ||
            socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
                return 6;
        return 0;
}

/* A program that it starts is in the same cage. */
static int start_a_shell(void)
{
        if (cage_enter() < 0)
                return 1;
        (void)execl("/bin/sh", "sh", "-c", "! (: > /tmp/usher-test-cage) 2> /dev/null", NULL);
        return 2;
}

static void expect(int (*what)(void))
{
        int status;
        pid_t pid = fork();

        if (pid == 0)
                _exit(what());
        assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void gives_up_what_it_does_not_need(void **state)
{
        (void)state;
        if (UNDER_SANITIZER)
                skip();
        expect(look_around);
        expect(start_a_shell);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(gives_up_what_it_does_not_need) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
