/* SPDX-License-Identifier: Apache-2.0 */

/* bluetoothd's words and what they mean. */

#include "ble/error.h"
#include "proto/base/cleanup.h"
#include "tests/unit/cmocka.h"

static void test_classes(void **state)
{
        static const struct {
                const char *name, *message;
                enum bluez_error class;
        } cases[] = {
                { NULL, NULL, BLUEZ_OK },
                { "org.bluez.Error.Failed", "le-connection-abort-by-local", BLUEZ_ABORTED },
                { "org.bluez.Error.Failed", "Software caused connection abort", BLUEZ_ABORTED },
                { "org.bluez.Error.Failed", "le-connection-concurrent-connection-limit", BLUEZ_LIMIT },
                { "org.bluez.Error.Failed", "le-connection-adapter-not-powered", BLUEZ_NOT_READY },
                { "org.bluez.Error.Failed", "something new", BLUEZ_FAILED },
                { "org.bluez.Error.InProgress", "Operation already in progress", BLUEZ_IN_PROGRESS },
                { "org.bluez.Error.AlreadyConnected", "Already Connected", BLUEZ_ALREADY },
                { "org.bluez.Error.NotReady", "Resource Not Ready", BLUEZ_NOT_READY },
                { "org.bluez.Error.NotSupported", NULL, BLUEZ_NOT_OFFERED },
                { "org.freedesktop.DBus.Error.UnknownObject", "Method \"Connect\" ... doesn't exist",
                  BLUEZ_GONE },
                { "org.freedesktop.DBus.Error.ServiceUnknown", "", BLUEZ_NO_DAEMON },
                { "org.freedesktop.DBus.Error.AccessDenied", "rejected", BLUEZ_DENIED },
                { "org.freedesktop.DBus.Error.NoReply", NULL, BLUEZ_NO_ANSWER },
                { "com.example.Odd", "le-connection-", BLUEZ_FAILED },
        };

        (void)state;
        assert_int_equal(bluez_error_class(NULL), BLUEZ_OK);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const sd_bus_error e = { .name = cases[i].name, .message = cases[i].message };

                if (bluez_error_class(&e) != cases[i].class)
                        fail_msg("%s", cases[i].name);
        }
}

static void test_text(void **state)
{
        (void)state;
        assert_string_equal(bluez_error_text(NULL), "no error");
        assert_string_equal(
                bluez_error_text(&(sd_bus_error){ .name = "org.bluez.Error.Failed", .message = "why" }),
                "why");
        assert_string_equal(
                bluez_error_text(&(sd_bus_error){ .name = "org.bluez.Error.Failed", .message = "" }),
                "Failed");
        assert_string_equal(bluez_error_text(&(sd_bus_error){ .name = "odd." }), "odd.");
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_classes), cmocka_unit_test(test_text) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
