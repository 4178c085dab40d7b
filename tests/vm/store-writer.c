/* SPDX-License-Identifier: Apache-2.0 */

/* store-writer write DATABASE TOLD LIFE: works on a store without a pause until
 * an answer is an error, and appends what was answered to TOLD, which lies on
 * another disk; if TOLD is a disk, it has each answer before the next question. store-writer check DATABASE
 * TOLD: is all of it there, and the database whole? Ends with 0, or says what is wrong. */

#include "tests/unit/store/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store_maker sqlite = { .name = "jobs.db", .open = store_open };
static const char *database, *told;
static unsigned life;

static void write_on(void **state)
{
        struct room *r = room_new(&sqlite);
        struct stat st;
        bool disk = stat(told, &st) == 0 && S_ISBLK(st.st_mode);
        int fd = open(told, O_WRONLY | O_CLOEXEC | (disk ? O_DSYNC : O_CREAT | O_APPEND), 0600), e;

        (void)state;
        assert_true(fd >= 0);
        (void)snprintf(r->path, sizeof(r->path), "%s", database);
        room_open(r);
        e = worker_run(r, fd, life);
        print_message("ended by %s: %s\n", strerror(-e), store_trouble(r->store)->cause);
        assert_true(e == -EIO || e == -EROFS);
        (void)close(fd);
        room_free(r);
}

static void check(void **state)
{
        struct room *r = room_new(&sqlite);
        int fd = open(told, O_RDONLY | O_CLOEXEC);

        (void)state;
        assert_true(fd >= 0);
        (void)snprintf(r->path, sizeof(r->path), "%s", database);
        worker_read(fd);
        (void)close(fd);
        worker_expect_whole(r);
        room_open(r);
        worker_expect_known(r);
        print_message("%zu jobs known, %u of them ended\n", worker_jobs(), worker_ended());
        room_free(r);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest writes[] = { cmocka_unit_test(write_on) },
                                checks[] = { cmocka_unit_test(check) };

        if (argc < 4)
                return 2;
        database = argv[2];
        told = argv[3];
        life = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
        return strcmp(argv[1], "write") == 0 ? cmocka_run_group_tests(writes, NULL, NULL)
                                             : cmocka_run_group_tests(checks, NULL, NULL);
}
