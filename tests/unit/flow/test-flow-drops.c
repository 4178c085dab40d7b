/* SPDX-License-Identifier: Apache-2.0 */

/* The link ends, or the device falls silent, behind every single byte of a setup, in both directions: once,
 * which must be survived without a trace, and on every connection, which must end as a Bluetooth fault. */

#include "tests/unit/cmocka.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char CREDENTIALS_ONLY[] = "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n";

struct bytes {
        size_t to_device, to_client;
};

/* How many bytes an undisturbed setup has. */
static struct bytes measure(void)
{
        struct world_scene s;
        struct bytes b;

        world_scene_init(&s, &(struct world_config){});
        assert_true(world_scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        b = (struct bytes){ s.world.to_device, s.world.to_client };
        world_scene_done(&s);
        return b;
}

static void explain(const struct world_scene *s, const struct mishap *m, const char *what)
{
        fail_msg("mishap %d after %u bytes, %s: %s: outcome %d %s (%s)\n%s", m->kind, m->arg,
                 m->times ? "once" : "always", what, s->job.end.outcome,
                 fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events);
}

static uint64_t survives(enum mishap_kind kind, size_t n)
{
        struct world_config config = { .mishap = { { .kind = kind, .arg = (uint32_t)n, .times = 1 } },
                                       .n_mishaps = 1 };
        struct world_scene s;
        struct vdevice_facts facts;
        uint64_t ms;

        world_scene_init(&s, &config);
        if (!world_scene_run(&s, LIMIT))
                explain(&s, &config.mishap[0], "hangs");
        if (s.job.end.outcome != JOB_DONE)
                explain(&s, &config.mishap[0], "does not survive");
        vdevice_facts(s.world.vdevice, &facts);
        assert_true(facts.online && !facts.listening);
        assert_int_equal(facts.pool_overflows, 0);
        assert_string_equal(s.world.owner, "me@example.com");
        assert_string_equal(s.world.device_name, "Lamp");
        ms = s.ms;
        world_scene_done(&s);
        return ms;
}

static void once(enum mishap_kind kind, size_t bytes)
{
        uint64_t worst = 0;

        for (size_t n = 0; n <= bytes; n++) {
                uint64_t ms = survives(kind, n);

                if (ms > worst)
                        worst = ms;
        }
        print_message("%zu offsets survived, the slowest in %llu virtual seconds\n", bytes + 1,
                      (unsigned long long)worst / 1000);
}

static void dropped_once_to_device(void **state)
{
        (void)state;
        once(MISHAP_DROP_AFTER_RX, measure().to_device);
}

static void dropped_once_to_client(void **state)
{
        (void)state;
        once(MISHAP_DROP_AFTER_TX, measure().to_client);
}

static void silent_once(void **state)
{
        (void)state;
        once(MISHAP_SILENT_AFTER_BYTES, measure().to_client);
}

static void always(enum mishap_kind kind, size_t bytes)
{
        unsigned done = 0, failed = 0;

        for (size_t n = 0; n <= bytes + 7; n += 7) {
                struct world_config config = { .profile = CREDENTIALS_ONLY,
                                               .mishap = { { .kind = kind, .arg = (uint32_t)n } },
                                               .n_mishaps = 1 };
                struct world_scene s;

                world_scene_init(&s, &config);
                if (!world_scene_run(&s, LIMIT))
                        explain(&s, &config.mishap[0], "hangs");
                if (s.job.end.outcome == JOB_DONE || s.job.end.outcome == JOB_PENDING)
                        done++;
                else if (fault_info(s.job.end.trouble.fault)->exit_code == EXIT_BLUETOOTH ||
                         s.job.end.trouble.fault == FAULT_SECRET_MISMATCH)
                        failed++;
                else
                        explain(&s, &config.mishap[0], "ends with another fault");
                world_scene_done(&s);
        }
        print_message("%u setups done, %u ended by the link\n", done, failed);
        assert_true(failed > 0);
}

static void dropped_always(void **state)
{
        struct bytes b = measure();

        (void)state;
        always(MISHAP_DROP_AFTER_RX, b.to_device);
        always(MISHAP_DROP_AFTER_TX, b.to_client);
}

static void silent_always(void **state)
{
        (void)state;
        always(MISHAP_SILENT_AFTER_BYTES, measure().to_client);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dropped_once_to_device),
                cmocka_unit_test(dropped_once_to_client),
                cmocka_unit_test(silent_once),
                cmocka_unit_test(dropped_always),
                cmocka_unit_test(silent_always),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
