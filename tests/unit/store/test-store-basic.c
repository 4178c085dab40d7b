/* SPDX-License-Identifier: Apache-2.0 */

/* The store in its simplest use. */

#include "setup/store/store.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

static void states_have_names(void **state)
{
        (void)state;
        for (int i = 0; i < _STORE_STATE_MAX; i++)
                assert_int_equal(store_state_read(store_state_name((enum store_state)i)), i);
        assert_int_equal(store_state_read("done?"), -EINVAL);
        assert_true(store_state_is_live(STORE_PENDING));
        assert_false(store_state_is_live(STORE_DONE));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(states_have_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
