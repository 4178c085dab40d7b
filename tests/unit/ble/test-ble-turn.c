/* SPDX-License-Identifier: Apache-2.0 */

/* Turns within a process and between two, and the record that outlives a process. Two objects of one process
 * lock each other out as two processes do: the locks are flock()'s, of an open file. */

#include "ble/owned.h"
#include "ble/turn.h"
#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static int setup(void **state)
{
        (void)state;
        (void)snprintf(dir, sizeof(dir), "/tmp/usher-turn-XXXXXX");
        return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
        char file[96];

        (void)state;
        assert_int_equal(timer_virtual_pending(), 0);
        (void)snprintf(file, sizeof(file), "%s/usher-hci0.lock", dir);
        (void)unlink(file);
        return rmdir(dir);
}

static void on_granted(void *userdata)
{
        *(bool *)userdata = true;
}

static struct turn_taker taker(bool *granted)
{
        return (struct turn_taker){ .granted = on_granted, .userdata = granted, .adapter = "hci0" };
}

static void test_queue(void **state)
{
        _cleanup_(turn_freep) struct turn *t = NULL;
        bool got[3] = { false };
        struct turn_taker k[3] = { taker(&got[0]), taker(&got[1]), taker(&got[2]) };

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &t), 0);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(turn_take(t, &k[i]), 0);
        assert_false(got[0]); /* from the loop, not from inside */
        timer_virtual_advance(1000);
        assert_true(got[0] && !got[1] && !got[2]);
        turn_give(t, &k[1]); /* leaves the queue */
        turn_give(t, &k[0]);
        timer_virtual_advance(10);
        assert_true(!got[1] && got[2]);
        turn_give(t, &k[2]);
        turn_give(t, &k[2]); /* nothing happens */
}

static void test_two_processes(void **state)
{
        _cleanup_(turn_freep) struct turn *a = NULL, *b = NULL;
        bool got_a = false, got_b = false;
        struct turn_taker ka = taker(&got_a), kb = taker(&got_b);

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &a), 0);
        assert_int_equal(turn_new(NULL, dir, &b), 0);
        assert_false(turn_is_foreign(b, "hci0"));
        assert_int_equal(turn_take(a, &ka), 0);
        timer_virtual_advance(10);
        assert_true(got_a);
        assert_true(turn_is_foreign(b, "hci0"));
        assert_false(turn_is_foreign(a, "hci0"));
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(500);
        assert_false(got_b);
        turn_give(a, &ka);
        timer_virtual_advance(50);
        assert_true(got_b);
        turn_give(b, &kb);
}

/* Waiting has an end, and a folder that cannot be written is no obstacle */
static void test_never_for_ever(void **state)
{
        _cleanup_(turn_freep) struct turn *a = NULL, *b = NULL, *nowhere = NULL;
        bool got_a = false, got_b = false, got_n = false;
        struct turn_taker ka = taker(&got_a), kb = taker(&got_b), kn = taker(&got_n);

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &a), 0);
        assert_int_equal(turn_new(NULL, dir, &b), 0);
        assert_int_equal(turn_new(NULL, "/nonexistent", &nowhere), 0);
        assert_int_equal(turn_take(a, &ka), 0);
        timer_virtual_advance(10);
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(30500);
        assert_true(got_b);
        assert_int_equal(turn_take(nowhere, &kn), 0);
        timer_virtual_advance(10);
        assert_true(got_n);
        assert_false(turn_is_foreign(nowhere, "hci1"));
        turn_give(a, &ka);
        turn_give(b, &kb);
        turn_give(nowhere, &kn);
}

/* A hung usher, or whoever may open the file, does not stop the scans of all others. */
static void test_a_held_lock_ends_no_scan(void **state)
{
        _cleanup_(turn_freep) struct turn *a = NULL, *b = NULL;
        bool got = false;
        struct turn_taker k = taker(&got);

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &a), 0);
        assert_int_equal(turn_new(NULL, dir, &b), 0);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(turn_take(a, &k), 0);
                timer_virtual_advance(10);
                assert_true(turn_is_foreign(b, "hci0"));
                timer_virtual_advance(29000);
                assert_true(turn_is_foreign(b, "hci0"));
                timer_virtual_advance(2000);
                assert_false(turn_is_foreign(b, "hci0"));
                turn_give(a, &k);
                assert_false(turn_is_foreign(b, "hci0"));
        }
}

/* A step's tries are shorter than the wait: it goes on over all of them, and says whom it passed over. */
static void test_names_the_holder(void **state)
{
        _cleanup_(turn_freep) struct turn *a = NULL, *b = NULL;
        bool got_a = false, got_b = false;
        struct turn_taker ka = taker(&got_a), kb = taker(&got_b);
        char wanted[HOLDER_NAME_MAX];

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &a), 0);
        assert_int_equal(turn_new(NULL, dir, &b), 0);
        assert_int_equal(turn_take(a, &ka), 0);
        timer_virtual_advance(10);
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(25000);
        turn_give(b, &kb);
        assert_false(got_b);
        timer_virtual_advance(1000);
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(3000);
        assert_false(got_b);
        timer_virtual_advance(2000);
        assert_true(got_b);
        holder_name(getpid(), wanted); /* its name is the emulator's where it runs in one */
        assert_non_null(strstr(wanted, ", process "));
        assert_string_equal(kb.holder, wanted);
        turn_give(b, &kb);
        turn_give(a, &ka);
        got_b = false;
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(10);
        assert_true(got_b);
        assert_string_equal(kb.holder, "");
        turn_give(b, &kb);
        holder_name(0, wanted);
        assert_string_equal(wanted, "another program");
}

/* Another process that has the turn later is waited for anew. */
static void test_another_holder(void **state)
{
        _cleanup_(turn_freep) struct turn *a = NULL, *b = NULL;
        bool got_a = false, got_b = false;
        struct turn_taker ka = taker(&got_a), kb = taker(&got_b);
        char file[96];
        int ends[2], fd;
        pid_t child;

        (void)state;
        assert_int_equal(turn_new(NULL, dir, &a), 0);
        assert_int_equal(turn_new(NULL, dir, &b), 0);
        assert_int_equal(turn_take(a, &ka), 0);
        timer_virtual_advance(10);
        assert_true(turn_is_foreign(b, "hci0"));
        turn_give(a, &ka);
        (void)snprintf(file, sizeof(file), "%s/usher-hci0.lock", dir);
        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
                fd = open(file, O_RDONLY | O_CLOEXEC);
                if (flock(fd, LOCK_EX) < 0 || write(ends[1], "", 1) != 1)
                        _exit(1);
                (void)pause();
        }
        assert_int_equal(read(ends[0], file, 1), 1);
        timer_virtual_advance(29000);
        assert_int_equal(turn_take(b, &kb), 0);
        timer_virtual_advance(29000);
        assert_false(got_b);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        timer_virtual_advance(100);
        assert_true(got_b);
        assert_string_equal(kb.holder, "");
        turn_give(b, &kb);
        close(ends[0]);
        close(ends[1]);
}

static void test_a_fifo_is_no_wait(void **state)
{
        _cleanup_(turn_freep) struct turn *t = NULL;
        bool got = false;
        struct turn_taker k = taker(&got);
        char file[96];

        (void)state;
        (void)snprintf(file, sizeof(file), "%s/usher-hci0.lock", dir);
        (void)unlink(file);
        assert_int_equal(mkfifo(file, 0644), 0);
        assert_int_equal(turn_new(NULL, dir, &t), 0);
        assert_false(turn_is_foreign(t, "hci0"));
        assert_int_equal(turn_take(t, &k), 0);
        timer_virtual_advance(10);
        assert_true(got);
        turn_give(t, &k);
}

struct adopted {
        char path[4][64];
        size_t n;
};

static void on_adopted(void *userdata, const char *path)
{
        struct adopted *a = userdata;

        assert_true(a->n < 4);
        (void)snprintf(a->path[a->n++], sizeof(a->path[0]), "%s", path);
}

static void test_record(void **state)
{
        struct owned *a, *b;
        struct adopted got = { 0 };
        char folder[96], file[128];
        FILE *f;

        (void)state;
        (void)snprintf(folder, sizeof(folder), "%s/state", dir);
        assert_int_equal(owned_new(folder, &a), 0);
        assert_int_equal(owned_new(folder, &b), 0);
        assert_int_equal(owned_add(a, "/one"), 0);
        assert_int_equal(owned_add(a, "/one"), 0);
        assert_int_equal(owned_add(a, "/two"), 0);
        owned_remove(a, "/one");
        assert_true(owned_elsewhere(b, "/two"));
        assert_false(owned_elsewhere(b, "/one"));
        assert_false(owned_elsewhere(a, "/two"));
        owned_adopt(b, on_adopted, &got); /* its owner lives */
        assert_int_equal(got.n, 0);

        /* a record without an owner, with a line that is none */
        (void)snprintf(file, sizeof(file), "%s/bluez-dead", folder);
        f = fopen(file, "we");
        assert_non_null(f);
        assert_true(fprintf(f, "/three\n%0200d\n\n/four\nunfinished", 0) > 0);
        assert_int_equal(fclose(f), 0);
        owned_adopt(b, on_adopted, &got);
        assert_int_equal(got.n, 2);
        assert_int_equal(access(file, F_OK), -1);
        assert_true(owned_elsewhere(a, "/three")); /* it is the adopter's now */

        owned_remove(a, "/two");
        a = owned_free(a);
        owned_remove(b, "/three");
        owned_remove(b, "/four");
        b = owned_free(b);
        assert_int_equal(rmdir(folder), 0); /* nothing is left */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_queue, setup, teardown),
                cmocka_unit_test_setup_teardown(test_two_processes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_never_for_ever, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_held_lock_ends_no_scan, setup, teardown),
                cmocka_unit_test_setup_teardown(test_names_the_holder, setup, teardown),
                cmocka_unit_test_setup_teardown(test_another_holder, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_fifo_is_no_wait, setup, teardown),
                cmocka_unit_test_setup_teardown(test_record, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
