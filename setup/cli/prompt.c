/* SPDX-License-Identifier: Apache-2.0 */

/* Signals are caught while the terminal is silent, noted, and raised again when it is not: the program then
 * ends, or stops, as it would have. */

#include "setup/cli/prompt.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>

enum { ANSWER_MAX = 1024 };

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static volatile sig_atomic_t pending;

static void note(int number)
{
        pending = number;
}

/* Without SA_RESTART: read(2) ends. */
static void catch_signals(struct sigaction before[static ELEMENTSOF(caught)])
{
        struct sigaction sa = { .sa_handler = note };

        pending = 0;
        for (size_t i = 0; i < ELEMENTSOF(caught); i++)
                (void)sigaction(caught[i], &sa, &before[i]);
}

static void release_signals(const struct sigaction before[static ELEMENTSOF(caught)])
{
        for (size_t i = 0; i < ELEMENTSOF(caught); i++)
                (void)sigaction(caught[i], &before[i], NULL);
        if (pending)
                (void)raise(pending);
}

/* One line: the terminal hands it out whole. */
static int read_line(int fd, struct secret **ret)
{
        char line[ANSWER_MAX];
        ssize_t n = read(fd, line, sizeof(line));
        int r;

        if (n > 0 && line[n - 1] == '\n')
                n--;
        if (n < 0)
                r = -errno;
        else if (n == 0)
                r = -ENODATA;
        else
                r = secret_new(line, (size_t)n, ret);
        sodium_memzero(line, sizeof(line));
        return r;
}

int prompt(const char *text, bool silent, struct secret **ret)
{
        _cleanup_(closep) int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        struct sigaction before[ELEMENTSOF(caught)];
        struct termios normal, quiet;
        int r;

        if (fd < 0 || tcgetattr(fd, &normal) < 0)
                return -errno;
        quiet = normal;
        quiet.c_lflag &= (tcflag_t)~ECHO;
        quiet.c_lflag |= ECHONL;
        catch_signals(before);
        if (silent)
                (void)tcsetattr(fd, TCSAFLUSH, &quiet);
        (void)!write(fd, text, strlen(text));
        r = pending ? -EINTR : read_line(fd, ret);
        if (silent)
                (void)tcsetattr(fd, TCSAFLUSH, &normal);
        release_signals(before);
        return r;
}
