/* SPDX-License-Identifier: Apache-2.0 */

/* The ATT server, PDU by PDU: what a client sends while it discovers, and what it must not send. */

#include "proto/base/bytes.h"
#include "proto/base/cleanup.h"
#include "tests/sim/vhci/att.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

struct fixture {
        struct att att;
        unsigned mtu;
        int subscribed; /* -1 = never told */
        uint8_t written[ATT_MTU_MAX];
        size_t written_len;
        uint8_t answer[ATT_MTU_MAX];
        size_t len;
};

static void on_mtu(void *userdata, unsigned mtu)
{
        ((struct fixture *)userdata)->mtu = mtu;
}

static void on_subscribed(void *userdata, bool on)
{
        ((struct fixture *)userdata)->subscribed = on;
}

static void on_written(void *userdata, const uint8_t *data, size_t len)
{
        struct fixture *f = userdata;

        memcpy(f->written, data, len);
        f->written_len = len;
}

static void setup(struct fixture *f, enum att_layout layout)
{
        static const struct att_ops ops = { .mtu = on_mtu,
                                            .subscribed = on_subscribed,
                                            .written = on_written };

        *f = (struct fixture){ .subscribed = -1 };
        att_init(&f->att, "Argon-ABCDEF", &att_uuids_listening, layout, 247, &ops, f);
}

static void ask(struct fixture *f, const void *pdu, size_t len)
{
        att_handle(&f->att, pdu, len, f->answer, &f->len);
}

static void assert_error(const struct fixture *f, uint8_t opcode, uint16_t handle, uint8_t code)
{
        assert_int_equal(f->len, 5);
        assert_int_equal(f->answer[0], 0x01);
        assert_int_equal(f->answer[1], opcode);
        assert_int_equal(le16_get(f->answer + 2), handle);
        assert_int_equal(f->answer[4], code);
}

static void test_mtu(void **state)
{
        struct fixture f;

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        ask(&f, "\x02\x05\x02", 3); /* the client could do 517 */
        assert_int_equal(f.len, 3);
        assert_int_equal(f.answer[0], 0x03);
        assert_int_equal(le16_get(f.answer + 1), 247);
        assert_int_equal(f.mtu, 247);
        ask(&f, "\x02\x01\x00", 3);
        assert_int_equal(f.mtu, ATT_MTU_MIN);
        att_reset(&f.att);
        assert_int_equal(f.att.mtu, ATT_MTU_MIN);
}

/* Read By Group Type: Generic Access and Generic Attribute share an answer, the 128-bit service has its own.
 */
static void test_services(void **state)
{
        struct fixture f;
        uint16_t next;

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        ask(&f, "\x10\x01\x00\xff\xff\x00\x28", 7);
        assert_int_equal(f.answer[0], 0x11);
        assert_int_equal(f.answer[1], 6);
        assert_int_equal(f.len, 2 + 2 * 6);
        assert_int_equal(le16_get(f.answer + 2), 1);
        assert_int_equal(le16_get(f.answer + 6), 0x1800);
        next = (uint16_t)(le16_get(f.answer + 10) + 1);
        ask(&f, (uint8_t[]){ 0x10, (uint8_t)next, 0, 0xff, 0xff, 0x00, 0x28 }, 7);
        assert_int_equal(f.answer[1], 20);
        assert_memory_equal(f.answer + 6, att_uuids_listening.service, 16);
        assert_int_equal(le16_get(f.answer + 4), f.att.n); /* it is the last one */
        ask(&f, (uint8_t[]){ 0x10, (uint8_t)(f.att.n + 1), 0, 0xff, 0xff, 0x00, 0x28 }, 7);
        assert_error(&f, 0x10, (uint16_t)(f.att.n + 1), 0x0a);
}

static void test_characteristics(void **state)
{
        struct fixture f;
        const struct {
                uint16_t handle;
                const uint8_t *uuid;
                uint8_t props;
        } want[] = {
                { 0, att_uuids_listening.version, 0x02 },
                { 0, att_uuids_listening.tx, 0x10 },
                { 0, att_uuids_listening.rx, 0x0c },
        };

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        for (size_t i = 0; i < ELEMENTSOF(want); i++) {
                uint16_t handles[] = { f.att.version, f.att.tx, f.att.rx };
                uint8_t pdu[7] = { 0x08, (uint8_t)(handles[i] - 1), 0, 0xff, 0xff, 0x03, 0x28 };

                ask(&f, pdu, sizeof(pdu));
                assert_int_equal(f.answer[0], 0x09);
                assert_int_equal(f.answer[1], 21);
                assert_int_equal(f.answer[4], want[i].props);
                assert_int_equal(le16_get(f.answer + 5), handles[i]);
                assert_memory_equal(f.answer + 7, want[i].uuid, 16);
        }
        /* find information: the CCCD behind TX */
        ask(&f, (uint8_t[]){ 0x04, (uint8_t)f.att.tx_cccd, 0, (uint8_t)f.att.tx_cccd, 0 }, 5);
        assert_int_equal(f.len, 6);
        assert_int_equal(f.answer[1], 1);
        assert_int_equal(le16_get(f.answer + 4), 0x2902);
        /* find by type value: the setup service */
        {
                uint8_t pdu[7 + 16] = { 0x06, 1, 0, 0xff, 0xff, 0x00, 0x28 };

                memcpy(pdu + 7, att_uuids_listening.service, 16);
                ask(&f, pdu, sizeof(pdu));
                assert_int_equal(f.answer[0], 0x07);
                assert_int_equal(f.len, 5);
                assert_int_equal(le16_get(f.answer + 3), f.att.n);
        }
}

static void test_read_and_write(void **state)
{
        struct fixture f;
        uint8_t h;

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        h = (uint8_t)f.att.version;
        ask(&f, (uint8_t[]){ 0x0a, h, 0 }, 3);
        assert_int_equal(f.len, 2);
        assert_int_equal(f.answer[1], 2);
        att_set_version(&f.att, 3);
        ask(&f, (uint8_t[]){ 0x0a, h, 0 }, 3);
        assert_int_equal(f.answer[1], 3);
        ask(&f, (uint8_t[]){ 0x0c, h, 0, 2, 0 }, 5);
        assert_error(&f, 0x0c, h, 0x07);
        ask(&f, (uint8_t[]){ 0x0a, (uint8_t)f.att.tx, 0 }, 3);
        assert_error(&f, 0x0a, f.att.tx, 0x02);

        h = (uint8_t)f.att.rx;
        ask(&f, (uint8_t[]){ 0x52, h, 0, 'a', 'b' }, 5);
        assert_int_equal(f.len, 0);
        assert_int_equal(f.written_len, 2);
        assert_memory_equal(f.written, "ab", 2);
        ask(&f, (uint8_t[]){ 0x12, h, 0, 'c' }, 4);
        assert_int_equal(f.len, 1);
        assert_int_equal(f.answer[0], 0x13);
        assert_memory_equal(f.written, "c", 1);
        ask(&f, (uint8_t[]){ 0x12, (uint8_t)f.att.version, 0, 1 }, 4);
        assert_error(&f, 0x12, f.att.version, 0x03);
}

static void test_notify(void **state)
{
        struct fixture f;
        uint8_t pdu[ATT_MTU_MAX], data[21] = { 7 };
        size_t len;

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        assert_int_equal(att_notification(&f.att, data, 1, pdu, &len), -ENOTCONN);
        ask(&f, (uint8_t[]){ 0x12, (uint8_t)f.att.tx_cccd, 0, 1, 0 }, 5);
        assert_int_equal(f.answer[0], 0x13);
        assert_int_equal(f.subscribed, 1);
        assert_int_equal(att_notification(&f.att, data, 20, pdu, &len), 0);
        assert_int_equal(len, 23);
        assert_int_equal(pdu[0], 0x1b);
        assert_int_equal(le16_get(pdu + 1), f.att.tx);
        assert_int_equal(att_notification(&f.att, data, 21, pdu, &len), -EMSGSIZE);
        ask(&f, (uint8_t[]){ 0x12, (uint8_t)f.att.tx_cccd, 0, 0, 0 }, 5);
        assert_int_equal(f.subscribed, 0);
        ask(&f, (uint8_t[]){ 0x12, (uint8_t)f.att.tx_cccd, 0, 1 }, 4);
        assert_error(&f, 0x12, f.att.tx_cccd, 0x0d);
}

static void test_nonsense(void **state)
{
        struct fixture f;

        (void)state;
        setup(&f, ATT_LAYOUT_PLAIN);
        ask(&f, "", 0);
        assert_int_equal(f.len, 0);
        ask(&f, "\x1e", 1); /* a confirmation */
        assert_int_equal(f.len, 0);
        ask(&f, "\x16\x01\x00\x00\x00", 5); /* prepare write */
        assert_error(&f, 0x16, 0, 0x06);
        ask(&f, "\x08\x01\x00", 3); /* cut */
        assert_error(&f, 0x08, 0, 0x04);
        ask(&f, "\x10\x05\x00\x01\x00\x00\x28", 7); /* range upside down */
        assert_error(&f, 0x10, 5, 0x01);
        ask(&f, "\x0a\xff\x00", 3);
        assert_error(&f, 0x0a, 0xff, 0x01);
        ask(&f, "\xd2\x01\x00", 3); /* a command that does not exist is not answered */
        assert_int_equal(f.len, 0);
}

static void test_layouts(void **state)
{
        struct fixture plain, other;

        (void)state;
        setup(&plain, ATT_LAYOUT_PLAIN);
        setup(&other, ATT_LAYOUT_SHIFTED);
        assert_int_not_equal(plain.att.tx, other.att.tx);
        setup(&other, ATT_LAYOUT_OTHER);
        assert_int_equal(other.att.tx, 0);
        att_set_version(&other.att, 3); /* without the characteristic: nothing */
        ask(&other, (uint8_t[]){ 0x52, 0, 0, 'x' }, 4);
        assert_int_equal(other.written_len, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mtu),
                cmocka_unit_test(test_services),
                cmocka_unit_test(test_characteristics),
                cmocka_unit_test(test_read_and_write),
                cmocka_unit_test(test_notify),
                cmocka_unit_test(test_nonsense),
                cmocka_unit_test(test_layouts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
