/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/unit/cloud/fake-client.h"
#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"

enum { DAY_MS = 24 * 3600 * 1000 };

struct cloud_client *client;

int client_set_up(void **state)
{
        _cleanup_(secret_freep) struct secret *token = NULL;

        (void)state;
        if (secret_init() < 0 || secret_new("t0ken-t0ken", 11, &token) < 0)
                return -1;
        return cloud_client_new(&(struct cloud_config){ .url = FAKE_URL "/", .token = token }, &client);
}

int client_tear_down(void **state)
{
        (void)state;
        client = cloud_client_free(client);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(fake_http_open(), 0);
        return 0;
}

static bool is_over(void *userdata)
{
        const unsigned *calls = userdata;

        return *calls > 0;
}

void client_run(int r, const unsigned *calls)
{
        assert_int_equal(r, 0);
        assert_int_equal(*calls, 0);
        assert_true(timer_virtual_run(is_over, (void *)calls, DAY_MS));
        assert_int_equal(*calls, 1);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(fake_http_open(), 0);
}
