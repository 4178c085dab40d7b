/* SPDX-License-Identifier: Apache-2.0 */

/* usage COMMAND... - runs a program and prints its wall time in microseconds and its peak memory in KiB,
 * last line of standard error. Small on purpose: the kernel counts the peak of what a process was before
 * exec, too, and that of an interpreter would hide usher's. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
        long long start_us = now_us();
        struct rusage usage;
        int status;
        pid_t pid;

        if (argc < 2)
                return 2;
        pid = fork();
        if (pid == 0) {
                (void)execv(argv[1], argv + 1);
                _exit(127);
        }
        if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
                fprintf(stderr, "usage: %s\n", strerror(errno));
                return 1;
        }
        fprintf(stderr, "%lld %ld\n", now_us() - start_us, usage.ru_maxrss);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
