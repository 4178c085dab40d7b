/* SPDX-License-Identifier: Apache-2.0 */

/* Raw calls: wrappers would do more than the one thing that is tried. 32-bit machines map by pages. */

#include "tests/unit/label/acts.h"
#include "proto/base/cleanup.h"
#include "setup/label/zxing.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#if defined(SYS_mmap2)
enum { CALL_MAP = SYS_mmap2 };
#else
enum { CALL_MAP = SYS_mmap };
#endif

static void opens_a_file(void)
{
        (void)syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void makes_a_socket(void)
{
        (void)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void makes_a_process(void)
{
        (void)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void runs_a_program(void)
{
        (void)syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void kills_another(void)
{
        (void)syscall(SYS_kill, getppid(), 0);
}

static void signals_another(void)
{
        (void)syscall(SYS_tgkill, 1, 1, 0);
}

static void traces_another(void)
{
        (void)syscall(SYS_ptrace, PTRACE_ATTACH, 1, NULL, NULL);
}

static void maps_code(void)
{
        (void)syscall(CALL_MAP, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void lifts_a_limit(void)
{
        (void)syscall(SYS_prlimit64, 0, 9, NULL, NULL);
}

static void copies_a_descriptor(void)
{
        (void)syscall(SYS_dup, STDIN_FILENO);
}

static void hands_a_descriptor_on(void)
{
        (void)syscall(SYS_sendmsg, STDIN_FILENO, NULL, 0);
}

static void names_a_socket(void)
{
        (void)syscall(SYS_connect, STDIN_FILENO, NULL, 0);
}

/* What a decoder needs to do. */
static void works(void)
{
        struct zxing_hit hit;
        uint8_t *memory = malloc(64 << 20);
        struct timespec now;

        if (!memory || clock_gettime(CLOCK_MONOTONIC, &now) < 0)
                _exit(2);
        memset(memory, 200, 64 << 20);
        if (zxing_read(memory, 4000, 4000, 4000, ZXING_DATA_MATRIX | ZXING_QR, 0, &hit, 1) != 0)
                _exit(3);
        free(memory);
}

#if !defined(__SANITIZE_ADDRESS__)
static void wants_too_much_memory(void)
{
        void *memory = mmap(NULL, 2ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory != MAP_FAILED)
                _exit(4);
}
#endif

const struct act acts[] = {
        { "works", works, 0 },
        { "aborts", abort, SIGABRT },
        { "opens a file", opens_a_file, SIGSYS },
        { "makes a socket", makes_a_socket, SIGSYS },
        { "makes a process", makes_a_process, SIGSYS },
        { "runs a program", runs_a_program, SIGSYS },
        { "kills another", kills_another, SIGSYS },
        { "signals another", signals_another, SIGSYS },
        { "traces another", traces_another, SIGSYS },
        { "maps code", maps_code, SIGSYS },
        { "lifts a limit", lifts_a_limit, SIGSYS },
        { "copies a descriptor", copies_a_descriptor, SIGSYS },
        { "hands a descriptor on", hands_a_descriptor_on, SIGSYS },
        { "names a socket", names_a_socket, SIGSYS },
#if !defined(__SANITIZE_ADDRESS__)
        { "wants too much memory", wants_too_much_memory, 0 },
#endif
};
const size_t acts_n = ELEMENTSOF(acts);
