/* SPDX-License-Identifier: Apache-2.0 */

/* A program is looked for beside usher itself, in the build folder's place, in an installation that was
 * moved, then where it was installed; no environment variable has a say. It is opened first, checked (a
 * program that somebody else could have put there is passed over) and started by its descriptor, so that
 * what is checked is what runs.
 *
 * The process around may be somebody else's, who has a handler for SIGCHLD, ignores it, or waits for any
 * child; and then the number of one that ended is soon another's. So a child is killed and waited for by a
 * descriptor that stands for it alone. */

#include "setup/label/child.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ours to run: it belongs to root, to us, or to whoever installed usher, and not everybody may change it. */
static bool is_trusted(int fd)
{
        struct stat program, self;

        if (fstat(fd, &program) < 0 || stat("/proc/self/exe", &self) < 0)
                return false;
        return S_ISREG(program.st_mode) && !(program.st_mode & S_IWOTH) &&
               (program.st_uid == 0 || program.st_uid == geteuid() || program.st_uid == self.st_uid);
}

static int open_trusted(const char *path)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        if (fd >= 0 && is_trusted(fd))
                return fd;
        closep(&fd);
        return -ENOENT;
}

static int open_program(const char *folder, const char *program)
{
        static const struct {
                bool beside; /* relative to the folder of usher itself */
                const char *path;
        } places[] = {
                { true, "" },
                { true, "/../label" },
                { true, "/../libexec/usher" },
                { false, LIBEXEC_DIR },
        };
        char self[PATH_MAX], path[PATH_MAX + 64];
        const char *slash;
        ssize_t n;

        if (folder) {
                n = snprintf(path, sizeof(path), "%s/%s", folder, program);
                return (size_t)n < sizeof(path) ? open_trusted(path) : -ENOENT;
        }
        n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (n < 0)
                return -errno;
        self[n] = 0;
        slash = strrchr(self, '/');
        for (size_t i = 0; i < ELEMENTSOF(places); i++) {
                int fd;

                (void)snprintf(path, sizeof(path), "%.*s%s/%s", places[i].beside ? (int)(slash - self) : 0,
                               self, places[i].path, program);
                fd = open_trusted(path);
                if (fd >= 0)
                        return fd;
        }
        return -ENOENT;
}

int child_find(const char *folder, const char *program)
{
        _cleanup_(closep) int fd = open_program(folder, program);

        return fd < 0 ? fd : 0;
}

enum { PROGRAM_FD, INPUT_FD, OUTPUT_FD, NULL_FD, _FD_MAX };

/* A copy above the standard descriptors, where dup2() cannot hit it: a service may run without those, and
 * then what is opened gets their numbers. */
static int raised(int fd)
{
        int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

        return high < 0 ? -errno : high;
}

/* Who computes for nobody takes a core from others. A parent that ended before the request is not noticed by
 * it: so its number is looked at afterwards. */
static int end_with(pid_t parent)
{
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
                return -errno;
        return getppid() == parent ? 0 : -ESRCH;
}

/* In the child: only calls that are safe after fork(). Everything but 0, 1 and 2 closes at the exec. */
__attribute__((noreturn)) static void become(const int fds[static _FD_MAX], char *const *argv, pid_t parent)
{
        char *envp[] = { NULL };
        sigset_t none;

        (void)sigemptyset(&none);
        if (end_with(parent) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0 ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || dup2(fds[INPUT_FD], STDIN_FILENO) < 0 ||
            dup2(fds[OUTPUT_FD], STDOUT_FILENO) < 0 || dup2(fds[NULL_FD], STDERR_FILENO) < 0 ||
            close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
                _exit(126);
        (void)fexecve(fds[PROGRAM_FD], argv, envp);
        _exit(127);
}

static void close_all(int (*fds)[_FD_MAX])
{
        for (size_t i = 0; i < _FD_MAX; i++)
                closep(&(*fds)[i]);
}

static int raise_all(const int from[static _FD_MAX], int to[static _FD_MAX])
{
        for (size_t i = 0; i < _FD_MAX; i++) {
                to[i] = raised(from[i]);
                if (to[i] < 0)
                        return to[i];
        }
        return 0;
}

/* fork() with a descriptor of the child, which emulators (qemu-user 7.2) open afterwards only. What glibc
 * does besides is for the child's sake, which only execs.
 */
static pid_t fork_held(int *ret_fd)
{
        pid_t pid =
                (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PIDFD | SIGCHLD), NULL, ret_fd, NULL, 0UL);

        if (pid >= 0 || errno != EINVAL)
                return pid;
        pid = fork(); /* an emulator that has no such flag */
        if (pid <= 0)
                return pid;
        *ret_fd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (*ret_fd >= 0)
                return pid;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return -1;
}

int child_spawn(const char *folder, char *const *argv, int input, int output, struct child *ret)
{
        _cleanup_(closep) int program = -1, null = -1;
        _cleanup_(close_all) int fds[_FD_MAX] = { -1, -1, -1, -1 };
        pid_t pid, self = getpid();
        int r, fd;

        program = open_program(folder, argv[0]);
        if (program < 0)
                return program;
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0)
                return -errno;
        r = raise_all((int[]){ program, input < 0 ? null : input, output < 0 ? null : output, null }, fds);
        if (r < 0)
                return r;
        pid = fork_held(&fd);
        if (pid < 0)
                return -errno;
        if (pid == 0)
                become(fds, argv, self);
        *ret = (struct child){ pid, fd };
        return 0;
}

int child_start(const char *folder, struct child *ret, int *ret_socket)
{
        char name[] = CHILD_DECODE, *argv[] = { name, NULL };
        _cleanup_(closep) int ours = -1, its = -1;
        int ends[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        ours = ends[0];
        its = ends[1];
        r = child_spawn(folder, argv, its, -1, ret);
        if (r < 0)
                return r;
        *ret_socket = TAKE_FD(ours);
        return 0;
}

/* As waitpid(2) puts it. */
static int status_of(const siginfo_t *end)
{
        return end->si_code == CLD_EXITED ? W_EXITCODE(end->si_status, 0) : end->si_status;
}

int child_end(struct child *c)
{
        siginfo_t end = { 0 };
        int r;

        if (c->pid <= 0)
                return -1;
        (void)syscall(SYS_pidfd_send_signal, c->fd, SIGKILL, NULL, 0);
        do
                r = waitid((idtype_t)P_PIDFD, (id_t)c->fd, &end, WEXITED);
        while (r < 0 && errno == EINTR);
        closep(&c->fd);
        *c = (struct child){ 0 };
        return r < 0 ? -1 : status_of(&end);
}
