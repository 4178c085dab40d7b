/* SPDX-License-Identifier: Apache-2.0 */

/* A decoder that does what the picture tells it to: everything that a real one must never do. It stands
 * beside the test program, so that the parent starts it instead of the real one. */

#include "setup/label/request.h"
#include "setup/label/verdict.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void say(const struct verdict *v)
{
        uint8_t bytes[VERDICT_SIZE_MAX];

        if (write(STDIN_FILENO, bytes, verdict_put(v, bytes)) < 0)
                _exit(9);
}

static void flood(void)
{
        static const char zeros[4096];

        while (write(STDIN_FILENO, zeros, sizeof(zeros)) > 0)
                ;
}

/* One line in the place of a QR code's text about what this process got from its parent. */
static void report(void)
{
        extern char **environ;
        char text[64];
        int open_fds = 0, variables = 0;
        struct verdict v = { .n = 1 };

        for (int fd = 3; fd < 1024; fd++)
                open_fds += fcntl(fd, F_GETFD) >= 0;
        while (environ && environ[variables])
                variables++;
        (void)snprintf(text, sizeof(text), "fds=%d env=%d privs=%d", open_fds, variables,
                       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        v.code[0] = (struct verdict_code){ LABEL_QR, text, strlen(text) };
        say(&v);
}

static void say_labels(const char *a, const char *b, const char *c)
{
        struct verdict v = { .width = 8, .height = 8, .n = 3 };

        v.code[0] = (struct verdict_code){ LABEL_DATA_MATRIX, a, strlen(a) };
        v.code[1] = (struct verdict_code){ LABEL_DATA_MATRIX, b, strlen(b) };
        v.code[2] = (struct verdict_code){ LABEL_QR, c, strlen(c) };
        say(&v);
}

static void hang(void)
{
        for (;;)
                (void)pause();
}

/* The next order, from the descriptor that comes with a request. */
static bool hear(char order[static 64])
{
        uint8_t message[REQUEST_SIZE];
        char control[CMSG_SPACE(sizeof(int))];
        struct iovec part = { message, sizeof(message) };
        struct msghdr m = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
        };
        ssize_t n = recvmsg(STDIN_FILENO, &m, 0);
        int fd;

        if (n <= 0 || !CMSG_FIRSTHDR(&m))
                return false;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
        n = pread(fd, order, 63, 0);
        (void)close(fd);
        if (n < 0)
                _exit(9);
        order[n] = 0;
        return true;
}

static void crash(void)
{
        (void)sigaction(SIGSEGV, &(struct sigaction){ .sa_handler = SIG_DFL },
                        NULL); /* a sanitizer has a handler of its own */
        (void)raise(SIGSEGV);
}

/* For as long as a process may work before it is replaced, and a little. */
static void work(void)
{
        struct timespec t = { 0 };

        while (t.tv_sec * 10 + t.tv_nsec / 100000000 < 101)
                (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        say(&(struct verdict){ .width = 7, .height = 7 });
}

static void misbehave(const char *order)
{
        static const char garbage[] = "this is no verdict";

        if (strcmp(order, "crash") == 0)
                crash();
        else if (strcmp(order, "hang") == 0)
                hang();
        else if (strcmp(order, "flood") == 0)
                flood();
        else if (strcmp(order, "work") == 0)
                work();
        else if (strcmp(order, "garbage") == 0)
                (void)!write(STDIN_FILENO, garbage, sizeof(garbage));
        else if (strcmp(order, "empty") == 0)
                (void)!send(STDIN_FILENO, garbage, 0, 0);
        else if (strcmp(order, "close and hang") == 0) {
                (void)close(STDIN_FILENO);
                hang();
        } else if (strcmp(order, "answer and crash") == 0) {
                say(&(struct verdict){ .width = 7, .height = 7 });
                crash();
        } else if (strcmp(order, "answer twice") == 0) {
                say(&(struct verdict){ .width = 7, .height = 7 });
                say(&(struct verdict){ .width = 666, .height = 666 });
        } else
                _exit(3);
}

static void obey(const char *order)
{
        if (strcmp(order, "report") == 0)
                report();
        else if (strcmp(order, "no sandbox") == 0)
                say(&(struct verdict){ .kind = VERDICT_NO_SANDBOX });
        else if (strcmp(order, "two labels") == 0)
                say_labels("ARNHAB000AAAAAA abcDEF123456789", "ARNHAB000BBBBBB abcDEF123456789", "x");
        else if (strcmp(order, "one label twice") == 0)
                say_labels("arnhab000aaaaaa abcDEF123456789", "358887095812345",
                           "ARNHAB000AAAAAA abcDEF123456789");
        else if (strcmp(order, "serial and imei") == 0)
                say_labels("358887095812345", "ARNHAB000AAAAAA", "x");
        else
                misbehave(order);
}

int main(void)
{
        char order[64];

        while (hear(order))
                obey(order);
        return 0;
}
