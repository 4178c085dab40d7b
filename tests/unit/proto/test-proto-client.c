/* SPDX-License-Identifier: Apache-2.0 */

/* The client against a device with a small pool: what it says, how it packs and paces, and what it does with
 * answers that it did not ask for. */

#include "proto/client.h"
#include "proto/pool.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/proto/far-end.h"
#include "tests/unit/proto/pair.h"
#include <errno.h>
#include <sodium.h>

enum { QUICK = CONTROL_GET_DEVICE_ID, SLOW = CONTROL_WIFI_SCAN_NETWORKS, WRITE_MAX = 244 };

struct link {
        struct client *client;
        struct far_end far;
        size_t max_write;
        unsigned writes;
};

/* Writes whatever the client has now. */
static void write_all(struct link *l)
{
        uint8_t data[WRITE_MAX];
        size_t len;

        while (client_take_write(l->client, data, sizeof(data), &len) == 0) {
                assert_in_range(len, 1, l->max_write);
                far_write(&l->far, data, len);
                l->writes++;
        }
}

static int notify_all(struct link *l, size_t max)
{
        uint8_t data[WRITE_MAX];
        size_t len;
        int r = 0;

        while (r == 0 && (len = far_notify(&l->far, data, max)))
                r = client_feed(l->client, data, len);
        return r;
}

/* Before the handshake is done, and after a failure, a request is refused for that; a good client refuses
 * this one for its size, and keeps nothing of it. */
static bool is_open(struct client *c)
{
        static const uint8_t much[SESSION_MAX_PAYLOAD + 1];
        uint16_t id;

        return client_request(c, QUICK, much, sizeof(much), &id) == -EMSGSIZE;
}

static void expect_opened(struct link *l)
{
        struct client_event e;

        assert_int_equal(client_next_event(l->client, &e), 0);
        assert_int_equal(e.kind, CLIENT_OPENED);
        assert_int_equal(client_next_event(l->client, &e), -EAGAIN);
        assert_true(is_open(l->client));
        assert_false(client_awaits_confirm(l->client));
}

static void link_init(struct link *l, size_t max_write)
{
        _cleanup_(secret_freep) struct secret *secret = pair_secret("ABCDEFGHIJKLMNO");

        *l = (struct link){ .max_write = max_write };
        far_init(&l->far, secret, NULL);
        assert_int_equal(client_new(secret, max_write, NULL, &l->client), 0);
}

static void link_open(struct link *l, size_t max_write)
{
        int r;

        link_init(l, max_write);
        for (int i = 0; i < 2; i++) {
                assert_false(is_open(l->client));
                write_all(l);
                while (far_read(&l->far, &r))
                        assert_int_equal(r, 0);
                assert_int_equal(notify_all(l, max_write), 0);
        }
        expect_opened(l);
        assert_int_equal(l->far.used, 0);
        l->writes = 0;
}

static void link_done(struct link *l)
{
        client_free(l->client);
        far_done(&l->far);
}

static uint16_t request(struct link *l, uint16_t type, size_t len)
{
        uint8_t payload[2048] = { 0 };
        uint16_t id;

        memset(payload, (int)len, len);
        assert_int_equal(client_request(l->client, type, payload, len, &id), 0);
        return id;
}

static void expect_reply(struct link *l, uint16_t id, uint16_t type, int32_t result, size_t len)
{
        struct client_event e;

        assert_int_equal(client_next_event(l->client, &e), 0);
        assert_int_equal(e.kind, CLIENT_REPLY);
        assert_int_equal(e.id, id);
        assert_int_equal(e.type, type);
        assert_int_equal(e.result, result);
        assert_int_equal(e.len, len);
        for (size_t i = 0; i < len; i++)
                assert_int_equal(e.payload[i], (uint8_t)len);
}

static void pool_costs(void **state)
{
        /* device.md 3.3: 20 bytes cost 44, 244 cost 268; always 1 to 4 more than 20 + n */
        struct pool p = { .n = 0 };

        (void)state;
        assert_int_equal(pool_cost(20), 44);
        assert_int_equal(pool_cost(244), 268);
        assert_int_equal(pool_cost(1), 24);
        for (size_t n = 1; n <= 244; n++) {
                assert_in_range(pool_cost(n) - 20 - n, 1, 4);
                assert_int_equal(pool_cost(n) % 4, 0);
        }
        for (uint64_t i = 1; i <= 23; i++)
                pool_add(&p, 20, i * 20);
        assert_false(pool_fits(&p, 20));
        pool_read(&p, 39);
        assert_true(pool_fits(&p, 20));
        pool_add(&p, 20, 480);
        assert_false(pool_fits(&p, 20));
        pool_read(&p, 480);
        assert_int_equal(p.used, 0);
        for (uint64_t i = 1; i <= 42; i++)
                pool_add(&p, 1, i);
        assert_false(pool_fits(&p, 1));
}

static void opens_with_every_write_size(void **state)
{
        (void)state;
        for (size_t size = 20; size <= WRITE_MAX; size += 16) {
                struct link l;

                link_open(&l, size);
                assert_int_equal(client_exchanges(l.client), 2);
                assert_int_equal(client_outstanding(l.client), 0);
                link_done(&l);
        }
}

static void only_known_write_sizes(void **state)
{
        _cleanup_(secret_freep) struct secret *secret = pair_secret("ABCDEFGHIJKLMNO");
        struct client *c = NULL;
        struct link l;
        uint8_t small[19];
        size_t len;

        (void)state;
        assert_int_equal(client_new(secret, 19, NULL, &c), -EINVAL);
        assert_int_equal(client_new(secret, 245, NULL, &c), -EINVAL);
        link_init(&l, 20);
        assert_int_equal(client_take_write(l.client, small, sizeof(small), &len), -EINVAL);
        link_done(&l);
}

static void one_flight_in_one_write(void **state)
{
        struct link l;
        uint16_t id[5];
        int r;

        (void)state;
        link_open(&l, 244);
        for (int i = 0; i < 5; i++)
                id[i] = request(&l, QUICK, 0);
        assert_int_equal(client_outstanding(l.client), 5);
        write_all(&l);
        assert_int_equal(l.writes, 1);
        for (int i = 0; i < 5; i++) {
                assert_true(far_read(&l.far, &r));
                far_answer(&l.far, 0, -i);
                assert_int_equal(notify_all(&l, 7), 0);
                expect_reply(&l, id[i], QUICK, -i, 0);
        }
        assert_int_equal(client_exchanges(l.client), 3);
        assert_int_equal(client_outstanding(l.client), 0);
        link_done(&l);
}

static void a_slow_request_goes_last(void **state)
{
        struct link l;
        uint16_t first, slow, behind;
        int r;

        (void)state;
        link_open(&l, 244);
        first = request(&l, QUICK, 10);
        slow = request(&l, SLOW, 20);
        behind = request(&l, QUICK, 30);
        write_all(&l);
        assert_int_equal(l.writes, 1);
        assert_true(far_read(&l.far, &r));
        assert_true(far_read(&l.far, &r));
        assert_false(far_read(&l.far, &r));
        assert_int_equal(l.far.n_held, 2);

        far_answer(&l.far, 0, 0);
        assert_int_equal(notify_all(&l, 244), 0);
        expect_reply(&l, first, QUICK, 0, 10);
        write_all(&l);
        assert_int_equal(l.writes, 1);

        far_answer(&l.far, 0, 0);
        assert_int_equal(notify_all(&l, 244), 0);
        expect_reply(&l, slow, SLOW, 0, 20);
        write_all(&l);
        assert_int_equal(l.writes, 2);
        assert_true(far_read(&l.far, &r));
        far_answer(&l.far, 0, 0);
        assert_int_equal(notify_all(&l, 244), 0);
        expect_reply(&l, behind, QUICK, 0, 30);
        assert_int_equal(client_exchanges(l.client), 4);
        link_done(&l);
}

static void replies_in_any_order(void **state)
{
        struct link l;
        uint16_t id[3];
        int r;

        (void)state;
        link_open(&l, 100);
        for (size_t i = 0; i < 3; i++)
                id[i] = request(&l, QUICK, i);
        write_all(&l);
        while (far_read(&l.far, &r))
                assert_int_equal(r, 0);
        far_answer(&l.far, 2, 2);
        far_answer(&l.far, 0, CONTROL_NOT_FOUND);
        far_answer(&l.far, 0, CONTROL_PROTECTED);
        assert_int_equal(notify_all(&l, 20), 0);
        expect_reply(&l, id[2], QUICK, 2, 2);
        expect_reply(&l, id[0], QUICK, CONTROL_NOT_FOUND, 0);
        expect_reply(&l, id[1], QUICK, CONTROL_PROTECTED, 1);
        link_done(&l);
}

static void large_replies_and_padding(void **state)
{
        struct link l;
        uint16_t id[2];
        int r;

        (void)state;
        link_open(&l, 244);
        id[0] = request(&l, QUICK, 300);
        id[1] = request(&l, QUICK, 256);
        write_all(&l);
        for (int i = 0; i < 2; i++) {
                assert_true(far_read(&l.far, &r));
                assert_int_equal(buf_append(&l.far.out, (const uint8_t[5]){ 0 }, 5), 0);
                far_answer(&l.far, 0, 0);
        }
        assert_int_equal(buf_append(&l.far.out, (const uint8_t[5]){ 0 }, 5), 0);
        assert_int_equal(notify_all(&l, 1), 0);
        expect_reply(&l, id[0], QUICK, 0, 300);
        expect_reply(&l, id[1], QUICK, 0, 256);

        /* the longest that there is, fed at once */
        id[0] = request(&l, QUICK, 0);
        write_all(&l);
        {
                _cleanup_(buf_done) struct buf b = buf_init(70000);
                struct session_header header = { .id = id[0] };
                uint8_t *payload = malloc(65535);
                struct client_event e;

                memset(payload, 7, 65535);
                assert_true(far_read(&l.far, &r));
                assert_int_equal(session_seal(l.far.session, &header, payload, 65535, &b), 0);
                assert_int_equal(client_feed(l.client, b.data, b.len), 0);
                assert_int_equal(client_next_event(l.client, &e), 0);
                assert_int_equal(e.len, 65535);
                assert_memory_equal(e.payload, payload, 65535);
                free(payload);
        }
        link_done(&l);
}

/* After a failure everything says the same. */
static void expect_failed(struct link *l, int error)
{
        struct client_event e;
        uint8_t data[WRITE_MAX];
        uint16_t id;
        size_t len;

        assert_false(is_open(l->client));
        assert_int_equal(client_feed(l->client, (const uint8_t *)"x", 1), error);
        assert_int_equal(client_request(l->client, QUICK, NULL, 0, &id), error);
        assert_int_equal(client_take_write(l->client, data, sizeof(data), &len), error);
        assert_int_equal(client_next_event(l->client, &e), error);
}

static void replies_that_nobody_asked_for(void **state)
{
        (void)state;
        for (int kind = 0; kind < 4; kind++) {
                struct link l;
                struct session_header header = { 0 };
                int r;

                link_open(&l, 244);
                header.id = request(&l, QUICK, 0);
                if (kind != 1)
                        write_all(&l); /* kind 1: answered before it was sent */
                if (kind == 0)
                        header.id++;
                if (kind == 2) { /* the same twice; the first one stays */
                        assert_true(far_read(&l.far, &r));
                        assert_int_equal(session_seal(l.far.session, &header, NULL, 0, &l.far.out), 0);
                }
                assert_int_equal(session_seal(l.far.session, &header, (const uint8_t *)"abc", 3, &l.far.out),
                                 0);
                if (kind == 3)
                        l.far.out.data[5] ^= 1;
                assert_int_equal(notify_all(&l, 244), -EBADMSG);
                if (kind == 2)
                        expect_reply(&l, header.id, QUICK, 0, 0);
                expect_failed(&l, -EBADMSG);
                link_done(&l);
        }
}

static void requests_need_a_session(void **state)
{
        struct link l;
        uint8_t *payload = calloc(1, 65536);
        uint16_t id;

        (void)state;
        link_init(&l, 244);
        assert_int_equal(client_request(l.client, QUICK, NULL, 0, &id), -ENOTCONN);
        link_done(&l);
        link_open(&l, 244);
        assert_int_equal(client_request(l.client, QUICK, payload, 65536, &id), -EMSGSIZE);
        assert_int_equal(client_request(l.client, QUICK, payload, 916, &id), -EMSGSIZE);
        for (int i = 0; i < CLIENT_MAX_OUTSTANDING; i++)
                assert_int_equal(client_request(l.client, QUICK, payload, 915, &id), 0);
        assert_int_equal(client_request(l.client, QUICK, NULL, 0, &id), -ENOBUFS);
        link_done(&l);
        free(payload);
}

/* The device has another secret: it hangs up on our confirmation. Or it confirms wrongly. */
static void wrong_secret(void **state)
{
        _cleanup_(secret_freep) struct secret *other = pair_secret("ABCDEFGHIJKLMNP");
        struct link l;
        uint8_t confirm[34] = { 32 };
        int r = 0;

        (void)state;
        link_init(&l, 244);
        far_done(&l.far);
        far_init(&l.far, other, NULL);
        write_all(&l);
        assert_false(client_awaits_confirm(l.client));
        while (far_read(&l.far, &r))
                assert_int_equal(r, 0);
        assert_int_equal(notify_all(&l, 244), 0);
        assert_false(client_awaits_confirm(l.client));
        write_all(&l);
        assert_true(client_awaits_confirm(l.client));
        while (r == 0 && far_read(&l.far, &r))
                ;
        assert_int_equal(r, -EKEYREJECTED);
        assert_true(client_awaits_confirm(l.client));

        assert_int_equal(client_feed(l.client, confirm, sizeof(confirm)), -EKEYREJECTED);
        assert_false(client_awaits_confirm(l.client));
        expect_failed(&l, -EKEYREJECTED);
        link_done(&l);
}

/* pool */

/* The longest request leaves as a whole while the device reads nothing, and one byte more is refused; behind
 * another one it waits for that one's reply, for it would not fit. */
static void the_longest_request_fits_unread(void **state)
{
        static const size_t sizes[] = { 20, 100, 182, 244 };

        (void)state;
        assert_int_equal(client_max_payload(244), 915);
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                size_t max = client_max_payload(sizes[i]);
                uint8_t payload[1024] = { 0 };
                struct link l;
                uint16_t id, first;
                int r;

                link_open(&l, sizes[i]);
                assert_int_equal(client_request(l.client, QUICK, payload, max + 1, &id), -EMSGSIZE);
                first = request(&l, QUICK, 1);
                id = request(&l, CONTROL_FIRMWARE_UPDATE_DATA, max);
                write_all(&l);
                assert_int_equal(l.writes, 1);
                assert_true(far_read(&l.far, &r));
                far_answer(&l.far, 0, 0);
                assert_int_equal(notify_all(&l, 244), 0);
                expect_reply(&l, first, QUICK, 0, 1);
                write_all(&l);
                assert_true(far_read(&l.far, &r));
                far_answer(&l.far, 0, 0);
                assert_int_equal(notify_all(&l, 244), 0);
                expect_reply(&l, id, CONTROL_FIRMWARE_UPDATE_DATA, 0, max);
                link_done(&l);
        }
}

static uint32_t below(uint32_t n)
{
        return randombytes_uniform(n);
}

struct asked {
        uint16_t id, type;
        size_t len;
};

/* Random requests, a device that reads and answers when it likes, notifications cut anywhere. The pool is
 * watched by far_write(), the rule of slow requests here. */
static void random_run(size_t max_write, bool eager)
{
        enum { TOTAL = 120 };
        struct asked asked[TOTAL];
        size_t n_asked = 0, n_done = 0;
        struct link l;
        struct client_event e;
        int r;

        link_open(&l, max_write);
        l.far.eager = eager;
        for (unsigned turn = 0; n_done < TOTAL; turn++) {
                assert_true(turn < 100000);
                while (n_asked < TOTAL && client_outstanding(l.client) < 30 && below(3)) {
                        struct asked *a = &asked[n_asked++];

                        a->type = below(8) ? QUICK : SLOW;
                        a->len = below(2) ? below(20) : below(250);
                        a->id = request(&l, a->type, a->len);
                }
                if (below(2))
                        write_all(&l);
                while (below(3) && far_read(&l.far, &r)) {
                        assert_int_equal(r, 0);
                        for (size_t i = 0; i + 1 < l.far.n_held; i++)
                                assert_int_not_equal(l.far.held[i].type, SLOW);
                }
                if (l.far.n_held && below(2)) {
                        size_t i = below(4) ? 0 : below((uint32_t)l.far.n_held);

                        far_answer(&l.far, i, (int32_t)l.far.held[i].len);
                }
                assert_int_equal(notify_all(&l, 1 + below(244)), 0);
                while (client_next_event(l.client, &e) == 0) {
                        size_t i = 0;

                        while (i < n_asked && asked[i].id != e.id)
                                i++;
                        assert_true(i < n_asked);
                        assert_int_equal(e.type, asked[i].type);
                        assert_int_equal(e.result, asked[i].len);
                        assert_int_equal(e.len, asked[i].len);
                        n_done++;
                }
        }
        assert_int_equal(client_outstanding(l.client), 0);
        assert_int_equal(l.far.used, 0);
        link_done(&l);
}

static void the_pool_never_overflows(void **state)
{
        static const size_t sizes[] = { 20, 21, 23, 64, 100, 182, 200, 243, 244 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sizes) * 4; i++)
                random_run(sizes[i / 4], i % 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pool_costs),
                cmocka_unit_test(opens_with_every_write_size),
                cmocka_unit_test(only_known_write_sizes),
                cmocka_unit_test(one_flight_in_one_write),
                cmocka_unit_test(a_slow_request_goes_last),
                cmocka_unit_test(replies_in_any_order),
                cmocka_unit_test(large_replies_and_padding),
                cmocka_unit_test(replies_that_nobody_asked_for),
                cmocka_unit_test(requests_need_a_session),
                cmocka_unit_test(wrong_secret),
                cmocka_unit_test(the_longest_request_fits_unread),
                cmocka_unit_test(the_pool_never_overflows),
        };

        pair_init();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
