/* SPDX-License-Identifier: Apache-2.0 */

/* Contexts, labels and jobs that come and go: nothing is left of them, and whatever is freed first does not
 * matter. What is wrong is said in words. Nothing is printed. */

#include "proto/base/cleanup.h"
#include "setup/lib/usher.h"
#include "tests/unit/cmocka.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CYCLES = 1000, LIMIT_MS = 20000 };

static const char text[] = "ARNHAM000000001 ABCDEFGHJKLMNPQ";

static unsigned count_fds(void)
{
        DIR *d = opendir("/proc/self/fd");
        unsigned n = 0;

        assert_non_null(d);
        while (readdir(d))
                n++;
        (void)closedir(d);
        return n;
}

static struct usher_ctx *new_ctx(void)
{
        struct usher_ctx *c = NULL;

        assert_int_equal(usher_ctx_new(&c), 0);
        assert_int_equal(usher_ctx_set(c, "radio", "sim:/nonexistent"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "claim", "none"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "wifi", "ssid", "Home"), 0);
        assert_int_equal(usher_ctx_set_profile_secret(c, "wifi", "password", "12345678", 8), 0);
        return c;
}

static struct usher_job *new_job(struct usher_ctx *c)
{
        struct usher_label *label = NULL;
        struct usher_job *job = NULL;

        assert_int_equal(usher_label_from_text(c, text, strlen(text), &label), 0);
        assert_int_equal(usher_job_new(c, "setup", label, &job), 0);
        assert_null(usher_label_free(label));
        return job;
}

static void nothing_is_left(void **state)
{
        unsigned fds = 0;

        (void)state;
        for (unsigned i = 0; i < CYCLES; i++) {
                struct usher_ctx *c = new_ctx();
                struct usher_job *job = new_job(c);

                assert_int_equal(usher_job_start(job), 0);
                assert_int_equal(usher_ctx_dispatch(c), 0);
                if (i % 2)
                        assert_null(usher_ctx_free(c));
                assert_null(usher_job_free(job));
                if (i % 2 == 0)
                        assert_null(usher_ctx_free(c));
                if (i == 0)
                        fds = count_fds();
        }
        assert_int_equal(count_fds(), fds);
}

/* The outcome of a job, whose events are all taken. */
static const char *run(struct usher_ctx *c, struct usher_job *job)
{
        bool over = false;

        while (!over) {
                struct pollfd p = { .fd = usher_ctx_get_fd(c), .events = POLLIN };
                struct usher_event *e;
                int timeout = usher_ctx_get_timeout(c);

                assert_true(poll(&p, 1, timeout < 0 ? LIMIT_MS : timeout) > 0 || timeout == 0);
                assert_int_equal(usher_ctx_dispatch(c), 0);
                while ((e = usher_ctx_pop_event(c))) {
                        over |= usher_event_get_kind(e) == USHER_EVENT_RESULT;
                        assert_true(usher_event_get_job(e) == job);
                        assert_string_equal(usher_event_get_serial(e), "ARNHAM000000001");
                        usher_event_free(e);
                }
        }
        return usher_job_get_outcome(job);
}

static void a_fault_has_words(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *job = new_job(c);

        (void)state;
        assert_int_equal(usher_job_start(job), 0);
        assert_int_equal(usher_job_start(job), -EALREADY);
        assert_string_equal(run(c, job), "failed");
        assert_non_null(usher_job_get_fault(job));
        assert_non_null(usher_job_get_sentence(job));
        assert_non_null(usher_job_get_advice(job));
        assert_true(usher_job_get_exit(job) > 1);
        usher_job_free(job);
        usher_ctx_free(c);
}

static void cancelled(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *job = new_job(c);

        (void)state;
        assert_int_equal(usher_job_start(job), 0);
        assert_int_equal(usher_job_cancel(job), 0);
        assert_int_equal(usher_job_cancel(job), 0);
        assert_int_equal(poll(&(struct pollfd){ .fd = usher_ctx_get_fd(c), .events = POLLIN }, 1, 0), 1);
        assert_string_equal(run(c, job), "cancelled");
        assert_string_equal(usher_job_get_fault(job), "cancelled");
        assert_int_equal(usher_job_get_exit(job), 130);
        usher_job_free(job);
        usher_ctx_free(c);
}

static void signed_out(struct usher_ctx *c)
{
        struct usher_event *e;

        assert_int_equal(usher_ctx_sign_out(c), 0);
        assert_int_equal(usher_ctx_dispatch(c), 0);
        e = usher_ctx_pop_event(c);
        assert_non_null(e);
        assert_int_equal(usher_event_get_kind(e), USHER_EVENT_SIGNED_OUT);
        assert_null(usher_event_get_job(e));
        assert_null(usher_event_get_fault(e));
        usher_event_free(e);
}

/* Jobs that wait for a customer's sign-in, at a cloud that is not there. */
static void cancelled_before_the_customer_is_signed_in(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *jobs[3];

        (void)state;
        signed_out(c);
        assert_int_equal(usher_ctx_set(c, "cloud", "http://127.0.0.1:9"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "claim", "customer"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "product", "4711"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "customer", "kim@example.com"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "oauth-client", "shop-1"), 0);
        assert_int_equal(usher_ctx_set_profile_secret(c, "setup", "oauth-secret", "shh", 3), 0);
        for (size_t i = 0; i < 3; i++) {
                jobs[i] = new_job(c);
                assert_int_equal(usher_job_start(jobs[i]), 0);
                assert_int_equal(usher_job_stop(jobs[i]), 0); /* the sign-in is what is in hand */
        }
        assert_int_equal(usher_ctx_dispatch(c), 0);
        assert_string_equal(usher_job_get_outcome(jobs[1]), "running");
        assert_int_equal(usher_job_cancel(jobs[1]), 0);
        assert_string_equal(run(c, jobs[1]), "cancelled");
        assert_int_equal(usher_job_stop(jobs[0]), 0);
        assert_string_equal(run(c, jobs[0]), "cancelled");
        for (size_t i = 0; i < 3; i++)
                usher_job_free(jobs[i]);
        signed_out(c); /* who is not in yet stays out */
        assert_int_equal(usher_ctx_set(c, "token-file", "/nonexistent"), 0);
        jobs[0] = new_job(c);
        assert_int_equal(usher_job_start(jobs[0]), -EINVAL);
        assert_non_null(strstr(usher_ctx_get_cause(c), "sign the customer in"));
        usher_job_free(jobs[0]);
        usher_ctx_free(c);
}

static void stopped(void **state)
{
        struct usher_ctx *c = new_ctx();

        (void)state;
        for (unsigned calls = 1; calls <= 3; calls++) { /* the second one does not wait for the step */
                struct usher_job *job = new_job(c);

                assert_int_equal(usher_job_stop(job), 0);
                assert_int_equal(usher_job_start(job), 0);
                for (unsigned i = 0; i < calls; i++)
                        assert_int_equal(usher_job_stop(job), 0);
                assert_string_equal(run(c, job), "cancelled");
                assert_int_equal(usher_job_get_exit(job), 130);
                assert_int_equal(usher_job_stop(job), 0);
                usher_job_free(job);
        }
        usher_ctx_free(c);
}

static void one_that_cannot_begin(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *job = new_job(c);
        _cleanup_(freep) char *refused = NULL, *told = NULL;

        (void)state;
        assert_int_equal(usher_job_set_profile(job, "setup", "claim", "user"), 0);
        assert_int_equal(usher_job_start(job), -EINVAL);
        assert_string_equal(usher_job_get_outcome(job), "failed");
        assert_string_equal(usher_job_get_fault(job), "token-missing");
        assert_int_equal(usher_job_get_exit(job), 18);
        assert_int_equal(usher_job_get_result(job, &refused), 0);
        assert_non_null(
                strstr(refused, "\"event\":\"result\",\"outcome\":\"failed\",\"fault\":\"token-missing\""));
        assert_int_equal(usher_job_set_profile(job, "setup", "claim", "none"), 0);
        assert_int_equal(usher_job_start(job), 0);
        assert_string_equal(usher_job_get_outcome(job), "running");
        assert_null(usher_job_get_fault(job));
        assert_int_equal(usher_job_cancel(job), 0);
        assert_int_equal(usher_job_get_result(job, &told), 0);
        assert_non_null(strstr(told, "\"outcome\":\"cancelled\""));
        assert_false(usher_job_get_code_given(job));
        usher_job_free(job);
        usher_ctx_free(c);
}

/* A pipe to which nobody writes is waited for, but no longer than a job may take. */
/* A program that scans stickers last has a job before, which says what nobody need scan for. */
static void a_label_that_comes_last(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_label *label = NULL;
        struct usher_job *job = NULL;
        char *json = NULL;

        (void)state;
        assert_int_equal(usher_job_new(c, "setup", NULL, &job), 0);
        assert_null(usher_job_get_serial(job));
        assert_int_equal(usher_job_check(job, true), 0);
        assert_int_equal(usher_job_get_plan(job, &json), -EINVAL);
        assert_string_equal(usher_ctx_get_cause(c), "the job has no label");
        assert_int_equal(usher_job_start(job), -EINVAL);
        assert_int_equal(usher_job_set_profile(job, "setup", "claim", "user"), 0);
        assert_int_equal(usher_job_check(job, false), 0);
        assert_int_equal(usher_job_check(job, true), -EINVAL);
        assert_string_equal(usher_ctx_get_fault(c), "token-missing");
        assert_int_equal(usher_label_from_text(c, text, strlen(text), &label), 0);
        assert_int_equal(usher_job_set_label(job, label), 0);
        usher_label_free(label);
        assert_string_equal(usher_job_get_serial(job), "ARNHAM000000001");
        assert_int_equal(usher_job_set_profile(job, "setup", "claim", "none"), 0);
        assert_int_equal(usher_job_start(job), 0);
        assert_int_equal(usher_job_set_label(job, NULL), -EALREADY);
        assert_int_equal(usher_job_fail(job, "label-unreadable", NULL), -EALREADY);
        usher_job_free(job);
        usher_ctx_free(c);
}

static void a_label_that_never_comes(void **state)
{
        static const char *const rows[][3] = {
                { "label-unreadable", "a picture of a cat", "failed" },
                { "cancelled", NULL, "cancelled" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct usher_ctx *c = new_ctx();
                struct usher_job *job = NULL;
                char *json = NULL;

                assert_int_equal(usher_ctx_set(c, "report", "yes"), 0);
                assert_int_equal(usher_job_new(c, "setup", NULL, &job), 0);
                assert_int_equal(usher_job_fail(job, rows[i][0], rows[i][1]), 0);
                assert_string_equal(usher_job_get_fault(job), rows[i][0]);
                assert_string_equal(usher_job_get_outcome(job), rows[i][2]);
                if (rows[i][1])
                        assert_string_equal(usher_job_get_cause(job), rows[i][1]);
                assert_int_equal(usher_job_get_result(job, &json), 0);
                assert_non_null(strstr(json, rows[i][0]));
                free(json);
                assert_int_equal(usher_job_get_report(job, &json), 0);
                assert_non_null(strstr(json, rows[i][0]));
                free(json);
                usher_job_free(job);
                usher_ctx_free(c);
        }
}

static void a_file_has_the_limit_of_a_job(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *job;
        char folder[] = "/tmp/test-lib-XXXXXX", path[64];
        struct timespec before, after;

        (void)state;
        assert_non_null(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/token", folder);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(usher_ctx_set(c, "token-file", path), 0);
        assert_int_equal(usher_ctx_set(c, "timeout-s", "1"), 0);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "claim", "user"), 0);
        job = new_job(c);
        (void)clock_gettime(CLOCK_MONOTONIC, &before);
        assert_int_equal(usher_job_start(job), -EINVAL);
        (void)clock_gettime(CLOCK_MONOTONIC, &after);
        assert_non_null(strstr(usher_ctx_get_cause(c), path));
        assert_in_range(after.tv_sec - before.tv_sec, 1, 5);
        usher_job_free(job);
        usher_ctx_free(c);
        (void)unlink(path);
        (void)rmdir(folder);
}

static void steps(void **state)
{
        struct usher_step step = {};
        size_t n = 0;
        bool connects = false;

        (void)state;
        for (; usher_step_get(n, &step); n++) {
                assert_non_null(step.text);
                connects |= strcmp(step.name, "connect") == 0 && step.limit_ms > 0;
        }
        assert_true(connects);
        assert_false(usher_step_get(n + 1, &step));
}

static void refusals(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_label *label = NULL;
        struct usher_job *job;

        (void)state;
        assert_int_equal(usher_ctx_set(c, "radius", "1"), -ENOENT);
        assert_int_equal(usher_ctx_set(c, "timeout-s", "soon"), -EINVAL);
        assert_string_equal(usher_ctx_get_fault(c), "config");
        assert_non_null(strstr(usher_ctx_get_cause(c), "timeout-s"));
        assert_int_equal(usher_ctx_get_exit(c), 2);
        assert_int_equal(usher_label_from_text(c, "ARNHAM000000001", 15, &label), -EINVAL);
        assert_string_equal(usher_ctx_get_fault(c), "label-no-secret");
        assert_non_null(usher_ctx_get_advice(c));
        assert_null(label);
        assert_int_equal(usher_ctx_set_profile(c, "setup", "claim", "user"), 0);
        job = new_job(c);
        assert_int_equal(usher_job_start(job), -EINVAL);
        assert_string_equal(usher_ctx_get_fault(c), "token-missing");
        assert_int_equal(usher_job_set_profile(job, "setup", "claim", "none"), 0);
        assert_int_equal(usher_job_start(job), 0);
        assert_int_equal(usher_job_answer_password(job, "x", 1), -EINVAL);
        usher_job_free(job);
        usher_ctx_free(c);
}

static void devices_that_nobody_hears(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_devices *devices = NULL;
        struct usher_device device;

        (void)state;
        assert_int_equal(usher_ctx_set(c, "radio", "carrier pigeon"), 0);
        assert_int_equal(usher_devices_new(c, &devices), -EINVAL);
        assert_string_equal(usher_ctx_get_fault(c), "config");
        assert_int_equal(usher_ctx_set(c, "radio", "sim:/nonexistent"), 0);
        assert_int_equal(usher_devices_new(c, &devices), 0);
        assert_int_equal(usher_ctx_dispatch(c), 0);
        assert_false(usher_devices_get(devices, 0, &device));
        usher_devices_free(devices);
        assert_null(usher_ctx_pop_event(c));
        usher_ctx_free(c);
}

static void the_plan_has_no_secret(void **state)
{
        struct usher_ctx *c = new_ctx();
        struct usher_job *job = new_job(c);
        _cleanup_(freep) char *plan = NULL, *record = NULL;

        (void)state;
        assert_int_equal(usher_job_get_plan(job, &plan), 0);
        assert_non_null(strstr(plan, "\"ssid\":\"Home\""));
        assert_non_null(strstr(plan, "\"password\":true"));
        assert_null(strstr(plan, "12345678"));
        assert_null(strstr(plan, "ABCDEFGHJKLMNPQ"));
        assert_int_equal(usher_job_get_record(job, true, &record), 0);
        assert_non_null(strstr(record, "\"outcome\":\"running\""));
        usher_job_free(job);
        usher_ctx_free(c);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_fault_has_words),
                cmocka_unit_test(cancelled),
                cmocka_unit_test(cancelled_before_the_customer_is_signed_in),
                cmocka_unit_test(stopped),
                cmocka_unit_test(one_that_cannot_begin),
                cmocka_unit_test(a_label_that_comes_last),
                cmocka_unit_test(a_label_that_never_comes),
                cmocka_unit_test(a_file_has_the_limit_of_a_job),
                cmocka_unit_test(steps),
                cmocka_unit_test(refusals),
                cmocka_unit_test(devices_that_nobody_hears),
                cmocka_unit_test(the_plan_has_no_secret),
                cmocka_unit_test(nothing_is_left),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
