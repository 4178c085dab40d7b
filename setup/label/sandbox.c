/* SPDX-License-Identifier: Apache-2.0 */

/* A picture comes from anybody, and the libraries that read it are large and old. The process that does it
 * has no way to a file, a socket, another process or more privileges: limits first, then a seccomp filter
 * that kills at the first call outside the list. */

#include "setup/label/sandbox.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
        MEMORY_MAX = 1 << 30, /* bytes: a progressive JPEG of 64 megapixels takes half of it */
        CPU_S = 30,           /* whoever asks replaces the process after 10 (decoder.c) */
        FILES_MAX = 4,        /* the standard ones, and the one that comes with a request */
};

#if defined(__SANITIZE_ADDRESS__)
enum { UNDER_SANITIZER = 1 }; /* its shadow memory is address space of many terabytes */
#else
enum { UNDER_SANITIZER = 0 };
#endif

/* Never more than there was: whoever started us may have less himself, and it cannot be raised. */
static int limit(int resource, rlim_t value)
{
        struct rlimit l;

        if (getrlimit((__rlimit_resource_t)resource, &l) < 0)
                return -errno;
        if (value > l.rlim_max) /* RLIM_INFINITY is the greatest */
                value = l.rlim_max;
        l = (struct rlimit){ .rlim_cur = value, .rlim_max = value };
        return setrlimit((__rlimit_resource_t)resource, &l) < 0 ? -errno : 0;
}

static int set_limits(void)
{
        static const struct {
                int resource;
                rlim_t value;
        } limits[] = {
                { RLIMIT_CORE, 0 },           { RLIMIT_CPU, CPU_S },     { RLIMIT_FSIZE, 0 },
                { RLIMIT_NOFILE, FILES_MAX }, { RLIMIT_AS, MEMORY_MAX },
        };

        for (size_t i = 0; i < ELEMENTSOF(limits); i++) {
                int r;

                if (UNDER_SANITIZER && limits[i].resource == RLIMIT_AS)
                        continue;
                r = limit(limits[i].resource, limits[i].value);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* What being asked, reading, decoding, throwing a C++ exception, failing with abort() and ending take. Names
 * that only other machines have (32-bit ARM) are passed over by libseccomp. */
static const int allowed[] = {
        SCMP_SYS(recvmsg),
        SCMP_SYS(pread64),
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(close),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(ppoll_time64),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        SCMP_SYS(futex_time64),
        SCMP_SYS(sched_yield),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_gettime64),
        SCMP_SYS(getrandom),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
};

static void filter_free(scmp_filter_ctx *filter)
{
        if (*filter)
                seccomp_release(*filter);
}

static int load_filter(void)
{
        _cleanup_(filter_free) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        const struct scmp_arg_cmp no_exec = { .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC };
        const struct scmp_arg_cmp itself = { .arg = 0,
                                             .op = SCMP_CMP_EQ,
                                             .datum_a = (scmp_datum_t)getpid() };
        const struct {
                int call;
                const struct scmp_arg_cmp *only;
        } restricted[] = {
                { SCMP_SYS(mmap), &no_exec },
                { SCMP_SYS(mmap2), &no_exec },
                { SCMP_SYS(mprotect), &no_exec },
                { SCMP_SYS(tgkill), &itself },
        };
        int r = 0;

        if (!filter)
                return -ENOMEM;
        for (size_t i = 0; i < ELEMENTSOF(allowed) && r >= 0; i++)
                r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
        for (size_t i = 0; i < ELEMENTSOF(restricted) && r >= 0; i++)
                r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, restricted[i].call, 1,
                                           restricted[i].only);
        return r < 0 ? r : seccomp_load(filter);
}

int sandbox_enter(void)
{
        int r;

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return -errno;
        r = set_limits();
        if (r < 0)
                return r;
        return load_filter();
}
