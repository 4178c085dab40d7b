/* SPDX-License-Identifier: Apache-2.0 */

/* The flow against the virtual device through the real protocol: happy paths of every platform. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/kept.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static void argon(void **state)
{
        struct world_scene s;
        struct vdevice_facts facts;

        (void)state;
        world_scene_init(&s, &(struct world_config){});
        assert_true(world_scene_run(&s, LIMIT));
        if (s.job.end.outcome != JOB_DONE)
                fail_msg("%s: %s\n%s", fault_info(s.job.end.trouble.fault)->key, s.job.end.trouble.cause,
                         s.events);
        vdevice_facts(s.world.vdevice, &facts);
        assert_true(facts.online && facts.claimed && !facts.listening);
        assert_int_equal(facts.pool_overflows, 0);
        assert_int_equal(facts.decrypt_failures, 0);
        assert_int_equal(s.job.end.exchanges, 6);
        assert_string_equal(s.world.owner, "me@example.com");
        assert_string_equal(s.world.device_name, "Lamp");
        print_message("%u exchanges, %zu bytes to the device, %zu back, %llu virtual ms, pool %zu\n",
                      s.job.end.exchanges, s.world.to_device, s.world.to_client, (unsigned long long)s.ms,
                      facts.pool_high_water);
        world_scene_done(&s);
}

/* Killing: at the k-th step that begins, nothing of the job survives but what device and cloud know. */
struct state {
        bool online, listening, claimed;
        unsigned known_networks;
        char owner[64], name[64];
};

static struct state state_of(struct world_scene *s)
{
        struct vdevice_facts facts;
        struct state is = {};

        timer_virtual_advance(10 * MINUTE); /* what goes on without us has its time */
        vdevice_facts(s->world.vdevice, &facts);
        is.online = facts.online;
        is.listening = facts.listening;
        is.claimed = facts.claimed;
        is.known_networks = facts.known_networks;
        memcpy(is.owner, s->world.owner, sizeof(is.owner));
        memcpy(is.name, s->world.device_name, sizeof(is.name));
        return is;
}

static bool begin_and_kill(struct world_scene *s, unsigned step)
{
        world_scene_start(s);
        while (!s->over && s->starts < step)
                assert_true(timer_virtual_step());
        return !s->over;
}

static void kill_at_every_step(const struct world_config *config, unsigned at_least)
{
        struct state undisturbed;
        struct world_scene s;
        bool running = true;
        unsigned step;

        world_scene_init(&s, config);
        assert_true(world_scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        undisturbed = state_of(&s);
        world_scene_done(&s);

        for (step = 1; running; step++) {
                struct state is;

                world_scene_init(&s, config);
                running = begin_and_kill(&s, step);
                world_scene_again(&s, config);
                if (!world_scene_run(&s, LIMIT) || s.job.end.outcome != JOB_DONE)
                        fail_msg("%s, killed at step %u: %s (%s)\n%s", config->platform, step,
                                 fault_info(s.job.end.trouble.fault)->key, s.job.end.trouble.cause,
                                 s.events);
                is = state_of(&s);
                assert_memory_equal(&is, &undisturbed, sizeof(is));
                world_scene_done(&s);
        }
        print_message("%s: killed at %u steps\n", config->platform, step - 2);
        assert_true(step > at_least);
}

/* An engine that died knows that its job was begun: the network that the device is in is not joined again.
 */
static void resumed_stays_online(void **state)
{
        static const struct world_config families[] = { { .platform = "argon" }, { .platform = "p2" } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(families); i++) {
                struct world_scene s;
                bool running = true;

                for (unsigned step = 1; running; step++) {
                        world_scene_init(&s, &families[i]);
                        running = begin_and_kill(&s, step);
                        world_scene_again(&s, &families[i]);
                        timer_virtual_advance(10 * MINUTE); /* what the device goes on with has its time */
                        s.job.now.resumed = true;
                        assert_true(world_scene_run(&s, LIMIT));
                        assert_int_equal(s.job.end.outcome, JOB_DONE);
                        assert_int_equal(s.world.lost, 0);
                        world_scene_done(&s);
                }
        }
}

/* It has left listening mode, and the record does not tell of it: the cloud does. */
static void resumed_has_left(void **state)
{
        static const struct world_config families[] = { { .platform = "argon" }, { .platform = "p2" } };
        static struct kept kept;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(families); i++) {
                struct world_scene s;

                world_scene_init(&s, &families[i]);
                assert_true(world_scene_run(&s, LIMIT));
                assert_int_equal(s.job.end.outcome, JOB_DONE);
                s.job.finish = (struct job_finish){};
                s.job.end = (struct job_end){};
                kept_take(&kept, &s.job);
                world_scene_again(&s, &families[i]);
                kept_give(&kept, &s.job);
                s.job.now.resumed = true;
                assert_true(world_scene_run(&s, LIMIT));
                assert_int_equal(s.job.end.outcome, JOB_DONE);
                assert_null(strstr(s.events, "connect"));
                world_scene_done(&s);
        }
}

static void killed_at_every_step(void **state)
{
        static const struct world_config families[] = {
                { .platform = "argon" },
                { .platform = "argon", .os = "3.3.0" },
                { .platform = "boron" },
                { .platform = "boron", .os = "2.3.1" },
                { .platform = "p2" },
                { .platform = "p2", .os = "5.6.0" },
                { .platform = "msom" },
                { .platform = "msom", .profile = "[setup]\nname = Lamp\n" },
                { .platform = "b5som",
                  .profile = "[setup]\nname = Lamp\n[cellular]\nsim = internal\n",
                  .device = { .active_sim = SIM_EXTERNAL } },
                { .platform = "boron",
                  .profile = "[setup]\nname = Lamp\n[cellular]\nsim = external\napn = internet\n",
                  .world = "[cellular]\ninternal = none\nexternal = ok\napn = internet\n" },
                { .platform = "argon",
                  .profile = "[setup]\nname = Lamp\nethernet = yes\n",
                  .world = "[ethernet]\nwing = yes\ncable = yes\n" },
                { .platform = "p2",
                  .profile = "[setup]\nname = Lamp\nethernet = yes\n",
                  .world = "[ethernet]\nwing = yes\ncable = yes\n" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(families); i++)
                kill_at_every_step(&families[i], 12);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(argon),
                cmocka_unit_test(resumed_stays_online),
                cmocka_unit_test(resumed_has_left),
                cmocka_unit_test(killed_at_every_step),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
