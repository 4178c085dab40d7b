/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware over Bluetooth against the virtual device: the chain of files, restart from the first byte after
 * whatever goes wrong, the pool kept, and refusals said in words. */

#include "tests/unit/cmocka.h"
#include "tests/unit/flow/kept.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 90 * MINUTE, FILE_LEN = 40000 };

static uint8_t file[FILE_LEN];

static const uint8_t *image(const char *version)
{
        memset(file, 0xa5, sizeof(file));
        memcpy(file, "usher-sim-os ", 13);
        memcpy(file + 13, version, strlen(version));
        file[13 + strlen(version)] = '\n';
        return file;
}

/* What the cloud has: 3.3 -> 4.2 -> 6.2. */
static const uint8_t *chain(const char *version)
{
        if (strcmp(version, "3.3.0") == 0)
                return image("4.2.0");
        if (strcmp(version, "4.2.0") == 0)
                return image("6.2.0");
        return NULL;
}

static const uint8_t *endless(const char *version)
{
        (void)version;
        return image("5.8.0");
}

static void set_min_os(struct world_scene *s, const char *min_os)
{
        s->job.asked.profile.min_os = strdup(min_os);
}

static void init(struct world_scene *s, const struct world_config *config, const char *min_os)
{
        world_scene_init(s, config);
        s->world.firmware = chain;
        s->world.firmware_len = FILE_LEN;
        if (min_os)
                set_min_os(s, min_os);
}

static void expect(struct world_scene *s, enum fault fault)
{
        assert_true(world_scene_run(s, LIMIT));
        if (s->job.end.trouble.fault != fault)
                fail_msg("%s: %s\n%s", fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause,
                         s->events);
}

static struct vdevice_facts facts_of(struct world_scene *s)
{
        struct vdevice_facts f;

        vdevice_facts(s->world.vdevice, &f);
        assert_int_equal(f.pool_overflows, 0);
        assert_int_equal(f.decrypt_failures, 0);
        return f;
}

static void an_old_device_is_updated_and_set_up(void **state)
{
        struct world_scene s;

        (void)state;
        init(&s, &(struct world_config){ .os = "3.3.0" }, "6.2.0");
        expect(&s, FAULT_NONE);
        assert_string_equal(facts_of(&s).os, "6.2.0");
        assert_int_equal(s.job.update.applied, 2);
        assert_int_equal(facts_of(&s).resets, 2);
        assert_true(facts_of(&s).online && facts_of(&s).claimed);
        print_message("two files of %d bytes: %llu virtual ms\n", FILE_LEN, (unsigned long long)s.ms);
        world_scene_done(&s);
}

static void a_new_device_is_left_alone(void **state)
{
        struct world_scene s;

        (void)state;
        init(&s, &(struct world_config){ .os = "6.2.0" }, "5.8.0");
        expect(&s, FAULT_NONE);
        assert_int_equal(s.world.firmware_asks, 0);
        assert_int_equal(facts_of(&s).resets, 0);
        world_scene_done(&s);
}

static void the_task_ends_where_the_cloud_has_nothing(void **state)
{
        struct world_scene s;

        (void)state;
        init(&s, &(struct world_config){ .os = "3.3.0", .task = TASK_UPDATE }, NULL);
        expect(&s, FAULT_NONE);
        assert_string_equal(facts_of(&s).os, "6.2.0");
        assert_int_equal(s.world.firmware_asks, 3);
        assert_true(facts_of(&s).listening);
        world_scene_done(&s);
}

/* A claim code lasts an hour, an update may take as long. */
static void the_claim_code_comes_late(void **state)
{
        struct world_scene s;
        const char *updated, *code;

        (void)state;
        init(&s, &(struct world_config){ .os = "4.2.0" }, "6.2.0");
        expect(&s, FAULT_NONE);
        updated = strstr(s.events, "update done");
        code = strstr(s.events, "claim-code done");
        assert_true(updated && code && updated < code);
        world_scene_done(&s);
}

static void what_the_cloud_does_not_have_is_said(void **state)
{
        struct world_scene s;

        (void)state;
        init(&s, &(struct world_config){ .os = "5.4.0" }, "6.2.0");
        expect(&s, FAULT_FIRMWARE);
        assert_non_null(strstr(s.job.end.trouble.cause, "nothing newer than 5.4.0"));
        world_scene_done(&s);
}

static void an_endless_chain_ends(void **state)
{
        struct world_scene s;

        (void)state;
        init(&s, &(struct world_config){ .os = "5.4.0", .task = TASK_UPDATE }, NULL);
        s.world.firmware = endless;
        expect(&s, FAULT_FIRMWARE);
        assert_non_null(strstr(s.job.end.trouble.cause, "goes on sending files"));
        world_scene_done(&s);
}

static void what_fails_begins_again(void **state)
{
        static const struct mishap mishaps[] = {
                { .kind = MISHAP_RESULT, .arg = 253, .result = -210, .times = 2 },
                { .kind = MISHAP_OTA_CORRUPT, .times = 1 },
                { .kind = MISHAP_DROP_AT_REQUEST, .arg = 253, .times = 1 },
                { .kind = MISHAP_DROP_AT_REQUEST, .arg = 251, .times = 1 },
                { .kind = MISHAP_DROP_AT_REQUEST, .arg = 251, .after = true, .times = 1 },
                { .kind = MISHAP_DROP_AFTER_RX, .arg = 20000, .times = 1 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(mishaps); i++) {
                struct world_scene s;

                init(&s, &(struct world_config){ .os = "4.2.0", .mishap = { mishaps[i] }, .n_mishaps = 1 },
                     "6.2.0");
                expect(&s, FAULT_NONE);
                assert_string_equal(facts_of(&s).os, "6.2.0");
                assert_true(facts_of(&s).online);
                world_scene_done(&s);
        }
}

static void refusals_are_said(void **state)
{
        static const struct {
                struct mishap mishap;
                const char *says;
        } rows[] = {
                { { .kind = MISHAP_OTA_DISABLED }, "-1380" },
                { { .kind = MISHAP_OTA_CORRUPT }, "-1330" },
                { { .kind = MISHAP_RESULT, .arg = 253, .result = -290 }, "OUT_OF_RANGE" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct world_scene s;

                init(&s,
                     &(struct world_config){ .os = "4.2.0", .mishap = { rows[i].mishap }, .n_mishaps = 1 },
                     "6.2.0");
                expect(&s, FAULT_FIRMWARE);
                assert_non_null(strstr(s.job.end.trouble.cause, rows[i].says));
                assert_string_equal(facts_of(&s).os, "4.2.0");
                world_scene_done(&s);
        }
}

static void slow_links_and_loops_keep_the_pool(void **state)
{
        static const unsigned intervals[] = { 0, 7, 15, 30, 50 }, loops[] = { 0, 1, 30, 100 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(intervals) * ELEMENTSOF(loops); i++) {
                struct vdevice_timing timing = vdevice_timing_default;
                unsigned interval_ms = intervals[i / ELEMENTSOF(loops)];
                struct world_scene s;
                uint64_t rate;

                timing.loop_ms = loops[i % ELEMENTSOF(loops)];
                init(&s,
                     &(struct world_config){ .os = "4.2.0",
                                             .task = TASK_UPDATE,
                                             .device = { .interval_ms = interval_ms, .timing = &timing } },
                     NULL);
                expect(&s, FAULT_NONE);
                assert_string_equal(facts_of(&s).os, "6.2.0");
                rate = FILE_LEN * 1000ull / s.ms;
                assert_int_equal(facts_of(&s).pool_overflows, 0);
                print_message(
                        "interval %u ms, loop %u ms: about %llu bytes/s with everything around it, pool at "
                        "most %zu\n",
                        interval_ms, timing.loop_ms, (unsigned long long)rate, facts_of(&s).pool_high_water);
                world_scene_done(&s);
        }
}

/* Killed at any time, and taken up with what the record has kept. */
static void taken_up_after_a_kill(void **state)
{
        enum { STRIDE_MS = 331, SMALL_FILE_LEN = 4000 };
        struct world_config old = { .os = "3.3.0" };
        static struct kept kept;
        bool over = false;
        unsigned kills = 0;

        (void)state;
        for (uint64_t at_ms = 0; !over; at_ms += STRIDE_MS) {
                struct world_scene s;

                init(&s, &old, "6.2.0");
                s.world.firmware_len = SMALL_FILE_LEN;
                over = world_scene_run(&s, at_ms);
                kept_take(&kept, &s.job);
                world_scene_again(&s, &old);
                set_min_os(&s, "6.2.0");
                kept_give(&kept, &s.job);
                expect(&s, FAULT_NONE);
                assert_string_equal(facts_of(&s).os, "6.2.0");
                assert_true(facts_of(&s).online && facts_of(&s).claimed);
                world_scene_done(&s);
                kills++;
        }
        print_message("%u kills\n", kills);
        assert_in_range(kills, 20, 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_old_device_is_updated_and_set_up),
                cmocka_unit_test(a_new_device_is_left_alone),
                cmocka_unit_test(the_task_ends_where_the_cloud_has_nothing),
                cmocka_unit_test(the_claim_code_comes_late),
                cmocka_unit_test(what_the_cloud_does_not_have_is_said),
                cmocka_unit_test(an_endless_chain_ends),
                cmocka_unit_test(what_fails_begins_again),
                cmocka_unit_test(refusals_are_said),
                cmocka_unit_test(slow_links_and_loops_keep_the_pool),
                cmocka_unit_test(taken_up_after_a_kill),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
