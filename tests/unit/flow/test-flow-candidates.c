/* SPDX-License-Identifier: Apache-2.0 */

/* Several devices with the label's setup code: the fake's one device becomes any of them when it is found.
 */

#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, AIR_MAX = 12 };

static struct one {
        const char *name, *address;
        int rssi;
        bool right;      /* the label's own */
        unsigned comes;  /* when something was found so often */
        unsigned leaves; /* after it was found so often; 0 = never */
        unsigned found;
} air[AIR_MAX];

static size_t n_air, n_found;
static char order[256]; /* addresses as they were found */
static const char *the_secret;
static struct ports_ops ops;
static const struct ports_ops *fake;
static struct finder {
        const struct one *one;
        answer_fn done;
        void *userdata;
} finder;

static bool is_there(const struct one *a, const struct port_target *t)
{
        for (size_t i = 0; i < t->n_avoid; i++)
                if (strcmp(t->avoid[i], a->address) == 0)
                        return false;
        return n_found >= a->comes && (!a->leaves || a->found < a->leaves);
}

static void on_found(void *userdata, const struct answer *a)
{
        const struct port_peer peer = { finder.one->name, finder.one->address, finder.one->rssi };

        (void)userdata;
        assert_int_equal(a->trouble.fault, FAULT_NONE);
        finder.done(finder.userdata, &(struct answer){ .peer = &peer });
}

static int many_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                     struct op **ret)
{
        struct port_target any = { .setup_code = target->setup_code };
        struct fake_ports *f = (struct fake_ports *)p;
        struct one *best = NULL;

        assert_in_range(target->n_avoid, 0, PORT_AVOID_MAX);
        for (size_t i = 0; i < n_air; i++)
                if (is_there(&air[i], target) && (!best || air[i].rssi > best->rssi))
                        best = &air[i];
        f->device.listening = best;
        if (best) {
                best->found++;
                n_found++;
                f->device.secret = best->right ? the_secret : "abcdefghijklmno";
                (void)snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s ", best->address);
        }
        finder = (struct finder){ best, done, userdata };
        return fake->find(p, &any, on_found, NULL, ret);
}

static void begin(struct scene *s)
{
        scene_init(s, NULL);
        the_secret = s->world.device.secret;
        fake = s->world.ports.ops;
        ops = *fake;
        ops.find = many_find;
        s->world.ports.ops = &ops;
        memset(air, 0, sizeof(air));
        order[0] = 0;
        n_air = n_found = 0;
}

static struct one *add(const char *address, int rssi, bool right)
{
        air[n_air] =
                (struct one){ .name = "Argon-4ABCDE", .address = address, .rssi = rssi, .right = right };
        return &air[n_air++];
}

static void expect_done(struct scene *s, const char *wanted)
{
        assert_true(scene_run(s, MINUTE));
        if (s->job.end.outcome != JOB_DONE)
                fail_msg("%s (%s): %s", fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause,
                         s->events);
        assert_string_equal(order, wanted);
        scene_done(s);
}

static void expect_mismatch(struct scene *s, const char *wanted, const char *cause, unsigned limit_ms)
{
        assert_true(scene_run(s, 10 * MINUTE));
        assert_int_equal(s->job.end.outcome, JOB_FAILED);
        assert_int_equal(s->job.end.trouble.fault, FAULT_SECRET_MISMATCH);
        assert_string_equal(order, wanted);
        assert_string_equal(s->job.end.trouble.cause, cause);
        assert_in_range(s->ms, 0, limit_ms);
        scene_done(s);
}

static void same_code_the_right_one_is_stronger(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        add("X", -60, false);
        add("R", -40, true);
        expect_done(&s, "R ");
}

static void same_code_the_right_one_is_weaker(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        add("X", -40, false);
        add("R", -60, true);
        expect_done(&s, "X R ");
}

static void same_code_the_right_one_is_the_weakest_of_eight(void **state)
{
        static const char *const wrong[] = { "A", "B", "C", "D", "E", "F", "G" };
        struct scene s;

        (void)state;
        begin(&s);
        for (size_t i = 0; i < 7; i++)
                add(wrong[i], -40 - (int)i, false);
        add("R", -60, true);
        expect_done(&s, "A B C D E F G R ");
}

/* What looks like a refusal may be a link that was lost by chance */
static void same_code_the_right_one_loses_its_link(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        fake_add(&s.world,
                 (struct fake_rule){
                         .kind = FAKE_OPEN, .first = 1, .what = FAKE_LOST, .fault = FAULT_SECRET_MISMATCH });
        add("X", -40, false);
        add("R", -60, true);
        expect_done(&s, "X R X R ");
}

static void same_code_all_wrong(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        add("X", -60, false);
        add("Argon-4ABCDE", 0, false);
        add("Z", -70, false);
        expect_mismatch(&s, "Argon-4ABCDE X Z Argon-4ABCDE X Z ",
                        "\"Argon-4ABCDE\" (signal unknown), \"Argon-4ABCDE\" (X, -60 dBm), \"Argon-4ABCDE\" "
                        "(Z, -70 dBm) have this setup code and refuse the secret of this label",
                        10000);
}

static void same_code_a_wrong_one_disappears(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        add("X", -60, false);
        add("Y", -70, false)->leaves = 1;
        expect_mismatch(
                &s, "X Y X ",
                "\"Argon-4ABCDE\" (X, -60 dBm), \"Argon-4ABCDE\" (Y, -70 dBm) have this setup code and "
                "refuse the secret of this label",
                10000);
}

static void same_code_the_right_one_comes_later(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        add("X", -60, false);
        add("R", -70, true)->comes = 1;
        expect_done(&s, "X R ");
}

/* More than are remembered: it ends all the same */
static void same_code_in_a_crowd(void **state)
{
        static const char *const wrong[] = { "A", "B", "C", "D", "E", "F", "G", "H", "I", "J" };
        struct scene s;

        (void)state;
        begin(&s);
        for (size_t i = 0; i < 10; i++)
                add(wrong[i], -40 - (int)i, false);
        assert_true(scene_run(&s, MINUTE));
        assert_int_equal(s.job.end.trouble.fault, FAULT_SECRET_MISMATCH);
        assert_string_equal(order, "A B C D E F G H I ");
        assert_non_null(strstr(s.job.end.trouble.cause, "refuse the secret of this label"));
        scene_done(&s);
}

/* The one that has taken the secret is lost, and another is heard meanwhile */
static void same_code_while_the_right_one_is_away(void **state)
{
        struct scene s;

        (void)state;
        begin(&s);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                               .what = FAKE_LOST });
        fake_add(&s.world,
                 (struct fake_rule){
                         .kind = FAKE_CONNECT, .first = 1, .what = FAKE_FAULT, .fault = FAULT_BT_CONNECT });
        add("R", -60, true);
        add("X", -40, false)->comes = 1;
        expect_done(&s, "R X R ");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(same_code_the_right_one_is_stronger),
                cmocka_unit_test(same_code_the_right_one_is_weaker),
                cmocka_unit_test(same_code_the_right_one_is_the_weakest_of_eight),
                cmocka_unit_test(same_code_the_right_one_loses_its_link),
                cmocka_unit_test(same_code_all_wrong),
                cmocka_unit_test(same_code_a_wrong_one_disappears),
                cmocka_unit_test(same_code_the_right_one_comes_later),
                cmocka_unit_test(same_code_in_a_crowd),
                cmocka_unit_test(same_code_while_the_right_one_is_away),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
