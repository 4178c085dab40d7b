/* SPDX-License-Identifier: Apache-2.0 */

/* The turn between processes, as long as it takes on a real clock. */

#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>

/* Somebody sits on the lock: connected to in the end, and he is named. */
static void test_held_turn(void **state)
{
        _cleanup_(closep) int fd = -1;
        struct scene *s = *state;
        char path[128], wanted[128];

        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        (void)snprintf(path, sizeof(path), "%s/locks/usher-hci0.lock", bus_dir());
        fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
        assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
        scene_connect(s, &s->a);
        scene_run(1000);
        assert_in_range(central_waited_ms(s->a.op), 500, 1500); /* none of which is its own time */
        assert_true(scene_time_until(&s->a.connected, 35000) >= 28000);
        assert_in_range(central_waited_ms(s->a.op), 29000, 32000);
        (void)snprintf(wanted, sizeof(wanted), "the Bluetooth turn is held by test-bus-turn, process %d",
                       (int)getpid());
        assert_string_equal(s->a.cause, wanted);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_held_turn, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
