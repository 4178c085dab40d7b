/* SPDX-License-Identifier: Apache-2.0 */

/* A loop with libusher in it: nothing that it tells is missed, and it rests when there is nothing to do. */

#include "proto/base/timer.h"
#include "setup/cli/host.h"
#include "setup/cli/signals.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LABEL "ARNHAM000000001 ABCDEFGHIJKLMNO"

static char folder[] = "/tmp/test-cli-host-XXXXXX";
static char radio[64];
static struct host *host;

/* What was told. */
static struct {
        unsigned n[USHER_EVENT_VERDICT + 1];
        enum usher_event_kind last; /* that the test waits for */
        bool over;
} seen;

static void on_event(void *userdata, struct usher_event *e)
{
        assert_ptr_equal(userdata, &seen);
        seen.n[usher_event_get_kind(e)]++;
        seen.over |= usher_event_get_kind(e) == seen.last;
}

static void on_time(void *userdata)
{
        *(bool *)userdata = true;
}

/* Lets the loop turn for so long. Returns how many turns it made. */
static uint64_t turns_of(uint64_t ms)
{
        _cleanup_(timer_freep) struct timer *end = NULL;
        uint64_t before, after;
        bool over = false;

        assert_int_equal(timer_new(host_loop(host), ms, on_time, &over, &end), 0);
        assert_int_equal(sd_event_get_iteration(host_loop(host), &before), 0);
        assert_int_equal(host_until(host, &over), 0);
        assert_int_equal(sd_event_get_iteration(host_loop(host), &after), 0);
        return after - before;
}

static struct usher_label *label(void)
{
        _cleanup_(label_done) struct label read = {};
        struct usher_label *l = NULL;
        struct trouble why;

        assert_int_equal(label_parse(LABEL, strlen(LABEL), &read, &why), 0);
        assert_int_equal(host_label(host, &read, &l), 0);
        return l;
}

static void it_rests(void **state)
{
        (void)state;
        assert_in_range(turns_of(300), 1, 5);
}

/* The first look at a radio is a timer of 0 ms, the later ones are real ones: a device that comes, and one
 * that goes. */
static void it_hears_what_is_there(void **state)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct usher_devices *devices = NULL;
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        (void)state;
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/Argon-000001", folder);
        seen.last = USHER_EVENT_DEVICES;
        assert_int_equal(usher_devices_new(host_ctx(host), &devices), 0);
        assert_in_range(turns_of(100), 1, 10);
        assert_int_equal(seen.n[USHER_EVENT_DEVICES], 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(host_until(host, &seen.over), 0);
        seen.over = false;
        assert_int_equal(unlink(address.sun_path), 0);
        assert_int_equal(host_until(host, &seen.over), 0);
        assert_int_equal(seen.n[USHER_EVENT_DEVICES], 2);
        devices = usher_devices_free(devices);
        assert_in_range(turns_of(100), 1, 5);
        (void)close(fd);
}

/* It stands in the queue: no descriptor shows it. */
static void it_takes_what_was_told_between_two_turns(void **state)
{
        struct usher_label *l = label();
        struct usher_job *job = NULL;

        (void)state;
        assert_string_equal(usher_label_get_serial(l), "ARNHAM000000001");
        assert_int_equal(usher_job_new(host_ctx(host), "inspect", l, &job), 0);
        usher_label_free(l);
        assert_int_equal(usher_job_start(job), 0);
        (void)turns_of(50);
        assert_int_equal(usher_job_cancel(job), 0);
        seen.last = USHER_EVENT_RESULT;
        assert_int_equal(host_until(host, &seen.over), 0);
        assert_int_equal(seen.n[USHER_EVENT_RESULT], 1);
        assert_string_equal(usher_job_get_outcome(job), "cancelled");
        usher_job_free(job);
}

static void nobody_need_listen(void **state)
{
        struct usher_label *l = label();
        struct usher_job *job = NULL;

        (void)state;
        host_listen(host, NULL, NULL);
        assert_int_equal(usher_job_new(host_ctx(host), "inspect", l, &job), 0);
        usher_label_free(l);
        assert_int_equal(usher_job_start(job), 0);
        assert_int_equal(usher_job_cancel(job), 0);
        assert_in_range(turns_of(200), 1, 10);
        usher_job_free(job);
        assert_int_equal(seen.n[USHER_EVENT_RESULT], 0);
}

static void a_signal_ends_the_waiting(void **state)
{
        struct usher_devices *devices = NULL;
        bool over = false;

        (void)state;
        assert_int_equal(signals_watch(host_loop(host)), 0);
        assert_int_equal(usher_devices_new(host_ctx(host), &devices), 0);
        assert_int_equal(raise(SIGTERM), 0);
        assert_int_equal(host_until(host, &over), -ECANCELED);
        assert_int_equal(host_until(host, &over), -ECANCELED);
        usher_devices_free(devices);
}

static void a_child_is_no_host(void **state)
{
        bool over = false;
        int status;
        pid_t pid = fork();

        (void)state;
        assert_true(pid >= 0);
        if (pid == 0) {
                int r = usher_ctx_dispatch(host_ctx(host));

                _exit(r == -ECHILD && host_until(host, &over) < 0 ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

static void troubles(void **state)
{
        struct trouble why;
        int r = usher_ctx_set_profile(host_ctx(host), "wifi", "colour", "red");

        (void)state;
        assert_int_equal(r, -EINVAL);
        host_trouble(host, r, &why);
        assert_int_equal(why.fault, FAULT_CONFIG);
        assert_string_equal(why.cause, usher_ctx_get_cause(host_ctx(host)));
        host_trouble(host, -ECANCELED, &why);
        assert_int_equal(why.fault, FAULT_CANCELLED);
        host_trouble(host, -ENOMEM, &why);
        assert_int_equal(why.fault, FAULT_INTERNAL);
        host_told(NULL, NULL, &why);
        assert_int_equal(why.fault, FAULT_NONE);
        assert_string_equal(why.cause, "");
        host_told("wifi-password", "100 % sure", &why);
        assert_int_equal(why.fault, FAULT_WIFI_PASSWORD);
        assert_string_equal(why.cause, "100 % sure");
}

static int set_up(void **state)
{
        const struct host_settings settings = { .radio = radio, .timeout_s = 30 };

        (void)state;
        memset(&seen, 0, sizeof(seen));
        seen.last = USHER_EVENT_VERDICT;
        if (host_new(&settings, &host) < 0)
                return -1;
        host_listen(host, on_event, &seen);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        host = host_free(host);
        return 0;
}

static int make_folder(void **state)
{
        (void)state;
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(radio, sizeof(radio), "sim:%s", folder);
        return setenv("XDG_CACHE_HOME", folder, 1) < 0 || setenv("XDG_STATE_HOME", folder, 1) < 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
        char path[96];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/usher", folder);
        (void)rmdir(path);
        return rmdir(folder);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(it_rests, set_up, tear_down),
                cmocka_unit_test_setup_teardown(it_hears_what_is_there, set_up, tear_down),
                cmocka_unit_test_setup_teardown(it_takes_what_was_told_between_two_turns, set_up, tear_down),
                cmocka_unit_test_setup_teardown(nobody_need_listen, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_signal_ends_the_waiting, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_child_is_no_host, set_up, tear_down),
                cmocka_unit_test_setup_teardown(troubles, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
