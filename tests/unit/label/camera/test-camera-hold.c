/* SPDX-License-Identifier: Apache-2.0 */

/* A camera through its bad days, by a clock of our own: missing, unplugged, silent, held by another program.
 * The frames are scripted: this file is another implementation of frames.h. */

#include "setup/label/camera/hold.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <poll.h>
#include <string.h>

struct frames {
        int nothing;
};

static struct frames camera;
static int opens, closes, look_answer;
static const char *refusal; /* NULL: it can be opened */
static int64_t now_ms;

int frames_open(const char *which, struct frames **ret, struct trouble *ret_trouble)
{
        assert_string_equal(which, "auto");
        opens++;
        if (refusal)
                return trouble_set(ret_trouble, FAULT_SCANNER, "%s", refusal);
        *ret = &camera;
        return 0;
}

const char *frames_name(const struct frames *f)
{
        assert_ptr_equal(f, &camera);
        return "/dev/video3";
}

int frames_fd(const struct frames *f)
{
        assert_ptr_equal(f, &camera);
        return 1000;
}

int frames_look(struct frames *f)
{
        assert_ptr_equal(f, &camera);
        return look_answer;
}

struct frames *frames_close(struct frames *f)
{
        closes += f != NULL;
        return NULL;
}

static void begin(void)
{
        opens = closes = look_answer = 0;
        refusal = NULL;
        now_ms = 100000;
}

/* What is said when `ms` have passed and the descriptor says `revents`, and a frame, an error or nothing is
 * there. */
static int at(struct hold *h, int64_t ms, short revents, int look)
{
        now_ms += ms;
        look_answer = look;
        return hold_dispatch(h, revents, now_ms);
}

static struct hold *opened(void)
{
        struct hold *h = NULL;

        begin();
        assert_int_equal(hold_new("auto", &h), 0);
        assert_true(hold_due_ms(h) <= now_ms);
        assert_int_equal(at(h, 0, 0, 0), HOLD_OPENED);
        assert_string_equal(hold_name(h), "/dev/video3");
        assert_int_equal(hold_fd(h), 1000);
        assert_int_equal(at(h, 66, POLLIN, 1), HOLD_FRAME);
        return h;
}

static void fails_where_there_is_no_camera(void **state)
{
        struct hold *h = NULL;

        (void)state;
        begin();
        refusal = "there is no camera";
        assert_int_equal(hold_new("auto", &h), 0);
        assert_int_equal(at(h, 0, 0, 0), HOLD_FAILED);
        assert_string_equal(hold_trouble(h)->cause, "there is no camera");
        hold_free(h);
}

static void waits_for_one_that_was_unplugged(void **state)
{
        static const struct {
                short revents;
                int look;
        } ways[] = { { POLLIN, -ENODEV }, { POLLIN | POLLERR, -EIO }, { POLLERR | POLLHUP, 0 } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(ways); i++) {
                struct hold *h = opened();

                assert_int_equal(at(h, 66, ways[i].revents, ways[i].look), HOLD_LOST);
                assert_non_null(strstr(hold_trouble(h)->cause, "/dev/video3 was unplugged"));
                assert_null(hold_frames(h));
                assert_int_equal(closes, 1);
                refusal = "there is no camera";
                for (int s = 0; s < 60; s++)
                        assert_int_equal(at(h, 1000, 0, 0), HOLD_NOTHING); /* told once */
                assert_int_equal(opens, 61);
                assert_non_null(strstr(hold_trouble(h)->cause, "was unplugged"));
                refusal = NULL;
                assert_int_equal(at(h, 1, POLLIN, 0), HOLD_OPENED); /* /dev has changed */
                assert_int_equal(at(h, 400, POLLIN, 1), HOLD_BACK);
                assert_int_equal(at(h, 66, POLLIN, 1), HOLD_FRAME);
                hold_free(h);
                assert_int_equal(closes, 2);
        }
}

static void opens_a_silent_one_anew(void **state)
{
        struct hold *h = opened();

        (void)state;
        assert_int_equal(at(h, HOLD_SILENCE_MS - 1, 0, 0), HOLD_NOTHING);
        assert_int_equal(hold_due_ms(h) - now_ms, 1);
        assert_int_equal(at(h, 1, 0, 0), HOLD_OPENED);
        assert_int_equal(opens, 2);
        assert_int_equal(closes, 1);
        assert_int_equal(at(h, 500, POLLIN, 1), HOLD_FRAME); /* nobody needs to know */
        hold_free(h);
}

static void names_one_that_stays_silent(void **state)
{
        struct hold *h = opened();
        int lost = 0, back = 0;

        (void)state;
        assert_int_equal(at(h, HOLD_SILENCE_MS, 0, 0), HOLD_OPENED);
        assert_int_equal(at(h, HOLD_SILENCE_MS, 0, 0), HOLD_LOST);
        assert_non_null(strstr(hold_trouble(h)->cause, "sends no pictures"));
        for (int s = 0; s < 60; s++) { /* opened again and again, and as silent */
                int event = at(h, 1000, 0, 0);

                lost += event == HOLD_LOST;
                back += event == HOLD_BACK;
        }
        assert_int_equal(lost + back, 0);
        assert_in_range(opens, 10, 30);
        while (at(h, 1000, 0, 0) != HOLD_OPENED)
                ;
        assert_int_equal(at(h, 66, POLLIN, 1), HOLD_BACK);
        hold_free(h);
}

static void tells_of_one_that_another_program_took(void **state)
{
        struct hold *h = opened();

        (void)state;
        refusal = "in use by cheese";
        assert_int_equal(at(h, HOLD_SILENCE_MS, 0, 0), HOLD_LOST);
        assert_string_equal(hold_trouble(h)->cause, "in use by cheese");
        hold_free(h);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fails_where_there_is_no_camera),
                cmocka_unit_test(waits_for_one_that_was_unplugged),
                cmocka_unit_test(opens_a_silent_one_anew),
                cmocka_unit_test(names_one_that_stays_silent),
                cmocka_unit_test(tells_of_one_that_another_program_took),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
