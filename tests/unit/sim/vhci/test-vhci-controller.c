/* SPDX-License-Identifier: Apache-2.0 */

/* The controller on the virtual clock, with the test as the kernel: commands in, events out. */

#include "proto/base/bytes.h"
#include "proto/base/cleanup.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/sim/vhci/app-echo.h"
#include "tests/sim/vhci/control.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

enum { PACKETS_MAX = 256 };

struct host {
        struct controller *c;
        struct {
                uint64_t at_ms;
                size_t len;
                uint8_t data[300];
        } packet[PACKETS_MAX];
        size_t n, read;
};

static void on_packet(void *userdata, const uint8_t *packet, size_t len)
{
        struct host *h = userdata;

        assert_true(h->n < PACKETS_MAX && len <= sizeof(h->packet[0].data));
        h->packet[h->n].at_ms = timer_now_ms();
        h->packet[h->n].len = len;
        memcpy(h->packet[h->n++].data, packet, len);
}

static int setup(void **state)
{
        static struct host h;
        const struct controller_config config = {
                .address = { 1 }, .adv_ms = 20, .packets = 4, .links_max = 2
        };

        h = (struct host){ 0 };
        assert_int_equal(controller_new(&config, on_packet, &h, &h.c), 0);
        for (unsigned i = 0; i < 3; i++) {
                struct peripheral *p;

                assert_int_equal(app_echo_new(i, 247, &p), 0);
                controller_add(h.c, p);
        }
        *state = &h;
        return 0;
}

static int teardown(void **state)
{
        struct host *h = *state;

        controller_free(h->c);
        assert_int_equal(timer_virtual_pending(), 0);
        return 0;
}

static void command(struct host *h, uint16_t opcode, const void *p, size_t len)
{
        uint8_t packet[260] = { HCI_COMMAND };

        le16_put(packet + 1, opcode);
        packet[3] = (uint8_t)len;
        if (len > 0)
                memcpy(packet + 4, p, len);
        h->n = h->read = 0;
        controller_receive(h->c, packet, len + 4);
}

/* The next event with this code (and for LE events this subevent); fails the test if there is none. */
static const uint8_t *event(struct host *h, uint8_t code, uint8_t sub)
{
        while (h->read < h->n) {
                const uint8_t *p = h->packet[h->read++].data;

                if (p[0] == HCI_EVENT && p[1] == code && (code != HCI_LE_META || p[3] == sub))
                        return p + 3;
        }
        fail_msg("no event %02x/%02x", code, sub);
        return NULL;
}

static unsigned count(const struct host *h, uint8_t code, uint8_t sub)
{
        unsigned n = 0;

        for (size_t i = 0; i < h->n; i++)
                n += h->packet[i].data[0] == HCI_EVENT && h->packet[i].data[1] == code &&
                     (code != HCI_LE_META || h->packet[i].data[3] == sub);
        return n;
}

static void scan(struct host *h, bool on, bool active, bool filter)
{
        command(h, HCI_LE_SET_SCAN_PARAMETERS, (uint8_t[7]){ active, 0x12, 0, 0x12, 0, 0, 0 }, 7);
        command(h, HCI_LE_SET_SCAN_ENABLE, (uint8_t[2]){ on, filter }, 2);
}

static void create(struct host *h, unsigned device, uint16_t interval)
{
        uint8_t p[25] = { 0x60, 0, 0x60, 0, 0, 1, (uint8_t)device, 0xee, 0xab, 0x34, 0x12, 0xc0 };

        le16_put(p + 13, interval);
        le16_put(p + 15, interval);
        le16_put(p + 19, 42);
        command(h, HCI_LE_CREATE_CONNECTION, p, sizeof(p));
}

static uint16_t connect(struct host *h, unsigned device, uint16_t interval)
{
        const uint8_t *e;

        create(h, device, interval);
        timer_virtual_advance(25);
        e = event(h, HCI_LE_META, HCI_LE_CONNECTION_COMPLETE);
        assert_int_equal(e[1], HCI_SUCCESS);
        assert_int_equal(e[6], device);
        assert_int_equal(le16_get(e + 12), interval);
        return le16_get(e + 2);
}

static void send_att(struct host *h, uint16_t handle, const void *pdu, size_t len)
{
        uint8_t packet[300] = { HCI_ACL };

        le16_put(packet + 1, handle);
        le16_put(packet + 3, (uint16_t)(len + 4));
        le16_put(packet + 5, (uint16_t)len);
        le16_put(packet + 7, L2CAP_ATT);
        memcpy(packet + 9, pdu, len);
        controller_receive(h->c, packet, len + 9);
}

static void test_identity(void **state)
{
        struct host *h = *state;
        const uint8_t *e;

        command(h, HCI_RESET, NULL, 0);
        e = event(h, HCI_COMMAND_COMPLETE, 0);
        assert_int_equal(le16_get(e + 1), HCI_RESET);
        assert_int_equal(e[3], HCI_SUCCESS);
        command(h, HCI_READ_BD_ADDR, NULL, 0);
        assert_int_equal(event(h, HCI_COMMAND_COMPLETE, 0)[4], 1);
        command(h, 0xfc01, NULL, 0); /* a vendor's */
        assert_int_equal(event(h, HCI_COMMAND_COMPLETE, 0)[3], HCI_UNKNOWN_COMMAND);
        command(h, HCI_LE_CREATE_CONNECTION, "\0", 1); /* cut */
        assert_int_equal(event(h, HCI_COMMAND_STATUS, 0)[0], HCI_INVALID_PARAMETERS);
}

static void test_scan(void **state)
{
        struct host *h = *state;
        const uint8_t *e;

        scan(h, true, true, true);
        timer_virtual_advance(500);
        /* filtered: each device once, advert and scan response */
        assert_int_equal(count(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT), 6);
        e = event(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT);
        assert_int_equal(e[2], HCI_ADV_IND);
        assert_int_equal(e[10], 3 + 14 + 12); /* flags, name, manufacturer data */
        assert_memory_equal(e + 11, "\x02\x01\x06\x0d\x09", 5);
        e = event(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT);
        assert_int_equal(e[2], HCI_SCAN_RSP);
        assert_memory_equal(e + 13, att_uuids_listening.service, 16);

        scan(h, true, false, false);
        timer_virtual_advance(99);
        /* unfiltered and passive: every advert, no response */
        assert_int_equal(count(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT), 3 * 4);
        scan(h, false, false, false);
        timer_virtual_advance(100);
        assert_int_equal(count(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT), 0);
}

static void test_connect_and_echo(void **state)
{
        struct host *h = *state;
        struct peripheral *p = controller_at(h->c, 0);
        uint16_t handle = connect(h, 0, 24); /* 30 ms */
        uint64_t before;
        const uint8_t *a;

        send_att(h, handle, (uint8_t[]){ 0x12, (uint8_t)p->att.tx_cccd, 0, 1, 0 }, 5);
        timer_virtual_advance(100);
        h->n = 0;
        before = timer_now_ms();
        send_att(h, handle, (uint8_t[]){ 0x52, (uint8_t)p->att.rx, 0, 1, 0, 'x' }, 6);
        timer_virtual_advance(100);
        /* taken at one connection event, answered at the next */
        assert_int_equal(h->n, 2);
        assert_int_equal(h->packet[0].data[1], HCI_COMPLETED_PACKETS);
        assert_true(h->packet[0].at_ms - before <= 30);
        assert_int_equal(h->packet[1].at_ms - h->packet[0].at_ms, 30);
        a = h->packet[1].data;
        assert_int_equal(a[0], HCI_ACL);
        assert_int_equal(le16_get(a + 1), handle | 0x2000);
        assert_int_equal(a[9], 0x1b);
        assert_memory_equal(a + 12, "\1\0x", 3);

        command(h, HCI_DISCONNECT, (uint8_t[]){ (uint8_t)handle, 0, 0x13 }, 3);
        assert_int_equal(event(h, HCI_DISCONNECTION_COMPLETE, 0)[3], HCI_LOCAL_TERMINATED);
        assert_null(p->link);
}

static void test_slots(void **state)
{
        struct host *h = *state;

        connect(h, 0, 24);
        connect(h, 1, 24);
        create(h, 2, 24);
        assert_int_equal(event(h, HCI_COMMAND_STATUS, 0)[0], HCI_CONNECTION_LIMIT);
}

static void test_cancel(void **state)
{
        struct host *h = *state;
        char reply[CONTROL_REPLY_MAX];

        control_run(h->c, "* connect hangs", reply);
        assert_string_equal(reply, "ok");
        create(h, 0, 24);
        timer_virtual_advance(5000);
        assert_int_equal(count(h, HCI_LE_META, HCI_LE_CONNECTION_COMPLETE), 0);
        create(h, 1, 24); /* one at a time */
        assert_int_equal(event(h, HCI_COMMAND_STATUS, 0)[0], HCI_COMMAND_DISALLOWED);
        command(h, HCI_LE_CREATE_CANCEL, NULL, 0);
        assert_int_equal(event(h, HCI_COMMAND_COMPLETE, 0)[3], HCI_SUCCESS);
        assert_int_equal(event(h, HCI_LE_META, HCI_LE_CONNECTION_COMPLETE)[1], HCI_UNKNOWN_CONNECTION);
}

static void test_faults(void **state)
{
        struct host *h = *state;
        struct peripheral *p = controller_at(h->c, 0);
        char reply[CONTROL_REPLY_MAX];
        uint16_t handle;

        control_run(h->c, "Argon-ECHO00 connect dies 1", reply);
        connect(h, 0, 24);
        timer_virtual_advance(200);
        assert_int_equal(event(h, HCI_DISCONNECTION_COMPLETE, 0)[3], HCI_ESTABLISH_FAILED);
        handle = connect(h, 0, 24); /* only once */
        timer_virtual_advance(1000);
        assert_int_equal(count(h, HCI_DISCONNECTION_COMPLETE, 0), 0);

        control_run(h->c, "Argon-ECHO00 drop-after 4 0x13", reply);
        send_att(h, handle, (uint8_t[]){ 0x52, (uint8_t)p->att.rx, 0, 9, 0, 'x' }, 6);
        timer_virtual_advance(100);
        assert_int_equal(count(h, HCI_DISCONNECTION_COMPLETE, 0), 0);
        send_att(h, handle, (uint8_t[]){ 0x52, (uint8_t)p->att.rx, 0, 'y' }, 4);
        timer_virtual_advance(100);
        assert_int_equal(event(h, HCI_DISCONNECTION_COMPLETE, 0)[3], HCI_REMOTE_TERMINATED);

        handle = connect(h, 0, 24);
        control_run(h->c, "Argon-ECHO00 hide 1", reply);
        h->n = h->read = 0;
        timer_virtual_advance(419);
        assert_int_equal(h->n, 0);
        timer_virtual_advance(2);
        assert_int_equal(event(h, HCI_DISCONNECTION_COMPLETE, 0)[3], HCI_CONNECTION_TIMEOUT);
}

static void notify(struct host *h, uint16_t handle, const struct peripheral *p, char c)
{
        send_att(h, handle, (uint8_t[]){ 0x52, (uint8_t)p->att.rx, 0, 1, 0, (uint8_t)c }, 6);
        timer_virtual_advance(100);
}

static void test_faults_of_the_air(void **state)
{
        struct host *h = *state;
        struct peripheral *p = controller_at(h->c, 0);
        char reply[CONTROL_REPLY_MAX];
        const uint8_t *e;
        uint16_t handle;

        control_run(h->c, "Argon-ECHO00 rssi -77", reply);
        assert_string_equal(reply, "ok");
        control_run(h->c, "* no-response 1", reply);
        scan(h, true, true, true);
        timer_virtual_advance(100);
        assert_int_equal(count(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT), 3); /* adverts alone */
        e = event(h, HCI_LE_META, HCI_LE_ADVERTISING_REPORT);
        assert_int_equal((int8_t)e[11 + e[10]], -77);
        scan(h, false, false, false);

        handle = connect(h, 0, 24);
        send_att(h, handle, (uint8_t[]){ 0x12, (uint8_t)p->att.tx_cccd, 0, 1, 0 }, 5);
        timer_virtual_advance(100);
        control_run(h->c, "Argon-ECHO00 lose 1", reply);
        h->n = 0;
        notify(h, handle, p, 'x'); /* taken, and the answer is not heard */
        assert_int_equal(h->n, 1);
        assert_int_equal(h->packet[0].data[1], HCI_COMPLETED_PACKETS);
        h->n = 0;
        notify(h, handle, p, 'y');
        assert_int_equal(h->n, 2);
        assert_memory_equal(h->packet[1].data + 12, "\1\0y", 3);
}

static void test_interval_request(void **state)
{
        struct host *h = *state;
        uint16_t handle = connect(h, 0, 9); /* 11.25 ms: the device wants 30-50 after 5 s */
        uint8_t update[14] = { (uint8_t)handle, 0, 24, 0, 40, 0, 0, 0, 0xf4, 1 };
        const uint8_t *a;

        h->n = 0;
        timer_virtual_advance(5100);
        assert_int_equal(h->n, 1);
        a = h->packet[0].data;
        assert_int_equal(a[0], HCI_ACL);
        assert_int_equal(a[7], L2CAP_SIGNALLING);
        assert_int_equal(a[9], 0x12);
        command(h, HCI_LE_CONNECTION_UPDATE, update, sizeof(update));
        assert_int_equal(le16_get(event(h, HCI_LE_META, HCI_LE_UPDATE_COMPLETE) + 4), 40);
        timer_virtual_advance(30000);
        assert_int_equal(count(h, HCI_DISCONNECTION_COMPLETE, 0), 0);

        connect(h, 1, 9); /* and one that is never granted */
        timer_virtual_advance(20000);
        assert_int_equal(event(h, HCI_DISCONNECTION_COMPLETE, 0)[3], HCI_INTERVAL_UNACCEPTABLE);
}

static void test_control(void **state)
{
        struct host *h = *state;
        char reply[CONTROL_REPLY_MAX];
        static const char *const bad[] = {
                "",           "hide",           "* hide",
                "* hide 2",   "* fly 1",        "Argon-NOBODY hide 1",
                "* mtu 22",   "* drop-after x", "* connect sometimes",
                "* hide 1 2",
        };

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                control_run(h->c, bad[i], reply);
                assert_memory_equal(reply, "error: ", 7);
        }
        control_run(h->c, "help", reply);
        assert_non_null(strstr(reply, "drop-after"));
        control_run(h->c, "* silent 1", reply);
        assert_string_equal(reply, "ok");
        assert_true(controller_at(h->c, 2)->faults.silent);
        control_run(h->c, "facts", reply);
        assert_non_null(strstr(reply, "Argon-ECHO02=advertising"));
}

/* "Photon 2-ABCDEF": the manufacturer data does not fit and is malformed on the air (device.md 3.1) */
static void test_long_name(void **state)
{
        static const struct peripheral_app app = { 0 };
        struct peripheral_config config = {
                .name = "Photon 2-ABCDEF", .company = 0x0662, .setup_code = "ABCDEF", .max_mtu = 247
        };
        _cleanup_(peripheral_freep) struct peripheral *p = NULL;

        (void)state;
        assert_int_equal(peripheral_new(&config, &app, NULL, &p), 0);
        assert_int_equal(p->advert_len, HCI_ADV_MAX);
        assert_int_equal(p->advert[20], 11); /* says 11, 10 are there */
        assert_memory_equal(p->advert + 26, "ABCDE", 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_identity, setup, teardown),
                cmocka_unit_test_setup_teardown(test_scan, setup, teardown),
                cmocka_unit_test_setup_teardown(test_connect_and_echo, setup, teardown),
                cmocka_unit_test_setup_teardown(test_slots, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
                cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
                cmocka_unit_test_setup_teardown(test_faults_of_the_air, setup, teardown),
                cmocka_unit_test_setup_teardown(test_interval_request, setup, teardown),
                cmocka_unit_test_setup_teardown(test_control, setup, teardown),
                cmocka_unit_test(test_long_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
