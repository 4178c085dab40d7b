/* SPDX-License-Identifier: Apache-2.0 */

/* A camera's driver, and what is plugged in to play one, are not trusted more than a picture. Other than the
 * decoder this process has to open devices again and to start programs, so the list is longer, and a call
 * that is not on it fails instead of ending the process: the loader and the libraries of the decoder ask for
 * this and that before it locks itself in by its own list (sandbox.c). */

#include "setup/label/camera/cage.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/prctl.h>

#if defined(__SANITIZE_ADDRESS__)
enum { UNDER_SANITIZER = 1 }; /* it looks for leaks by tracing itself */
#else
enum { UNDER_SANITIZER = 0 };
#endif

/* Names that only other machines have are passed over by libseccomp. */
static const int allowed[] = {
        /* the camera, /dev and /proc */
        SCMP_SYS(ioctl),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(ppoll_time64),
        SCMP_SYS(read),
        SCMP_SYS(readv),
        SCMP_SYS(pread64),
        SCMP_SYS(write),
        SCMP_SYS(close),
        SCMP_SYS(lseek),
        SCMP_SYS(_llseek),
        SCMP_SYS(fcntl),
        SCMP_SYS(fcntl64),
        SCMP_SYS(stat),
        SCMP_SYS(stat64),
        SCMP_SYS(lstat),
        SCMP_SYS(lstat64),
        SCMP_SYS(fstat),
        SCMP_SYS(fstat64),
        SCMP_SYS(newfstatat),
        SCMP_SYS(fstatat64),
        SCMP_SYS(statx),
        SCMP_SYS(fstatfs),
        SCMP_SYS(fstatfs64),
        SCMP_SYS(access),
        SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2),
        SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),
        SCMP_SYS(getdents),
        SCMP_SYS(getdents64),
        SCMP_SYS(getcwd),
        SCMP_SYS(inotify_init1),
        SCMP_SYS(inotify_add_watch),
        SCMP_SYS(timerfd_create),
        SCMP_SYS(timerfd_settime),
        SCMP_SYS(timerfd_settime64),
        /* frames, the decoder, the parent: sockets that are there, or a pair */
        SCMP_SYS(memfd_create),
        SCMP_SYS(ftruncate),
        SCMP_SYS(ftruncate64),
        SCMP_SYS(socketpair),
        SCMP_SYS(sendmsg),
        SCMP_SYS(sendto),
        SCMP_SYS(send),
        SCMP_SYS(recvmsg),
        SCMP_SYS(recvfrom),
        SCMP_SYS(recv),
        SCMP_SYS(epoll_create1),
        SCMP_SYS(epoll_ctl),
        SCMP_SYS(epoll_wait),
        SCMP_SYS(epoll_pwait),
        /* starting and ending the decoder */
        SCMP_SYS(clone),
        SCMP_SYS(clone3),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(wait4),
        SCMP_SYS(waitid),
        SCMP_SYS(kill),
        SCMP_SYS(tgkill),
        SCMP_SYS(dup2),
        SCMP_SYS(dup3),
        SCMP_SYS(dup),
        SCMP_SYS(close_range),
        SCMP_SYS(prctl),
        SCMP_SYS(seccomp),
        SCMP_SYS(getppid),
        SCMP_SYS(setrlimit),
        SCMP_SYS(getrlimit),
        SCMP_SYS(ugetrlimit),
        SCMP_SYS(prlimit64),
        SCMP_SYS(alarm),
        SCMP_SYS(setitimer),
        SCMP_SYS(geteuid),
        SCMP_SYS(geteuid32),
        SCMP_SYS(getuid),
        SCMP_SYS(getuid32),
        SCMP_SYS(getegid),
        SCMP_SYS(getegid32),
        SCMP_SYS(getgid),
        SCMP_SYS(getgid32),
        /* a program's own */
        SCMP_SYS(mmap),
        SCMP_SYS(mmap2),
        SCMP_SYS(munmap),
        SCMP_SYS(mprotect),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(mlock),
        SCMP_SYS(mlock2),
        SCMP_SYS(munlock),
        SCMP_SYS(brk),
        SCMP_SYS(futex),
        SCMP_SYS(futex_time64),
        SCMP_SYS(sched_yield),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_gettime64),
        SCMP_SYS(clock_getres),
        SCMP_SYS(clock_getres_time64),
        SCMP_SYS(getrandom),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(uname),
        SCMP_SYS(sysinfo),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(set_tid_address),
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(arch_prctl),
        SCMP_SYS(set_tls),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
};

static void filter_free(scmp_filter_ctx *filter)
{
        if (*filter)
                seccomp_release(*filter);
}

/* Opening is allowed, making a file is not. */
static int allow_open(scmp_filter_ctx filter)
{
        int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0));

        return r < 0 ? r
                     : seccomp_rule_add(
                               filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                               SCMP_A1(SCMP_CMP_MASKED_EQ, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0));
}

int cage_enter(void)
{
        _cleanup_(filter_free) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        int r;

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return -errno;
        if (UNDER_SANITIZER)
                return 0;
        if (!filter)
                return -ENOMEM;
        r = allow_open(filter);
        for (size_t i = 0; i < ELEMENTSOF(allowed) && r >= 0; i++)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
        return r < 0 ? r : seccomp_load(filter);
}
