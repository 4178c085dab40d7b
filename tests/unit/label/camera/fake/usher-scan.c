/* SPDX-License-Identifier: Apache-2.0 */

/* A usher-scan that does what the name of its device tells it to, also what a real one must never do. It
 * stands beside the test program, so that the source starts it instead of the real one. */

#include "setup/label/camera/record.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT "ARNHAB000AAAAAA abcDEF123456789"

static void say(struct record r)
{
        uint8_t bytes[RECORD_SIZE_MAX];

        r.len = r.text ? strlen(r.text) : 0;
        if (send(STDOUT_FILENO, bytes, record_put(&r, bytes), MSG_NOSIGNAL) < 0)
                _exit(9);
}

static void scan(void)
{
        say((struct record){
                .kind = RECORD_SCAN, .symbology = LABEL_DATA_MATRIX, .at_ms = 1234, .text = TEXT });
}

static void day(void)
{
        say((struct record){ .kind = RECORD_CAMERA, .text = "/dev/video7" });
        say((struct record){ .kind = RECORD_HINT, .hint = SOURCE_HINT_CLOSER });
        scan();
        say((struct record){ .kind = RECORD_LOST, .fault = FAULT_SCANNER, .text = "it was unplugged" });
        say((struct record){ .kind = RECORD_BACK });
        scan();
        say((struct record){ .kind = RECORD_ENDED, .fault = FAULT_SCANNER, .text = "that was all" });
}

static void report(int argc, char **argv)
{
        extern char **environ;
        char text[128];
        int open_fds = 0, variables = 0;

        for (int fd = 3; fd < 1024; fd++)
                open_fds += fcntl(fd, F_GETFD) >= 0;
        while (environ && environ[variables])
                variables++;
        (void)snprintf(text, sizeof(text), "fds=%d env=%d args=%d %s", open_fds, variables, argc, argv[1]);
        say((struct record){ .kind = RECORD_SCAN, .symbology = LABEL_QR, .text = text });
}

static void hang(void)
{
        for (;;)
                (void)pause();
}

int main(int argc, char **argv)
{
        static const char zeros[4096];
        const char *order = argv[argc - 1];

        (void)sigaction(SIGSEGV, &(struct sigaction){ .sa_handler = SIG_DFL },
                        NULL); /* a sanitizer has a handler of its own */
        if (strcmp(order, "day") == 0)
                day();
        else if (strcmp(order, "report") == 0)
                report(argc, argv);
        else if (strcmp(order, "crash") == 0)
                (void)kill(getpid(), SIGSEGV);
        else if (strcmp(order, "garbage") == 0)
                (void)!write(STDOUT_FILENO, "garbage", 7);
        else if (strcmp(order, "too long") == 0)
                (void)!write(STDOUT_FILENO, zeros, sizeof(zeros));
        else if (strcmp(order, "scan and crash") == 0) {
                scan();
                (void)kill(getpid(), SIGSEGV);
        }
        if (strcmp(order, "nothing") == 0)
                return 3;
        hang();
}
