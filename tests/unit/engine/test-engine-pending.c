/* SPDX-License-Identifier: Apache-2.0 */

/* What is left to do in the cloud, later and in another process: no radio is needed for it. And stopping,
 * which ends what is under way and no more. */

#include "proto/base/timer-virtual.h"
#include "setup/engine/record-json.h"
#include "setup/engine/work.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char sim_profile[] = "[setup]\nname = Boron\n[cellular]\ncountry = DE\n";

struct later {
        struct scene scene;
        struct work *work;
        bool over, radio;
        unsigned begun; /* steps since the stop */
};

static void on_told(void *userdata, const struct told *t)
{
        struct later *l = userdata;

        if (t->kind == TOLD_STEP && t->event->state == STEP_STARTED)
                l->begun++;
        if (t->kind == TOLD_RESULT)
                l->over = true;
        else
                l->radio |= work_needs_radio(l->work);
}

static bool is_over(void *userdata)
{
        return ((struct later *)userdata)->over;
}

static void begin(struct later *l)
{
        struct work_config config = { .job = &l->scene.job, .ports = &l->scene.world.ports };
        struct trouble why = {};

        l->over = l->radio = false;
        assert_int_equal(work_new(&config, on_told, l, &l->work, &why), 0);
}

static void run(struct later *l)
{
        begin(l);
        assert_true(timer_virtual_run(is_over, l, LIMIT));
        l->work = work_free(l->work);
}

/* As the engine does: all that is left is the record, and the device is not in setup mode any more. */
static void take_up(struct later *l, const char *profile)
{
        struct trouble why = {};
        char *record;

        assert_int_equal(record_json_write(&l->scene.job, &record), 0);
        scene_again(&l->scene, profile);
        assert_int_equal(record_json_read(&l->scene.job, record, &why), 0);
        free(record);
}

static void assert_done_without_radio(struct later *l)
{
        run(l);
        if (l->scene.job.end.outcome != JOB_DONE)
                fail_msg("%s", trouble_words(&l->scene.job.end.trouble));
        assert_false(l->radio);
        assert_null(strstr(l->scene.world.log, "find"));
        assert_null(strstr(l->scene.world.log, "connect"));
        assert_true(l->scene.job.end.verified);
}

static struct later *later_new(const char *profile)
{
        struct later *l = calloc(1, sizeof(*l));

        assert_non_null(l);
        scene_init(&l->scene, profile);
        return l;
}

static void later_done(struct later *l)
{
        l->work = work_free(l->work);
        scene_done(&l->scene);
        free(l);
}

static void cloud_away_for_a_while(void **state)
{
        struct later *l = later_new(NULL);

        (void)state;
        fake_add(&l->scene.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                      .type = CLOUD_RENAME,
                                                      .times = 20,
                                                      .what = FAKE_FAULT,
                                                      .fault = FAULT_CLOUD_UNREACHABLE });
        run(l);
        assert_int_equal(l->scene.job.end.outcome, JOB_PENDING);
        l->scene.world.n_rules = 0;
        take_up(l, NULL);
        assert_done_without_radio(l);
        assert_string_equal(l->scene.job.cloud.name, "Lamp");
        later_done(l);
}

/* Until the carrier has it the cloud is asked for a minute each time; then it has seen the device. */
static void sim_activated_later(void **state)
{
        struct later *l = later_new(sim_profile);
        struct fake_ports *world = &l->scene.world;

        (void)state;
        world->device.platform_id = 13;
        world->device.interfaces[1] = INTERFACE_PPP;
        world->card.state = PORT_SIM_NEW;
        world->card.pending = true;
        world->takes.online_ms = 100 * MINUTE;
        run(l);
        assert_int_equal(l->scene.job.end.outcome, JOB_PENDING);
        take_up(l, sim_profile);
        run(l);
        assert_int_equal(l->scene.job.end.trouble.fault, FAULT_PENDING);
        assert_false(l->radio);
        world->cloud.online = true;
        world->cloud.owner = world->cloud.user;
        world->cloud.handshake_s += 1;
        take_up(l, sim_profile);
        assert_done_without_radio(l);
        assert_null(strstr(world->log, "sim-activate"));
        later_done(l);
}

/* The radio may serve another as soon as the device is online, whatever the cloud still has to say. */
static void radio_is_free_early(void **state)
{
        struct later *l = later_new(NULL);

        (void)state;
        l->scene.world.takes.claim_ms = 2 * MINUTE;
        begin(l);
        assert_true(work_needs_radio(l->work));
        while (!l->scene.job.finish.listening_stopped)
                assert_true(timer_virtual_step());
        while (work_needs_radio(l->work))
                assert_true(timer_virtual_step());
        assert_false(l->over);
        assert_false(l->scene.world.linked);
        assert_true(timer_virtual_run(is_over, l, LIMIT));
        assert_int_equal(l->scene.job.end.outcome, JOB_DONE);
        later_done(l);
}

static void stopped_after_its_step(void **state)
{
        (void)state;
        for (unsigned steps = 0; steps < 200; steps++) {
                struct later *l = later_new(NULL);

                begin(l);
                for (unsigned i = 0; i < steps && !l->over; i++)
                        assert_true(timer_virtual_step());
                if (l->over) {
                        assert_in_range(steps, 20, 200);
                        later_done(l);
                        return;
                }
                work_stop_after_step(l->work);
                l->begun = 0;
                assert_true(timer_virtual_run(is_over, l, 20 * MINUTE));
                assert_int_equal(l->begun, 0);
                assert_int_equal(l->scene.world.alive, 0);
                if (l->scene.job.end.outcome != JOB_DONE)
                        assert_int_equal(l->scene.job.end.outcome, JOB_CANCELLED);
                l->work = work_free(l->work);
                take_up(l, NULL);
                run(l);
                assert_int_equal(l->scene.job.end.outcome, JOB_DONE);
                later_done(l);
        }
        fail();
}

/* Looking for it changes nothing, and is not waited for. */
static void stopped_while_it_looks(void **state)
{
        struct later *l = later_new(NULL);

        (void)state;
        l->scene.world.device.listening = false;
        begin(l);
        timer_virtual_advance(5000);
        assert_false(l->over);
        work_stop_after_step(l->work);
        assert_true(timer_virtual_run(is_over, l, 100));
        assert_int_equal(l->scene.job.end.trouble.fault, FAULT_CANCELLED);
        later_done(l);
}

static void stopped_while_a_question_stands(void **state)
{
        struct later *l = later_new("[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        struct work_config config = { .job = &l->scene.job,
                                      .ports = &l->scene.world.ports,
                                      .interactive = true };
        struct trouble why = {};

        (void)state;
        scene_set_password(&l->scene, 0, "passwort");
        assert_int_equal(work_new(&config, on_told, l, &l->work, &why), 0);
        assert_false(timer_virtual_run(is_over, l, 10 * MINUTE));
        work_stop_after_step(l->work);
        assert_true(timer_virtual_run(is_over, l, 100));
        assert_int_equal(l->scene.job.end.outcome, JOB_CANCELLED);
        later_done(l);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(cloud_away_for_a_while), cmocka_unit_test(sim_activated_later),
                cmocka_unit_test(radio_is_free_early),    cmocka_unit_test(stopped_after_its_step),
                cmocka_unit_test(stopped_while_it_looks), cmocka_unit_test(stopped_while_a_question_stands),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
