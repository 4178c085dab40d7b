/* SPDX-License-Identifier: Apache-2.0 */

/* The glue between a link and the client, with the device's own role of the session behind a link made here:
 * the handshake, flights, replies of dropped operations, every way a link ends, deadlines on the virtual
 * clock, a link without room. */

#include "proto/base/timer-virtual.h"
#include "proto/client.h"
#include "setup/ports/device.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct {
        struct radio_link link;
        struct session *session;
        struct buf frames; /* what came in after the handshake */
        struct buf out;    /* what the device wants to notify */
        unsigned writes, writes_until_full, dropped;
        bool closed;
        struct trouble trouble; /* is the link's: gone with it */
} peer;

static struct {
        unsigned answers, lost;
        enum fault fault;
        bool link_lost, unheard;
        size_t n;
        int32_t result[4];
        size_t len[4];
        char cause[TROUBLE_CAUSE_MAX];
} seen;

static struct device *device;
static struct secret *mobile_secret;

static int fake_write(struct radio_link *l, const uint8_t *data, size_t len)
{
        size_t used = len;

        (void)l;
        assert_true(len <= l->max_write);
        if (peer.closed)
                return -ENOTCONN;
        if (peer.writes_until_full > 0 && --peer.writes_until_full == 0)
                return -EAGAIN;
        peer.writes++;
        if (session_state(peer.session) != SESSION_OPEN) {
                if (session_feed(peer.session, data, len, &used) < 0) {
                        peer.closed = true; /* a device hangs up without a word */
                        return 0;
                }
                assert_int_equal(session_take(peer.session, &peer.out), 0);
        } else {
                used = 0;
        }
        assert_int_equal(buf_append(&peer.frames, data + used, len - used), 0);
        return 0;
}

static void fake_free(struct radio_link *l)
{
        (void)l;
        peer.dropped++;
        peer.closed = true;
        memset(&peer.trouble, 'x', sizeof(peer.trouble) - 1);
        l->events = NULL;
}

static const struct radio_link_ops fake_ops = { fake_write, fake_free };

static void attach(const char *secret)
{
        struct secret *s;

        assert_int_equal(secret_new(secret, strlen(secret), &s), 0);
        peer.session = session_free(peer.session);
        assert_int_equal(session_new(SESSION_DEVICE, s, NULL, &peer.session), 0);
        secret_free(s);
        buf_consume(&peer.frames, peer.frames.len);
        buf_consume(&peer.out, peer.out.len);
        peer.link = (struct radio_link){ .ops = &fake_ops, .max_write = 100, .version = 2 };
        peer.writes = peer.dropped = peer.writes_until_full = 0;
        peer.closed = false;
        device_attach(device, &peer.link);
}

/* The device's notifications, at most `step` bytes each; or the end of the link. */
static void deliver(size_t step)
{
        while (peer.out.len > 0 && peer.link.events) {
                uint8_t piece[RADIO_WRITE_MAX];
                size_t n = peer.out.len < step ? peer.out.len : step;

                memcpy(piece, peer.out.data, n);
                buf_consume(&peer.out, n);
                peer.link.events->on_data(peer.link.userdata, piece, n);
        }
        if (peer.closed && peer.link.events)
                peer.link.events->on_lost(peer.link.userdata, &(struct trouble){ .fault = FAULT_LINK_LOST });
}

static void lose_link(void)
{
        peer.closed = true;
        (void)trouble_set(&peer.trouble, FAULT_LINK_LOST, "it walked away");
        peer.link.events->on_lost(peer.link.userdata, &peer.trouble);
}

/* The device reads one request and replies. */
static uint16_t serve(int32_t result, const char *payload)
{
        struct session_header in, out;
        struct buf body = buf_init(2048);
        size_t used;

        assert_int_equal(session_open(peer.session, peer.frames.data, peer.frames.len, &in, &body, &used),
                         0);
        buf_consume(&peer.frames, used);
        buf_done(&body);
        out = (struct session_header){ .id = in.id, .result = result };
        assert_int_equal(
                session_seal(peer.session, &out, (const uint8_t *)payload, strlen(payload), &peer.out), 0);
        return in.type;
}

static void on_answer(void *userdata, const struct answer *a)
{
        (void)userdata;
        seen.answers++;
        seen.fault = a->trouble.fault;
        seen.link_lost = a->link_lost;
        seen.unheard = a->unheard;
        (void)snprintf(seen.cause, sizeof(seen.cause), "%s", a->trouble.cause);
        if (a->trouble.fault != FAULT_NONE || !a->ask)
                return;
        seen.n = a->ask->n;
        for (size_t i = 0; i < a->ask->n; i++) {
                seen.result[i] = a->ask->reply[i].result;
                seen.len[i] = a->ask->reply[i].len;
        }
}

static void on_link_lost(void *userdata)
{
        (void)userdata;
        seen.lost++;
}

static struct op *start_open(void)
{
        struct op *op;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(device_open(device, mobile_secret, on_answer, NULL, &op), 0);
        assert_int_equal(seen.answers, 0);
        return op;
}

static struct op *start_ask(const struct port_request *requests, size_t n)
{
        struct op *op;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(device_ask(device, requests, n, on_answer, NULL, &op), 0);
        assert_int_equal(seen.answers, 0);
        return op;
}

static void open_session(void)
{
        struct op *op;

        attach("AAAAAAAAAAAAAAA");
        op = start_open();
        while (peer.out.len > 0)
                deliver(20);
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.fault, FAULT_NONE);
        op_free(op);
}

static const struct port_request three[] = {
        { .type = CONTROL_GET_DEVICE_ID },
        { .type = CONTROL_GET_SERIAL_NUMBER },
        { .type = CONTROL_ECHO, .payload = (const uint8_t *)"abc", .len = 3 },
};

static void opens_and_asks(void **state)
{
        struct op *op;
        unsigned writes;

        (void)state;
        open_session();
        assert_int_equal(device_exchanges(device), 2);
        writes = peer.writes;
        op = start_ask(three, 3);
        assert_int_equal(peer.writes, writes + 1); /* one flight, one write */
        assert_int_equal(serve(0, "id"), CONTROL_GET_DEVICE_ID);
        assert_int_equal(serve(CONTROL_NOT_SUPPORTED, ""), CONTROL_GET_SERIAL_NUMBER);
        deliver(7);
        assert_int_equal(seen.answers, 0);
        assert_int_equal(serve(0, "abc"), CONTROL_ECHO);
        deliver(RADIO_WRITE_MAX);
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.n, 3);
        assert_int_equal(seen.result[1], CONTROL_NOT_SUPPORTED);
        assert_int_equal(seen.len[0], 2);
        assert_int_equal(seen.len[2], 3);
        assert_int_equal(device_exchanges(device), 3);
        op_free(op);
        assert_int_equal(timer_virtual_pending(), 0);
}

static void a_wrong_secret_is_told(void **state)
{
        struct op *op;

        (void)state;
        attach("BBBBBBBBBBBBBBB");
        op = start_open();
        deliver(RADIO_WRITE_MAX);
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.fault, FAULT_SECRET_MISMATCH);
        assert_true(seen.link_lost);
        assert_int_equal(peer.dropped, 1);
        op_free(op);
}

static void a_link_lost_before_our_confirmation_is_a_lost_link(void **state)
{
        struct op *op;

        (void)state;
        attach("AAAAAAAAAAAAAAA");
        op = start_open();
        buf_consume(&peer.out, peer.out.len);
        lose_link();
        assert_int_equal(seen.fault, FAULT_LINK_LOST);
        assert_true(seen.link_lost);
        assert_true(seen.unheard);
        assert_int_equal(seen.lost, 0);
        op_free(op);
}

static void a_link_lost_while_asking(void **state)
{
        struct op *op;

        (void)state;
        open_session();
        op = start_ask(three, 3);
        lose_link();
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.fault, FAULT_LINK_LOST);
        assert_false(seen.unheard);
        assert_string_equal(seen.cause, "it walked away");
        op_free(op);

        op = start_ask(three, 1); /* without a link: answered, and not from inside */
        assert_true(timer_virtual_step());
        assert_int_equal(seen.fault, FAULT_LINK_LOST);
        assert_true(seen.link_lost);
        op_free(op);
}

static void a_link_lost_while_idle(void **state)
{
        (void)state;
        open_session();
        seen.lost = 0;
        lose_link();
        assert_int_equal(seen.lost, 1);
        assert_int_equal(device_exchanges(device) > 0, 1);
}

static void silence_has_an_end(void **state)
{
        struct op *op;
        uint32_t limit_ms = control_info(CONTROL_GET_SERIAL_NUMBER)->timeout_ms;

        (void)state;
        open_session();
        op = start_ask(three, 3);
        timer_virtual_advance(limit_ms - 1);
        (void)serve(0, "id");
        deliver(RADIO_WRITE_MAX);
        timer_virtual_advance(limit_ms - 1); /* each reply has its own time */
        assert_int_equal(seen.answers, 0);
        timer_virtual_advance(1);
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.fault, FAULT_LINK_SILENT);
        assert_true(seen.link_lost);
        assert_non_null(strstr(seen.cause, "GetSerialNumber"));
        assert_int_equal(peer.dropped, 1);
        op_free(op);
        assert_int_equal(timer_virtual_pending(), 0);
}

static void nonsense_ends_the_link(void **state)
{
        uint8_t garbage[64];
        struct op *op;

        (void)state;
        open_session();
        op = start_ask(three, 1);
        memset(garbage, 0x11, sizeof(garbage));
        garbage[0] = 20;
        garbage[1] = 0;
        peer.link.events->on_data(peer.link.userdata, garbage, sizeof(garbage));
        assert_int_equal(seen.fault, FAULT_LINK_PROTOCOL);
        assert_true(seen.link_lost);
        assert_int_equal(peer.dropped, 1);
        op_free(op);
}

static void a_late_reply_belongs_to_nobody(void **state)
{
        struct op *op;

        (void)state;
        open_session();
        op_free(start_ask(three, 1));
        op = start_ask(three + 1, 1);
        (void)serve(0, "late");
        deliver(RADIO_WRITE_MAX);
        assert_int_equal(seen.answers, 0);
        (void)serve(0, "serial");
        deliver(RADIO_WRITE_MAX);
        assert_int_equal(seen.answers, 1);
        assert_int_equal(seen.len[0], 6);
        op_free(op);
}

static void a_full_link_is_waited_for(void **state)
{
        struct op *op;
        unsigned writes;

        (void)state;
        open_session();
        peer.writes_until_full = 1;
        writes = peer.writes;
        op = start_ask(three, 3);
        assert_int_equal(peer.writes, writes);
        peer.link.events->on_writable(peer.link.userdata);
        assert_int_equal(peer.writes, writes + 1);
        op_free(op);
}

/* Nobody guesses when the device has read: what its pool cannot hold unread is refused, the longest request
 * leaves at once. */
static void the_longest_request_leaves_at_once(void **state)
{
        uint8_t body[1026] = { 0 };
        struct port_request update = { CONTROL_FIRMWARE_UPDATE_DATA, body, sizeof(body) };
        struct op *op;

        (void)state;
        open_session();
        assert_int_equal(device_ask(device, &update, 1, on_answer, NULL, &op), -EMSGSIZE);
        update.len = client_max_payload(peer.link.max_write);
        op = start_ask(&update, 1);
        assert_int_equal(serve(0, ""), CONTROL_FIRMWARE_UPDATE_DATA);
        deliver(RADIO_WRITE_MAX);
        assert_int_equal(seen.fault, FAULT_NONE);
        assert_int_equal(seen.answers, 1);
        op_free(op);
        assert_int_equal(timer_virtual_pending(), 0);
}

static void one_operation_at_a_time(void **state)
{
        struct op *op, *second;

        (void)state;
        open_session();
        op = start_ask(three, 1);
        assert_int_equal(device_ask(device, three, 1, on_answer, NULL, &second), -EBUSY);
        assert_int_equal(device_ask(device, three, 0, on_answer, NULL, &second), -EINVAL);
        op_free(op);
}

static int setup(void **state)
{
        (void)state;
        peer.frames = buf_init(8192);
        peer.out = buf_init(8192);
        return device_new(NULL, on_link_lost, NULL, &device);
}

static int teardown(void **state)
{
        (void)state;
        device = device_free(device);
        peer.session = session_free(peer.session);
        buf_done(&peer.frames);
        buf_done(&peer.out);
        return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                T(opens_and_asks),
                T(a_wrong_secret_is_told),
                T(a_link_lost_before_our_confirmation_is_a_lost_link),
                T(a_link_lost_while_asking),
                T(a_link_lost_while_idle),
                T(silence_has_an_end),
                T(nonsense_ends_the_link),
                T(a_late_reply_belongs_to_nobody),
                T(a_full_link_is_waited_for),
                T(the_longest_request_leaves_at_once),
                T(one_operation_at_a_time),
        };
        int r;

        if (secret_init() < 0 || secret_new("AAAAAAAAAAAAAAA", 15, &mobile_secret) < 0)
                return 1;
        r = cmocka_run_group_tests(tests, NULL, NULL);
        secret_free(mobile_secret);
        return r;
}
