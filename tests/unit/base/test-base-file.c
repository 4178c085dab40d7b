/* SPDX-License-Identifier: Apache-2.0 */

/* Small files: what may be read, from a file or a pipe in pieces; what is kept; locks that are held. A FIFO
 * that nobody writes to takes ten seconds: it is asked in tests/sim-e2e/rows_files.py. */

#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static char folder[] = "/tmp/usher-test-file-XXXXXX", path[64];

static int set_up(void **state)
{
        (void)state;
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(path, sizeof(path), "%s/it", folder);
        return 0;
}

static int clean_up(void **state)
{
        (void)state;
        return rmdir(folder);
}

static void put(const char *text)
{
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
}

static void expect_text(int fd, const char *wanted)
{
        char text[64];
        size_t len = 0;

        assert_true(fd >= 0);
        assert_int_equal(file_read_all(fd, text, sizeof(text), &len), 0);
        assert_int_equal(len, strlen(wanted));
        assert_memory_equal(text, wanted, len);
        close(fd);
}

static void reads_files(void **state)
{
        char two[2];
        size_t len;
        int fd;

        (void)state;
        put("some text\n");
        expect_text(file_open(path), "some text\n");
        expect_text(file_open_kept(path, O_RDONLY), "some text\n");
        expect_text(file_open("/dev/null"), "");
        fd = file_open(path);
        assert_int_equal(file_read_all(fd, two, sizeof(two), &len), 0);
        assert_int_equal(len, 2);
        close(fd);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(file_open(path), -ENOENT);
}

/* A writer that says nothing is waited for as long as all files together may take. */
static void has_patience(void **state)
{
        struct file_patience patience, inner;
        char text[8];
        size_t len;
        int fd, writer;

        (void)state;
        assert_int_equal(file_patience_ms(FILE_SILENCE_MS), FILE_SILENCE_MS);
        assert_int_equal(mkfifo(path, 0600), 0);
        writer = open(path, O_RDWR | O_CLOEXEC);
        fd = file_open(path);
        assert_true(writer >= 0 && fd >= 0);
        patience = file_patience_begin(200);
        assert_in_range(file_patience_ms(FILE_SILENCE_MS), 1, 200);
        assert_int_equal(file_patience_ms(1), 1);
        assert_int_equal(file_read_all(fd, text, sizeof(text), &len), -ETIMEDOUT);
        assert_int_equal(file_patience_ms(FILE_SILENCE_MS), 0);
        assert_int_equal(write(writer, "here", 4), 4); /* what is there needs none */
        close(writer);
        expect_text(fd, "here");
        inner = file_patience_begin(0); /* a call within */
        assert_int_equal(file_patience_ms(FILE_SILENCE_MS), FILE_SILENCE_MS);
        file_patience_end(&inner);
        assert_int_equal(file_patience_ms(FILE_SILENCE_MS), 0);
        file_patience_end(&patience);
        assert_int_equal(file_patience_ms(FILE_SILENCE_MS), FILE_SILENCE_MS);
        assert_int_equal(unlink(path), 0);
}

/* The writer comes late, and in pieces. */
static void reads_fifos(void **state)
{
        int fd, writer;

        (void)state;
        assert_int_equal(mkfifo(path, 0600), 0);
        fd = file_open(path);
        assert_true(fd >= 0);
        if (fork() == 0) {
                writer = open(path, O_WRONLY);
                if (write(writer, "so", 2) != 2 || write(writer, "me", 2) != 2)
                        _exit(1);
                _exit(0);
        }
        expect_text(fd, "some");
        assert_int_equal(unlink(path), 0);
}

/* As a shell's <(command), and as standard input that is a socket. */
static void reads_what_is_open(void **state)
{
        int ends[2];
        char name[32];

        (void)state;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(write(ends[1], "some", 4), 4);
        close(ends[1]);
        (void)snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
        expect_text(file_open(name), "some");
        expect_text(file_open(name), "");
        close(ends[0]);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        assert_int_equal(write(ends[1], "more", 4), 4);
        close(ends[1]);
        (void)snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
        expect_text(file_open(name), "more");
        close(ends[0]);
}

static void refuses_the_rest(void **state)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct trouble t = {};
        int fd;

        (void)state;
        assert_int_equal(file_open(folder), -EISDIR);
        assert_int_equal(file_open("/dev/zero"), -ENOTSUP);
        assert_int_equal(file_open_kept(folder, O_RDONLY), -EISDIR);
        assert_int_equal(file_open_kept("/dev/null", O_RDWR), -ENOTSUP);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(file_open_kept(path, O_RDONLY), -ENOTSUP);
        assert_int_equal(file_open_kept(path, O_WRONLY | O_APPEND), -ENOTSUP);
        assert_int_equal(unlink(path), 0);
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(file_open(path), -ENOTSUP);
        close(fd);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(file_trouble("it", -ENOTSUP, &t), -EINVAL);
        assert_string_equal(t.cause, "it: it is neither a file nor a pipe");
        assert_int_equal(file_trouble("it", -ECANCELED, &t), -EINVAL);
        assert_int_equal(t.fault, FAULT_CANCELLED);
}

static void waits_for_no_lock(void **state)
{
        _cleanup_(closep) int mine = -1, theirs = -1;

        (void)state;
        mine = file_open_kept(path, O_RDWR | O_CREAT);
        theirs = file_open_kept(path, O_RDWR);
        assert_int_equal(flock(theirs, LOCK_EX), 0);
        assert_int_equal(file_lock(mine, LOCK_SH), -EWOULDBLOCK);
        assert_int_equal(flock(theirs, LOCK_UN), 0);
        assert_int_equal(file_lock(mine, LOCK_EX), 0);
        assert_int_equal(flock(theirs, LOCK_EX | LOCK_NB), -1);
        assert_int_equal(unlink(path), 0);
}

/* In a child, as the limit stays: 0 if a line that does not fit leaves the file as it was. */
static int append_beyond_limit(void)
{
        int fd = file_open_kept(path, O_WRONLY | O_APPEND);

        if (fd < 0 || sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) < 0 ||
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 8, 8 }) < 0)
                return 1;
        if (file_append(fd, "cd\n", 3) != 0)
                return 2;
        if (file_append(fd, "efgh\n", 5) != -EFBIG)
                return 3;
        return file_write(fd, "efgh\n", 5) == -EFBIG ? 0 : 4;
}

static void appends_whole_lines(void **state)
{
        int status, fd;
        pid_t pid;

        (void)state;
        put("ab\n");
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(append_beyond_limit());
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        fd = file_open(path);
        expect_text(fd, "ab\ncd\nef"); /* the last by file_write(), which takes nothing back */
        fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
        assert_int_equal(file_write(fd, "x", 1), -ENOSPC);
        close(fd);
        assert_int_equal(unlink(path), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_files),         cmocka_unit_test(reads_fifos),
                cmocka_unit_test(has_patience),        cmocka_unit_test(reads_what_is_open),
                cmocka_unit_test(refuses_the_rest),    cmocka_unit_test(waits_for_no_lock),
                cmocka_unit_test(appends_whole_lines),
        };

        return cmocka_run_group_tests(tests, set_up, clean_up);
}
