/* SPDX-License-Identifier: Apache-2.0 */

/* What people see where standard error is a file: whole lines, nothing that moves the cursor; lines that are
 * held back while a question stands. And the order of networks that a person chooses from. */

#include "setup/cli/progress.h"
#include "tests/unit/cmocka.h"
#include <string.h>

static char *text;
static size_t size;
static FILE *file;
static struct progress *progress;

static void begin(bool quiet)
{
        free(text);
        text = NULL;
        file = open_memstream(&text, &size);
        assert_int_equal(progress_new(file, quiet, &progress), 0);
}

static void end(const char *expected)
{
        progress = progress_free(progress);
        (void)fclose(file);
        assert_string_equal(text, expected);
}

static void step(const char *words, const char *state, enum fault fault, const char *cause)
{
        struct trouble why = { .fault = fault };
        char passing[16];

        trouble_add(&why, "%s", cause ? cause : "");
        (void)snprintf(passing, sizeof(passing), "%s", words); /* which is gone afterwards */
        progress_step(progress,
                      &(struct progress_step){ .text = passing,
                                               .state = state,
                                               .try = 1,
                                               .of = 3,
                                               .ms = 1250,
                                               .sentence = fault ? fault_info(fault)->sentence : NULL,
                                               .cause = why.cause[0] ? why.cause : NULL });
}

static void lines(void **state)
{
        (void)state;
        begin(false);
        step("Connecting", "started", FAULT_NONE, NULL);
        step("Connecting", "retrying", FAULT_BT_CONNECT, NULL);
        step("Connecting", "waiting", FAULT_NONE, "the device\033[2J is busy");
        step("Connecting", "done", FAULT_NONE, NULL);
        step("Connecting", "done", FAULT_NONE, "held by cat");
        step("Naming", "skipped", FAULT_NONE, NULL);
        step("Claiming", "failed", FAULT_CLAIM_FOREIGN, "it is Bob's");
        end("  Connecting ... trying again (2 of 3): The device was seen but does not accept a connection.\n"
            "  Connecting ... the device?[2J is busy\n"
            "  Connecting ... ok, 1.2 s\n"
            "  Connecting ... ok, 1.2 s (held by cat)\n"
            "  Claiming ... failed: it is Bob's\n");
}

static void part(size_t bytes, uint64_t ms)
{
        progress_step(progress, &(struct progress_step){ .text = "Updating",
                                                         .state = "waiting",
                                                         .try = 1,
                                                         .of = 3,
                                                         .ms = ms,
                                                         .cause = "not shown",
                                                         .part = bytes,
                                                         .whole = 500000 });
}

/* Without a terminal a line for each tenth; rate and time left follow from what went by. */
static void long_steps_tell_how_far_they_are(void **state)
{
        (void)state;
        begin(false);
        part(0, 0);
        part(1024, 100);
        part(50000, 10000);
        part(51024, 10200);
        part(250000, 50000);
        end("  Updating ... 0 % of 500.0 kB\n"
            "  Updating ... 10 % of 500.0 kB, 5.0 kB/s, 90 s left\n"
            "  Updating ... 50 % of 500.0 kB, 5.0 kB/s, 50 s left\n");
}

static void wait_s(unsigned s, size_t whole)
{
        progress_wait(progress, &(struct progress_step){ .text = "Looking",
                                                         .state = "waiting",
                                                         .ms = s * 1000ull + 20,
                                                         .limit_ms = 200000,
                                                         .whole = whole,
                                                         .hint = whole ? NULL : "hold MODE" });
}

/* After 10 s, 30 s and each minute; from the beginning again when it is tried again. */
static void waits_are_told_sparsely(void **state)
{
        (void)state;
        begin(false);
        step("Looking", "started", FAULT_NONE, NULL);
        for (unsigned s = 1; s < 190; s++)
                wait_s(s, 0);
        step("Looking", "started", FAULT_NONE, NULL);
        wait_s(12, 0);
        wait_s(5, 0);
        wait_s(11, 0);
        progress_wait(progress, NULL);
        wait_s(70, 100); /* a file's tenths are told */
        step("Looking", "done", FAULT_NONE, NULL);
        wait_s(120, 0); /* nobody began that */
        end("  Looking ... 10 s of 200, hold MODE\n"
            "  Looking ... 30 s of 200, hold MODE\n"
            "  Looking ... 60 s of 200, hold MODE\n"
            "  Looking ... 120 s of 200, hold MODE\n"
            "  Looking ... 180 s of 200, hold MODE\n"
            "  Looking ... 12 s of 200, hold MODE\n"
            "  Looking ... 11 s of 200, hold MODE\n"
            "  Looking ... ok, 1.2 s\n");
}

static void waits_are_not_told_when_quiet(void **state)
{
        (void)state;
        begin(true);
        step("Looking", "started", FAULT_NONE, NULL);
        wait_s(12, 0);
        end("");
        begin(false);
        step("Looking", "started", FAULT_NONE, NULL);
        progress_hold(progress); /* nor while a question stands */
        wait_s(12, 0);
        progress_go_on(progress);
        end("");
}

static void held_lines_come_afterwards(void **state)
{
        (void)state;
        begin(false);
        step("A", "done", FAULT_NONE, NULL);
        progress_hold(progress);
        fputs("Password: ", file);
        step("B", "done", FAULT_NONE, NULL);
        fputs("\n", file);
        progress_go_on(progress);
        step("C", "done", FAULT_NONE, NULL);
        end("  A ... ok, 1.2 s\nPassword: \n  B ... ok, 1.2 s\n  C ... ok, 1.2 s\n");
}

static void quiet_tells_only_what_went_wrong(void **state)
{
        struct progress_end good = { .done = true, .ms = 5 }, bad = { .trouble = { FAULT_TIMEOUT, "why" } };
        char expected[512];

        (void)state;
        begin(true);
        step("A", "done", FAULT_NONE, NULL);
        progress_result(progress, &good);
        end("");
        begin(true);
        progress_result(progress, &bad);
        (void)snprintf(expected, sizeof(expected), "%s\n  Cause: why\n  What to do: %s\n",
                       fault_info(FAULT_TIMEOUT)->sentence, fault_info(FAULT_TIMEOUT)->advice);
        end(expected);
}

/* The lights of the device at hand, not those of all devices. */
static void offline_names_the_platform(void **state)
{
        struct progress_end how = { .trouble = { FAULT_DEVICE_OFFLINE, "" }, .platform = "p2" };
        char expected[512];

        (void)state;
        begin(true);
        progress_result(progress, &how);
        (void)snprintf(
                expected, sizeof(expected),
                "%s\n  What to do: %s\n  Its light: usher light --platform p2, and what the light shows\n",
                fault_info(FAULT_DEVICE_OFFLINE)->sentence, fault_info(FAULT_DEVICE_OFFLINE)->advice);
        end(expected);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines),
                cmocka_unit_test(long_steps_tell_how_far_they_are),
                cmocka_unit_test(held_lines_come_afterwards),
                cmocka_unit_test(waits_are_told_sparsely),
                cmocka_unit_test(waits_are_not_told_when_quiet),
                cmocka_unit_test(quiet_tells_only_what_went_wrong),
                cmocka_unit_test(offline_names_the_platform),
        };
        int r = cmocka_run_group_tests(tests, NULL, NULL);

        free(text);
        return r;
}
