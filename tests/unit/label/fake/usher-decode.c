/* SPDX-License-Identifier: Apache-2.0 */

/* A decoder that does what its input tells it to: everything that a real one must never do. It stands beside
 * the test program, so that the parent starts it instead of the real one. */

#include "setup/label/verdict.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void say(const struct verdict *v)
{
        uint8_t bytes[VERDICT_SIZE_MAX];

        if (write(STDOUT_FILENO, bytes, verdict_put(v, bytes)) < 0)
                _exit(9);
}

static void flood(void)
{
        static const char zeros[4096];

        while (write(STDOUT_FILENO, zeros, sizeof(zeros)) > 0)
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

int main(void)
{
        char order[64] = "";
        ssize_t n = read(STDIN_FILENO, order, sizeof(order) - 1);

        if (n < 0)
                return 9;
        if (strcmp(order, "crash") == 0) {
                (void)sigaction(SIGSEGV, &(struct sigaction){ .sa_handler = SIG_DFL },
                                NULL); /* a sanitizer has a handler of its own */
                (void)raise(SIGSEGV);
        } else if (strcmp(order, "hang") == 0)
                hang();
        else if (strcmp(order, "flood") == 0)
                flood();
        else if (strcmp(order, "garbage") == 0)
                puts("this is no verdict");
        else if (strcmp(order, "close and hang") == 0) {
                (void)close(STDOUT_FILENO);
                hang();
        } else if (strcmp(order, "report") == 0)
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
        return 3;
}
