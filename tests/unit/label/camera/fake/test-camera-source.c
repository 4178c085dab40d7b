/* SPDX-License-Identifier: Apache-2.0 */

/* The source over a usher-scan that tells a day's events, or misbehaves. */

#include "setup/label/camera/camera.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/next-event.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#define SERIAL "ARNHAB000AAAAAA"
#define SECRET "abcDEF123456789"

enum { PATIENCE_MS = 20000 };

static struct source *open_camera(const char *order, bool qr)
{
        struct source *s = NULL;

        assert_int_equal(source_open_camera(order, qr, &s), 0);
        return s;
}

/* The next event, waited for as a program with a loop does. */
static int next(struct source *s, struct scan *ret)
{
        return next_event(s, PATIENCE_MS, false, ret);
}

static void no_child_is_left(void)
{
        assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
        assert_int_equal(errno, ECHILD);
}

static void assert_label(struct scan *scan)
{
        assert_int_equal(scan->origin, SOURCE_CAMERA);
        assert_int_equal(scan->symbology, LABEL_DATA_MATRIX);
        assert_int_equal(scan->at_ms, 1234);
        assert_string_equal(secret_text(scan->text), SERIAL " " SECRET);
        assert_string_equal(scan->from, "/dev/video7");
        scan_done(scan);
}

static void tells_what_happens(void **state)
{
        struct source *s = open_camera("day", false);
        struct scan scan = { 0 };

        (void)state;
        assert_int_equal(next(s, &scan), SOURCE_HINT);
        assert_int_equal(source_hint(s), SOURCE_HINT_CLOSER);
        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_label(&scan);
        assert_int_equal(next(s, &scan), SOURCE_LOST);
        assert_string_equal(source_trouble(s)->cause, "it was unplugged");
        assert_int_equal(next(s, &scan), SOURCE_BACK);
        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_label(&scan);
        assert_int_equal(next(s, &scan), SOURCE_REFUSED);
        assert_int_equal(source_trouble(s)->fault, FAULT_SCANNER);
        assert_string_equal(source_trouble(s)->cause, "that was all");
        assert_int_equal(next(s, &scan), SOURCE_END);
        assert_int_equal(next(s, &scan), SOURCE_END);
        source_free(s);
        no_child_is_left();
}

static void contains_misbehaviour(void **state)
{
        static const struct {
                const char *order, *cause;
        } rows[] = {
                { "crash", "usher-scan ended: Segmentation fault" },
                { "garbage", "usher-scan ended: Killed" },
                { "too long", "usher-scan ended: Killed" },
                { "nothing", "without a word (status 3)" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct source *s = open_camera(rows[i].order, false);
                struct scan scan = { 0 };

                assert_int_equal(next(s, &scan), SOURCE_REFUSED);
                assert_int_equal(source_trouble(s)->fault, FAULT_INTERNAL);
                if (!strstr(source_trouble(s)->cause, rows[i].cause))
                        fail_msg("%s: '%s'", rows[i].order, source_trouble(s)->cause);
                assert_int_equal(next(s, &scan), SOURCE_END);
                no_child_is_left();
                source_free(s);
        }
}

static void keeps_what_came_before_a_crash(void **state)
{
        struct source *s = open_camera("scan and crash", false);
        struct scan scan = { 0 };

        (void)state;
        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(scan.from, "scan and crash");
        assert_string_equal(secret_text(scan.text), SERIAL " " SECRET);
        scan_done(&scan);
        assert_int_equal(next(s, &scan), SOURCE_REFUSED);
        assert_null(strstr(source_trouble(s)->cause, SECRET));
        assert_int_equal(next(s, &scan), SOURCE_END);
        source_free(s);
}

/* The descriptor below has no close-on-exec flag, as a library may leave one behind. */
static void gives_the_program_nothing(void **state)
{
        int leaky = open("/dev/null", O_RDONLY);
        struct source *s;
        struct scan scan = { 0 };

        (void)state;
        assert_true(leaky >= 3);
        assert_int_equal(setenv("PARTICLE_TOKEN", "do-not-hand-on", 1), 0);
        s = open_camera("report", true);
        close(leaky);
        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_int_equal(scan.symbology, LABEL_QR);
        assert_string_equal(secret_text(scan.text), "fds=0 env=0 args=4 --qr");
        scan_done(&scan);
        source_free(s);
        s = open_camera("report", false);
        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(secret_text(scan.text), "fds=0 env=0 args=3 --");
        scan_done(&scan);
        source_free(s);
}

static void ends_a_program_that_hangs(void **state)
{
        struct source *s = open_camera("hang", false);
        struct scan scan = { 0 };

        (void)state;
        assert_int_equal(source_dispatch(s, &scan), SOURCE_NOTHING);
        assert_int_equal(source_timeout_ms(s), -1);
        source_free(s);
        no_child_is_left();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tells_what_happens),
                cmocka_unit_test(contains_misbehaviour),
                cmocka_unit_test(keeps_what_came_before_a_crash),
                cmocka_unit_test(gives_the_program_nothing),
                cmocka_unit_test(ends_a_program_that_hangs),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
