/* SPDX-License-Identifier: Apache-2.0 */

/* What is shared in a context and what is not, and for how long. */

#include "cloud/lookup.h"
#include "proto/base/timer-virtual.h"
#include "setup/ports/context.h"
#include "tests/unit/cloud/fake-http.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000, LOOKUPS_MAX = 45 /* an hour and account, as cloud/budget.c has it */ };

static struct context *context;
static struct secret *token;

static void one_radio_for_a_spec(void **state)
{
        struct radio *a, *b, *other;
        struct trouble why;

        (void)state;
        assert_int_equal(context_radio(context, "sim:/a", &a, &why), 0);
        assert_int_equal(context_radio(context, "sim:/a", &b, &why), 0);
        assert_int_equal(context_radio(context, "sim:/b", &other, &why), 0);
        assert_ptr_equal(a, b);
        assert_ptr_not_equal(a, other);
        assert_int_equal(context_radio(context, "usb", &a, &why), -EINVAL);
        assert_int_equal(why.fault, FAULT_CONFIG);
        assert_ptr_equal(a, b);
}

static struct context_cloud *open_cloud(struct context *c, const struct cloud_config *config)
{
        struct context_cloud *cloud = NULL;

        assert_int_equal(context_cloud_open(c, config, &cloud), 0);
        return cloud;
}

static void one_client_for_an_account(void **state)
{
        _cleanup_(secret_freep) struct secret *same = NULL, *second = NULL;
        struct context_cloud *cloud[7] = {};
        struct cloud_config config[ELEMENTSOF(cloud)];
        struct context *elsewhere = NULL;

        (void)state;
        assert_int_equal(secret_new("t0ken-t0ken", 11, &same), 0);
        assert_int_equal(secret_new("t0ken-other", 11, &second), 0);
        for (size_t i = 0; i < ELEMENTSOF(cloud); i++)
                config[i] = (struct cloud_config){ .url = FAKE_URL, .token = token };
        config[1].token = same;
        config[2].token = second;
        config[3].token = NULL;
        config[4].url = "https://cloud.test/other";
        config[5].serials_file = "/nowhere/serials";
        assert_int_equal(context_new(&elsewhere), 0);
        for (size_t i = 0; i < ELEMENTSOF(cloud); i++)
                cloud[i] = open_cloud(i == 6 ? elsewhere : context, &config[i]);
        assert_ptr_equal(cloud[0], cloud[1]);
        assert_ptr_equal(cloud[0]->client, cloud[1]->client);
        for (size_t i = 2; i < ELEMENTSOF(cloud); i++)
                for (size_t k = 0; k < i; k++)
                        assert_ptr_not_equal(cloud[i]->client, cloud[k]->client);
        for (size_t i = 0; i < ELEMENTSOF(cloud); i++)
                context_cloud_close(cloud[i]);
        context_free(elsewhere);
}

static void what_cannot_be_opened_is_not_kept(void **state)
{
        const struct cloud_config bad = { .url = "http://cloud.test", .token = token };
        struct context_cloud *cloud = NULL;

        (void)state;
        assert_int_equal(context_cloud_open(context, &bad, &cloud), -EINVAL);
        assert_int_equal(context_cloud_open(context, &bad, &cloud), -EINVAL);
        assert_null(cloud);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *s)
{
        (void)userdata;
        (void)e;
        (void)s;
}

/* Whether the cloud is asked, or the budget says "later". */
static bool look_up(const struct cloud_config *config)
{
        struct context_cloud *cloud = open_cloud(context, config);
        static const struct fake_row row = { .method = "GET",
                                             .path = "/v1/serial_numbers/ARGNHABCDEFGHIJ",
                                             .status = 404 };
        struct op *op = NULL;
        bool asked;

        fake_http_script(&row, 1);
        assert_int_equal(cloud_serial(cloud->client, "ARGNHABCDEFGHIJ", NULL, true, on_serial, NULL, &op),
                         0);
        timer_virtual_advance(1000);
        asked = fake_http_made() == 1;
        op_free(op);
        context_cloud_close(cloud);
        return asked;
}

/* Each of the lookups comes from a job of its own. */
static void budgets_outlive_their_users(void **state)
{
        const struct cloud_config config = { .url = FAKE_URL, .token = token };

        (void)state;
        for (unsigned i = 0; i < LOOKUPS_MAX; i++)
                assert_true(look_up(&config));
        assert_false(look_up(&config));
        timer_virtual_advance(30 * MINUTE_MS);
        assert_false(look_up(&config));
        timer_virtual_advance(61 * MINUTE_MS);
        assert_true(look_up(&config));
}

static void turns(void **state)
{
        bool over = true;

        (void)state;
        assert_int_equal(context_until(context, &over), 0);
        over = false;
        assert_int_equal(sd_event_exit(context_loop(context), 130), 0);
        assert_int_equal(context_turn(context), -ECANCELED);
        assert_int_equal(context_until(context, &over), -ECANCELED);
        over = true;
        assert_int_equal(context_until(context, &over), 0);
}

static int set_up(void **state)
{
        (void)state;
        return context_new(&context) < 0 || secret_new("t0ken-t0ken", 11, &token) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
        (void)state;
        context = context_free(context);
        token = secret_free(token);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(fake_http_open(), 0);
        return 0;
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(one_radio_for_a_spec, set_up, tear_down),
                cmocka_unit_test_setup_teardown(one_client_for_an_account, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_not_kept, set_up, tear_down),
                cmocka_unit_test_setup_teardown(budgets_outlive_their_users, set_up, tear_down),
                cmocka_unit_test_setup_teardown(turns, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
