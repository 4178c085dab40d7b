/* SPDX-License-Identifier: Apache-2.0 */

/* The flow against the virtual device through the real protocol: happy paths of every platform. */

#include "tests/unit/cmocka.h"
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
        if (s.job.outcome != JOB_DONE)
                fail_msg("%s: %s\n%s", fault_info(s.job.fault)->key, s.job.cause, s.events);
        vdevice_facts(s.world.vdevice, &facts);
        assert_true(facts.online && facts.claimed && !facts.listening);
        assert_int_equal(facts.pool_overflows, 0);
        assert_int_equal(facts.decrypt_failures, 0);
        assert_int_equal(s.job.exchanges, 6);
        assert_string_equal(s.world.owner, "me@example.com");
        assert_string_equal(s.world.device_name, "Lamp");
        print_message("%u exchanges, %zu bytes to the device, %zu back, %llu virtual ms, pool %zu\n",
                      s.job.exchanges, s.world.to_device, s.world.to_client, (unsigned long long)s.ms,
                      facts.pool_high_water);
        world_scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(argon),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
