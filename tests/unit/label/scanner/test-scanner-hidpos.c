/* SPDX-License-Identifier: Apache-2.0 */

/* HID POS: what descriptors say, and the texts that reports make. */

#include "setup/label/scanner/hidpos.h"
#include "tests/unit/cmocka.h"
#include "tests/wire/hidpos.h"
#include <errno.h>
#include <string.h>

#define LABEL "ARGHAM000C0FFEE 1a2B3c4D5e6F7g8"

static void begin(struct hidpos *h, const uint8_t *descriptor, size_t len)
{
        struct hidpos_layout layout;

        assert_int_equal(hidpos_parse(descriptor, len, &layout), 0);
        assert_int_equal(hidpos_init(h, &layout), 0);
}

static enum gathered feed(struct hidpos *h, const char *aim, const char *text, int more, size_t len)
{
        uint8_t report[HIDPOS_REPORT_LEN];

        hidpos_report(aim, text, strlen(text), more, len, report);
        return hidpos_feed(h, report, len, 1000);
}

static void layouts_are_as_told(void **state)
{
        struct hidpos_layout l;

        (void)state;
        assert_int_equal(hidpos_parse(hidpos_64, hidpos_64_len, &l), 0);
        assert_int_equal(l.report, 2);
        assert_int_equal(l.length.at, 8);
        assert_int_equal(l.aim.at, 16);
        assert_int_equal(l.aim.n, 3);
        assert_int_equal(l.data.at, 40);
        assert_int_equal(l.data.n, 56);
        assert_int_equal(l.more.at, 63 * 8);
        assert_int_equal(hidpos_parse(hidpos_62, hidpos_62_len, &l), 0);
        assert_int_equal(l.more.at, 61 * 8);
        assert_int_equal(hidpos_parse(hidpos_mute, hidpos_mute_len, &l), 0);
        assert_int_equal(l.more.at, 63 * 8);
        assert_int_equal(hidpos_parse(hid_keyboard, hid_keyboard_len, &l), -ENODEV);
        assert_int_equal(hidpos_parse(hid_keyboard, 0, &l), -ENODEV);
        for (size_t i = 6; i < hidpos_64_len; i++) { /* cut off: damaged, or the usual layout */
                int r = hidpos_parse(hidpos_64, i, &l);

                assert_true(r == 0 || r == -EBADMSG);
        }
}

static void reads_each_layout(void **state)
{
        static const struct {
                const uint8_t *descriptor;
                const size_t *descriptor_len;
                size_t len;
        } each[] = {
                { hidpos_64, &hidpos_64_len, 64 },
                { hidpos_62, &hidpos_62_len, 62 },
                { hidpos_mute, &hidpos_mute_len, 64 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
                struct hidpos h;

                begin(&h, each[i].descriptor, *each[i].descriptor_len);
                assert_int_equal(feed(&h, "]d1", LABEL, 0, each[i].len), GATHERED_TEXT);
                assert_string_equal(secret_text(h.gather.text), "]d1" LABEL);
                assert_int_equal(feed(&h, "", LABEL "\r\n", 0, each[i].len), GATHERED_TEXT);
                assert_string_equal(secret_text(h.gather.text), LABEL);
                assert_int_equal(feed(&h, "]Q1", "WIFI:S:", 1, each[i].len), GATHERED_NOTHING);
                assert_int_equal(feed(&h, "]Q1", "Home", 1, each[i].len), GATHERED_NOTHING);
                assert_int_equal(feed(&h, "]Q1", ";;", 0, each[i].len), GATHERED_TEXT);
                assert_string_equal(secret_text(h.gather.text), "]Q1WIFI:S:Home;;");
                hidpos_done(&h);
        }
}

static void other_reports_are_none(void **state)
{
        uint8_t report[HIDPOS_REPORT_LEN];
        struct hidpos h;

        (void)state;
        begin(&h, hidpos_64, hidpos_64_len);
        hidpos_report("]d1", LABEL, strlen(LABEL), 0, 64, report);
        report[0] = 3;
        assert_int_equal(hidpos_feed(&h, report, 64, 1000), GATHERED_NOTHING);
        report[0] = 2;
        for (size_t len = 0; len < 61; len++)
                assert_int_equal(hidpos_feed(&h, report, len, 1000), GATHERED_NOTHING);
        assert_int_equal(feed(&h, "", "", 0, 64), GATHERED_NOTHING);
        report[1] = 0xff; /* more than there is room for */
        assert_int_equal(hidpos_feed(&h, report, 64, 1000), GATHERED_TEXT);
        hidpos_done(&h);
}

static void half_a_scan_is_none(void **state)
{
        struct hidpos h;

        (void)state;
        begin(&h, hidpos_64, hidpos_64_len);
        assert_int_equal(feed(&h, "]d1", "ARGHAM000C0FFEE 1a2B3c4D5e6F", 1, 64), GATHERED_NOTHING);
        assert_int_equal(gather_due_ms(&h.gather), 1000 + GATHER_PAUSE_MS);
        assert_int_equal(gather_end(&h.gather, false), GATHERED_BROKEN);
        assert_int_equal(feed(&h, "]d1", LABEL, 0, 64), GATHERED_TEXT);
        assert_string_equal(secret_text(h.gather.text), "]d1" LABEL);
        hidpos_done(&h);
}

static void long_scans_have_a_bound(void **state)
{
        char text[57] = { 0 };
        struct hidpos h;

        (void)state;
        begin(&h, hidpos_64, hidpos_64_len);
        memset(text, 'A', 56);
        for (size_t n = 0; n <= GATHER_MAX; n += 56)
                assert_int_equal(feed(&h, "]Q1", text, 1, 64), GATHERED_NOTHING);
        assert_int_equal(feed(&h, "]Q1", "end", 0, 64), GATHERED_TOO_LONG);
        assert_int_equal(feed(&h, "]d1", LABEL, 0, 64), GATHERED_TEXT);
        hidpos_done(&h);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(layouts_are_as_told),     cmocka_unit_test(reads_each_layout),
                cmocka_unit_test(other_reports_are_none),  cmocka_unit_test(half_a_scan_is_none),
                cmocka_unit_test(long_scans_have_a_bound),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
