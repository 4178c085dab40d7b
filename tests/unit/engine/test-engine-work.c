/* SPDX-License-Identifier: Apache-2.0 */

/* One job at work in the flow's scripted world: what is told of it, in which order, and what ends it. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "setup/engine/work.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

struct hand {
        struct scene scene; /* job and world */
        struct work *work;
        char told[16384]; /* "step find;progress;look result;result" */
        bool over;
        bool of_runner; /* the result has the runner's event */
        uint64_t ms;
        const char *password;
};

static const char *const kinds[] = {
        [TOLD_STEP] = "step",         [TOLD_PROGRESS] = "progress", [TOLD_QUIET] = "quiet",
        [TOLD_QUESTION] = "question", [TOLD_LOOK] = "look",         [TOLD_RESULT] = "result"
};

static void answer(struct hand *h)
{
        struct wifi_network n = { .security = WIFI_SECURITY_AUTO };
        struct trouble why = {};

        assert_int_equal(secret_new(h->password, strlen(h->password), &n.password), 0);
        assert_int_equal(work_answer(h->work, &n, &why), 0);
}

static void on_told(void *userdata, const struct told *t)
{
        struct hand *h = userdata;
        size_t len = strlen(h->told);
        bool named = t->event && t->event->step;

        assert_false(h->over);
        assert_ptr_equal(t->job, &h->scene.job);
        assert_string_equal(t->id, "0195");
        assert_true(len + 100 < sizeof(h->told));
        (void)snprintf(h->told + len, sizeof(h->told) - len, "%s%s %s", len ? ";" : "", kinds[t->kind],
                       named ? t->event->step : "");
        if (t->kind == TOLD_PROGRESS)
                assert_true(t->first->ms > 1000 && t->event->ms > 1000);
        if (t->kind == TOLD_QUESTION && h->password)
                answer(h);
        if (t->kind != TOLD_RESULT)
                return;
        h->of_runner = t->event;
        h->ms = t->ms;
        assert_true(!t->event || t->ms >= t->event->ms);
        h->over = true;
        h->work = work_free(h->work); /* inside this one it may */
}

static struct work_config config_of(struct hand *h)
{
        return (struct work_config){ .job = &h->scene.job, .id = "0195", .ports = &h->scene.world.ports };
}

static void begin(struct hand *h, const struct work_config *config)
{
        struct trouble why = {};

        assert_int_equal(work_new(config, on_told, h, &h->work, &why), 0);
        assert_string_equal(h->told, "");
}

static bool is_over(void *userdata)
{
        return ((struct hand *)userdata)->over;
}

static struct hand *hand_new(const char *profile)
{
        struct hand *h = calloc(1, sizeof(*h));

        assert_non_null(h);
        scene_init(&h->scene, profile);
        return h;
}

static void hand_done(struct hand *h)
{
        h->work = work_free(h->work);
        scene_done(&h->scene); /* nothing is left behind */
        free(h);
}

static void a_setup(void **state)
{
        struct hand *h = hand_new(NULL);
        struct work_config config = config_of(h);

        (void)state;
        begin(h, &config);
        assert_true(timer_virtual_run(is_over, h, LIMIT));
        assert_int_equal(h->scene.job.end.outcome, JOB_DONE);
        assert_int_equal(strncmp(h->told, "step ", 5), 0);
        assert_string_equal(strrchr(h->told, ';'), ";result ");
        assert_int_equal(scene_count(h->told, "result"), 1);
        assert_true(h->of_runner);
        hand_done(h);
}

/* At most one a second, and when nothing does any more that is told once. */
static void what_takes_long(void **state)
{
        struct hand *h = hand_new(NULL);
        struct work_config config = config_of(h);

        (void)state;
        fake_add(&h->scene.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                      .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                                      .what = FAKE_DELAY,
                                                      .delay_ms = 20000 });
        begin(h, &config);
        assert_true(timer_virtual_run(is_over, h, LIMIT));
        assert_in_range(scene_count(h->told, "progress wifi-join"), 9, 20);
        assert_true(scene_count(h->told, "progress") <= h->ms / 1000);
        hand_done(h);
}

static void a_question(void **state)
{
        struct hand *h = hand_new("[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        struct work_config config = config_of(h);

        (void)state;
        scene_set_password(&h->scene, 0, "passwort");
        h->password = "password";
        config.interactive = true;
        begin(h, &config);
        assert_true(timer_virtual_run(is_over, h, LIMIT));
        assert_int_equal(h->scene.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(h->told, "question wifi-join"), 1);
        hand_done(h);
}

/* Nothing takes long while a person thinks. */
static void a_question_stands(void **state)
{
        struct hand *h = hand_new("[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        struct work_config config = config_of(h);

        (void)state;
        scene_set_password(&h->scene, 0, "passwort");
        fake_add(&h->scene.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                      .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                                      .what = FAKE_DELAY,
                                                      .delay_ms = 5000 });
        config.interactive = true;
        begin(h, &config);
        assert_false(timer_virtual_run(is_over, h, 10 * MINUTE));
        assert_string_equal(strstr(h->told, ";quiet"), ";quiet ;question wifi-join");
        h->work = work_free(h->work);
        assert_int_equal(h->scene.job.end.outcome, JOB_CANCELLED);
        assert_int_equal(h->scene.job.end.trouble.fault, FAULT_CANCELLED);
        hand_done(h);
}

static void a_second_look(void **state)
{
        struct hand *h = hand_new("[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        struct work_config config = config_of(h);

        (void)state;
        scene_set_password(&h->scene, 0, "passwort");
        config.inspect = true;
        begin(h, &config);
        assert_true(timer_virtual_run(is_over, h, LIMIT));
        assert_int_equal(h->scene.job.end.outcome, JOB_FAILED);
        assert_int_equal(h->scene.job.asked.task, TASK_SETUP);
        assert_true(h->scene.job.now.inspection.asked);
        assert_non_null(strstr(h->told, ";look ;look "));
        assert_non_null(strstr(h->told, "look inspect;"));
        assert_false(h->of_runner);
        hand_done(h);
}

/* The job is as it was when it failed. */
static void a_second_look_is_cut_short(void **state)
{
        struct hand *h = hand_new("[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        struct work_config config = config_of(h);
        enum fault fault;

        (void)state;
        scene_set_password(&h->scene, 0, "passwort");
        config.inspect = true;
        begin(h, &config);
        while (!strstr(h->told, "look inspect"))
                assert_true(timer_virtual_step());
        h->work = work_free(h->work);
        fault = h->scene.job.end.trouble.fault;
        assert_int_equal(h->scene.job.end.outcome, JOB_FAILED);
        assert_true(fault != FAULT_NONE && fault != FAULT_CANCELLED);
        assert_int_equal(h->scene.job.asked.task, TASK_SETUP);
        hand_done(h);
}

static void a_deadline(void **state)
{
        struct hand *h = hand_new(NULL);
        struct work_config config = config_of(h);

        (void)state;
        h->scene.world.device.listening = false;
        config.deadline_ms = 20000;
        begin(h, &config);
        assert_true(timer_virtual_run(is_over, h, 21000));
        assert_int_equal(h->scene.job.end.outcome, JOB_FAILED);
        hand_done(h);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_setup),       cmocka_unit_test(what_takes_long),
                cmocka_unit_test(a_question),    cmocka_unit_test(a_question_stands),
                cmocka_unit_test(a_second_look), cmocka_unit_test(a_second_look_is_cut_short),
                cmocka_unit_test(a_deadline),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
