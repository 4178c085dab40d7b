/* SPDX-License-Identifier: Apache-2.0 */

/* Which hint is shown for what was measured, and that it does not flicker. */

#include "setup/label/camera/hints.h"
#include "tests/unit/cmocka.h"

enum { HEIGHT = 720, FRAME_MS = 66, SECOND = 15 /* frames */ };

static const struct measure good = { .mean = 120, .contrast = 150, .sharpness = 16 * 75, .code_px = 150 };
static const struct measure nothing = { .mean = 120, .contrast = 150, .sharpness = 16 * 75 };

/* Shows `n` frames; returns how often the hint changed. */
static int show(struct hints *h, const struct measure *m, bool read, int n, int64_t *now_ms)
{
        int changes = 0;

        for (int i = 0; i < n; i++) {
                *now_ms += FRAME_MS;
                changes += hints_take(h, m, HEIGHT, read, *now_ms);
        }
        return changes;
}

static void says_what_would_help(void **state)
{
        static const struct {
                const char *what;
                struct measure measure;
                enum source_hint hint;
        } rows[] = {
                { "all is well", { 120, 150, 16 * 75, 150, 0, 0 }, SOURCE_HINT_NONE },
                { "nothing is there", { 120, 150, 16 * 5, 0, 0, 0 }, SOURCE_HINT_NONE },
                { "nothing is known", { 0 }, SOURCE_HINT_NONE },
                { "dark", { 20, 30, 16 * 5, 0, 0, 0 }, SOURCE_HINT_TOO_DARK },
                { "dark around a bright sticker", { 20, 150, 16 * 75, 150, 0, 0 }, SOURCE_HINT_NONE },
                { "dark, and a code", { 20, 30, 16 * 3, 50, 0, 0 }, SOURCE_HINT_TOO_DARK },
                { "glare", { 160, 150, 16 * 75, 150, 30, 0 }, SOURCE_HINT_GLARE },
                { "far, and its white very bright", { 160, 150, 16 * 75, 40, 40, 0 }, SOURCE_HINT_CLOSER },
                { "large and a little out of focus", { 120, 150, 16 * 20, 300, 0, 0 }, SOURCE_HINT_NONE },
                { "as much out of focus, and small",
                  { 120, 150, 16 * 20, 80, 0, 0 },
                  SOURCE_HINT_HOLD_STILL },
                { "a bright wall without a code", { 220, 100, 16 * 50, 0, 60, 0 }, SOURCE_HINT_NONE },
                { "far", { 120, 150, 16 * 75, 40, 0, 0 }, SOURCE_HINT_CLOSER },
                { "far and blurred", { 120, 150, 16 * 5, 40, 0, 0 }, SOURCE_HINT_CLOSER },
                { "too near", { 120, 150, 16 * 75, 700, 0, 0 }, SOURCE_HINT_FARTHER },
                { "held still", { 120, 150, 16 * 75, 150, 0, 82 }, SOURCE_HINT_NONE },
                { "moved along its rows, which stay sharp",
                  { 120, 150, 16 * 75, 150, 0, 60 },
                  SOURCE_HINT_HOLD_STILL },
                { "moving", { 120, 150, 16 * 15, 150, 0, 0 }, SOURCE_HINT_HOLD_STILL },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct hints h = { 0 };
                int64_t now_ms = 5000;
                int changes = show(&h, &rows[i].measure, false, SECOND, &now_ms);

                if (h.shown != rows[i].hint || changes != (rows[i].hint != SOURCE_HINT_NONE))
                        fail_msg("%s: %d after %d changes", rows[i].what, (int)h.shown, changes);
        }
}

static void a_code_that_is_read_needs_no_hint(void **state)
{
        const struct measure far = { 120, 150, 16 * 75, 40, 0, 0 };
        struct hints h = { 0 };
        int64_t now_ms = 5000;

        (void)state;
        assert_int_equal(show(&h, &far, true, SECOND, &now_ms), 0);
        assert_int_equal(show(&h, &far, false, SECOND, &now_ms), 1);
        assert_int_equal(show(&h, &far, true, SECOND + 1, &now_ms), 1);
        assert_int_equal(h.shown, SOURCE_HINT_NONE);
}

static void a_single_frame_says_nothing(void **state)
{
        const struct measure far = { 120, 150, 16 * 75, 40, 0, 0 };
        struct hints h = { 0 };
        int64_t now_ms = 5000;

        (void)state;
        for (int i = 0; i < 100; i++) {
                assert_int_equal(show(&h, &far, false, 1, &now_ms), 0);
                assert_int_equal(show(&h, &good, false, 1, &now_ms), 0);
        }
}

/* Half a second until it is shown, as long until it is taken back, and nothing of it in the same second. */
static void is_steady(void **state)
{
        const struct measure far = { 120, 150, 16 * 75, 40, 0, 0 };
        struct hints h = { 0 };
        int64_t now_ms = 5000, shown_ms;

        (void)state;
        while (!show(&h, &far, false, 1, &now_ms))
                assert_true(now_ms < 6000);
        shown_ms = now_ms;
        assert_in_range(shown_ms - 5000, 300, 800);
        while (!show(&h, &nothing, false, 1, &now_ms))
                assert_true(now_ms < 8000);
        assert_in_range(now_ms - shown_ms, HINTS_PAUSE_MS, HINTS_PAUSE_MS + FRAME_MS);
}

/* What lies between the two values of a bound keeps what is shown. */
static void a_trembling_hand_does_not_switch_it(void **state)
{
        const struct measure far = { 120, 150, 16 * 75, 55, 0, 0 },
                             between = { 120, 150, 16 * 75, 66, 0, 0 };
        struct hints h = { 0 };
        int64_t now_ms = 5000;

        (void)state;
        assert_int_equal(show(&h, &between, false, 3 * SECOND, &now_ms), 0);
        assert_int_equal(show(&h, &far, false, 3 * SECOND, &now_ms), 1);
        assert_int_equal(show(&h, &between, false, 3 * SECOND, &now_ms), 0);
        assert_int_equal(h.shown, SOURCE_HINT_CLOSER);
        assert_int_equal(show(&h, &good, false, 3 * SECOND, &now_ms), 1);
        assert_int_equal(h.shown, SOURCE_HINT_NONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(says_what_would_help),
                cmocka_unit_test(a_code_that_is_read_needs_no_hint),
                cmocka_unit_test(a_single_frame_says_nothing),
                cmocka_unit_test(is_steady),
                cmocka_unit_test(a_trembling_hand_does_not_switch_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
