/* SPDX-License-Identifier: Apache-2.0 */

/* Names that look the same to people. */

#include "proto/base/cleanup.h"
#include "setup/flow/profile/wifi-alike.h"
#include "tests/unit/cmocka.h"
#include <string.h>

static bool alike(const char *a, const char *b)
{
        bool one = wifi_names_alike((const uint8_t *)a, strlen(a), (const uint8_t *)b, strlen(b));

        assert_int_equal(wifi_names_alike((const uint8_t *)b, strlen(b), (const uint8_t *)a, strlen(a)),
                         one);
        return one;
}

static void what_looks_the_same(void **state)
{
        static const char *const pairs[][2] = {
                { "Anna's iPhone", "Anna\xe2\x80\x99s iPhone" }, /* U+2019 */
                { "anna\xe2\x80\x99s iphone", "Anna\xe2\x80\x99s iPhone" },
                { "Anna`s", "Anna\xc2\xb4s" },
                { "Home", "Home " },
                { "Home", "HOME" },
                { "Home Net", "HomeNet" },
                { "Home Net", "Home\xc2\xa0Net" }, /* no-break space */
                { "Home", "Ho\xe2\x80\x8bme" },    /* zero width space */
                { "Caf\xc3\xa9", "Cafe\xcc\x81" }, /* composed, decomposed */
                { "Caf\xc3\xa9", "Cafe" },
                { "M\xc3\x9cLLER", "m\xc3\xbcller" },
                { "\xc5\xa0koda", "skoda" },
                { "usher-lab", "usher_lab" },
                { "usher-lab", "usher\xe2\x80\x93lab" },
                { "\xce\xa9", "\xcf\x89" }, /* Omega */
                { "\xd0\x94\xd0\x9e\xd0\x9c", "\xd0\xb4\xd0\xbe\xd0\xbc" },
                { "a\xff", "A\xff" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(pairs); i++)
                if (!alike(pairs[i][0], pairs[i][1]))
                        fail_msg("%s, %s", pairs[i][0], pairs[i][1]);
}

static void what_does_not(void **state)
{
        static const char *const pairs[][2] = {
                { "Home", "Home" }, { "Home", "Home2" },      { "Home", "Hom" }, { "Home", "" },
                { " ", "  " },      { "a\xff", "a\xfe" },     { "1", "l" },      { "\xc3\x97", "x" },
                { "Home", "\xff" }, { "Home-2.4", "Home-5" }, { "", "" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(pairs); i++)
                if (alike(pairs[i][0], pairs[i][1]))
                        fail_msg("%s, %s", pairs[i][0], pairs[i][1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(what_looks_the_same),
                                            cmocka_unit_test(what_does_not) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
