/* SPDX-License-Identifier: Apache-2.0 */

/* Which device is the one on the label: adverts whole, in pieces, cut, old and misleading. */

#include "ble/match.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct ble_mode *mode(void)
{
        static struct ble_mode m;

        m = ble_mode_listening();
        return &m;
}

/* name NULL: not told; mfr NULL: none */
static struct ble_device heard(const char *name, bool service, const char *mfr, size_t len)
{
        struct ble_device d = { .present = true, .rssi = -60 };

        (void)snprintf(d.name, sizeof(d.name), "%s", name ? name : "");
        if (service)
                (void)snprintf(d.uuids[d.n_uuids++], BLE_UUID_MAX, "6FA90001-5C4E-48A8-94F4-8030546F36FC");
        if (mfr) {
                d.mfr[0].company = 0x0662;
                d.mfr[0].len = (uint8_t)len;
                memcpy(d.mfr[0].data, mfr, len);
                d.n_mfr = 1;
        }
        return d;
}

static void test_target(void **state)
{
        static const struct {
                const char *name;
                bool service;
                const char *mfr;
                size_t mfr_len;
                bool is;
        } cases[] = {
                { "Argon-ABCDEF", true,
                  "\x0c\x00"
                  "ABCDEF",
                  8, true },
                { "Argon-abcdef", true,
                  "\x0c\x00"
                  "abcdef",
                  8, true },
                { NULL, false,
                  "\x0c\x00"
                  "ABCDEF",
                  8, true }, /* the name is not there yet */
                { "Pump 7", true,
                  "\x0c\x00"
                  "ABCDEF",
                  8, true },                             /* a name of the product's own */
                { "Argon-ABCDEF", true, NULL, 0, true }, /* malformed data was dropped */
                { "Photon 2-ABCDEF", true,
                  "\x20\x00"
                  "ABCDE",
                  7, true },                                    /* or cut */
                { "Argon-ABCDEF", false, "\x0c\x00", 2, true }, /* before Device OS 3.3.0 */
                { "Argon-ABCDEF", false, NULL, 0, false },      /* a name proves nothing */
                { "Argon-ABCDEF", true,
                  "\x0c\x00"
                  "OTHER1",
                  8, false }, /* an old name */
                { "Argon-OTHER1", true, NULL, 0, false },
                { "ArgonABCDEF", true, NULL, 0, false },
                { "Argon-XABCDEF", true, NULL, 0, false },
                { "-ABCDEF", true, NULL, 0, true },
                { "", true, NULL, 0, false },
                { NULL, false, "", 0, false },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct ble_device d = heard(cases[i].name, cases[i].service, cases[i].mfr, cases[i].mfr_len);

                if (ble_is_target(&d, mode(), "ABCDEF") != cases[i].is)
                        fail_msg("case %zu", i);
                d.present = false; /* bluetoothd remembers it from another day */
                assert_false(ble_is_target(&d, mode(), "ABCDEF"));
                assert_int_equal(ble_is_known_target(&d, mode(), "ABCDEF"), cases[i].is);
        }
}

static void test_other_company(void **state)
{
        struct ble_device d = heard("Heart rate", false,
                                    "\x0c\x00"
                                    "ABCDEF",
                                    8);
        struct ble_mode product = ble_mode_listening();

        (void)state;
        d.mfr[0].company = 0x1234;
        assert_false(ble_is_setup_device(&d, mode()));
        assert_false(ble_is_target(&d, mode(), "ABCDEF"));
        product.company = 0x1234; /* provisioning mode of a product with its own */
        assert_true(ble_is_target(&d, &product, "ABCDEF"));
}

static void test_facts(void **state)
{
        struct ble_device d = heard("Argon-ABCDEF", true,
                                    "\x0c\x00"
                                    "UVWXYZ",
                                    8);
        char code[BLE_SETUP_CODE_LEN + 1];

        (void)state;
        assert_int_equal(ble_setup_code(&d, mode(), code), 0);
        assert_string_equal(code, "UVWXYZ");
        assert_int_equal(ble_platform_id(&d, mode()), 12);
        d.n_mfr = 0;
        assert_int_equal(ble_setup_code(&d, mode(), code), 0);
        assert_string_equal(code, "ABCDEF");
        assert_int_equal(ble_platform_id(&d, mode()), 0);
        d.name[0] = '\0';
        assert_int_equal(ble_setup_code(&d, mode(), code), -ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_target),
                cmocka_unit_test(test_other_company),
                cmocka_unit_test(test_facts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
