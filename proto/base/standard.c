/* SPDX-License-Identifier: Apache-2.0 */

/* open() gives the lowest free number: so it is opened until that is above the three. */

#include "proto/base/standard.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static bool is_program; /* written once, before there is a second thread */

int standard_open(void)
{
        int fd;

        is_program = true;
        do {
                fd = open("/dev/null", O_RDWR | O_NOCTTY);
                if (fd < 0)
                        return -errno;
        } while (fd <= STDERR_FILENO);
        (void)close(fd);
        return sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) < 0 ? -errno : 0;
}

bool standard_is_program(void)
{
        return is_program;
}

/* A limit that cannot be raised is found by who opens. */
static void raise_limit(rlim_t enough)
{
        struct rlimit l;

        if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur >= enough)
                return;
        l.rlim_cur = enough < l.rlim_max ? enough : l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
}

int standard_room(unsigned n)
{
        enum { ENOUGH = 1024, N_MAX = 64 };
        int fds[N_MAX], r = 0;
        unsigned opened = 0;

        if (n > N_MAX)
                return -EINVAL;
        raise_limit(ENOUGH);
        while (opened < n && r == 0) {
                fds[opened] = open("/dev/null", O_RDWR | O_CLOEXEC);
                r = fds[opened] < 0 ? -errno : 0;
                opened += r == 0;
        }
        while (opened > 0)
                (void)close(fds[--opened]);
        return r;
}
