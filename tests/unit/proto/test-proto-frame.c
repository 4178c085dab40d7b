/* SPDX-License-Identifier: Apache-2.0 */

/* Framing: messages cut in every way, the places where a frame may begin, and sessions that get frames with
 * padding, damage and in the wrong order. */

#include "proto/frame.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/proto/pair.h"
#include <errno.h>
#include <sodium.h>

/* handshake messages */

static const uint8_t stream[] = { 3, 0, 'a', 'b', 'c', 1, 0, 'd', 2, 0, 'e', 'f' };

static void expect_messages(size_t first, size_t second)
{
        static const char *const messages[] = { "abc", "d", "ef" };
        const size_t cuts[] = { 0, first, second, sizeof(stream) };
        struct frame_reader r;
        size_t n = 0, used;
        int ret;

        frame_reader_init(&r);
        for (size_t i = 0; i + 1 < ELEMENTSOF(cuts); i++)
                for (size_t at = cuts[i]; at < cuts[i + 1]; at += used) {
                        ret = frame_reader_feed(&r, stream + at, cuts[i + 1] - at, &used);
                        assert_true(ret == 0 || ret == 1);
                        assert_true(used > 0);
                        if (ret == 0) {
                                assert_int_equal(at + used, cuts[i + 1]);
                                continue;
                        }
                        assert_true(n < ELEMENTSOF(messages));
                        assert_int_equal(r.payload.len, strlen(messages[n]));
                        assert_memory_equal(r.payload.data, messages[n], r.payload.len);
                        frame_reader_next(&r);
                        n++;
                }
        assert_int_equal(n, ELEMENTSOF(messages));
        frame_reader_done(&r);
}

static void messages_in_every_cut(void **state)
{
        (void)state;
        for (size_t first = 0; first <= sizeof(stream); first++)
                for (size_t second = first; second <= sizeof(stream); second++)
                        expect_messages(first, second);
}

static void message_lengths(void **state)
{
        static const struct {
                uint16_t len;
                int result;
        } all[] = { { 0, -EBADMSG }, { 1, 1 }, { 512, 1 }, { 513, -EBADMSG }, { 65535, -EBADMSG } };
        uint8_t bytes[2 + 600] = { 0 };
        size_t used;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(all); i++) {
                struct frame_reader r;

                frame_reader_init(&r);
                le16_put(bytes, all[i].len);
                assert_int_equal(frame_reader_feed(&r, bytes, 1, &used), 0);
                assert_int_equal(frame_reader_feed(&r, bytes + 1, sizeof(bytes) - 1, &used), all[i].result);
                if (all[i].result == 1)
                        assert_int_equal(used, 1 + all[i].len);
                frame_reader_done(&r);
        }
}

static void places(void **state)
{
        uint8_t bytes[400] = { 0 };

        (void)state;
        assert_int_equal(frame_places(bytes, 0), 1);
        assert_int_equal(frame_places(bytes, 5), 6);
        assert_int_equal(frame_places(bytes, sizeof(bytes)), FRAME_PADDING_MAX + 1);
        bytes[3] = 1;
        assert_int_equal(frame_places(bytes, sizeof(bytes)), 4);
        assert_int_equal(frame_size(bytes, 18, 0, 16), 16);
        assert_int_equal(frame_size(bytes, 15, 0, 16), 0);
        assert_int_equal(frame_size(bytes, 20, 3, 16), 17);
        assert_int_equal(frame_size(bytes, 19, 3, 16), 0);
        assert_int_equal(frame_size(bytes, 300, 2, 16), 16 + 256);
        assert_int_equal(frame_size(bytes, 4, 3, 16), 0);
        assert_int_equal(frame_size(bytes, 1, 0, 16), 0);
        assert_int_equal(frame_size(bytes, 0, 0, 16), 0);
}

/* session frames */

static void seal(struct session *s, uint16_t id, size_t len, struct buf *out)
{
        uint8_t *payload = calloc(1, len + 1);

        randombytes_buf_deterministic(payload, len, (const uint8_t[randombytes_SEEDBYTES]){ 1 });
        assert_int_equal(session_seal(s, &(struct session_header){ .id = id, .type = 1 }, payload, len, out),
                         0);
        free(payload);
}

static int open_one(struct session *s, const uint8_t *data, size_t len, uint16_t *ret_id, size_t *ret_len,
                    size_t *ret_used)
{
        _cleanup_(buf_done) struct buf payload = buf_init(SESSION_MAX_PAYLOAD);
        struct session_header header = { 0 };
        int r;

        r = session_open(s, data, len, &header, &payload, ret_used);
        *ret_id = header.id;
        *ret_len = payload.len;
        return r;
}

static void padding_in_front(void **state)
{
        static const size_t lens[] = { 0, 1, 24, 255, 256, 512, 0x1800 };
        static const size_t zeros[] = { 0, 1, 2, 3, 4, 15, 16, 17, 100, FRAME_PADDING_MAX };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(lens) * ELEMENTSOF(zeros); i++) {
                size_t n = lens[i % ELEMENTSOF(lens)], z = zeros[i / ELEMENTSOF(lens)];
                _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
                _cleanup_(buf_done) struct buf b = buf_init(65536);
                size_t used = 0, len, step = n < 30 && z < 30 ? 1 : 97;
                uint16_t id;

                pair_open(&vectors[0], &client, &device);
                assert_int_equal(buf_append(&b, (const uint8_t[FRAME_PADDING_MAX]){ 0 }, z), 0);
                seal(device, 77, n, &b);
                for (size_t have = 0; have < b.len; have += step) {
                        int r = open_one(client, b.data, have, &id, &len, &used);

                        assert_int_equal(r, -EAGAIN);
                }
                assert_int_equal(open_one(client, b.data, b.len, &id, &len, &used), 0);
                assert_int_equal(used, b.len);
                assert_int_equal(id, 77);
                assert_int_equal(len, n);
        }
}

/* Frames with padding between them, more than one at a time. */
static void padding_between(void **state)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        _cleanup_(buf_done) struct buf b = buf_init(65536);
        size_t used, len, at = 0;
        uint16_t id;

        (void)state;
        pair_open(&vectors[1], &client, &device);
        for (uint16_t i = 0; i < 20; i++) {
                seal(device, i, i % 3 ? i * 50u : 0, &b);
                assert_int_equal(buf_append(&b, (const uint8_t[8]){ 0 }, i % 8), 0);
        }
        for (uint16_t i = 0; i < 20; i++) {
                assert_int_equal(open_one(client, b.data + at, b.len - at, &id, &len, &used), 0);
                assert_int_equal(id, i);
                assert_int_equal(len, i % 3 ? i * 50u : 0);
                at += used;
        }
        assert_int_equal(b.len - at, 19 % 8);
        assert_int_equal(open_one(client, b.data + at, b.len - at, &id, &len, &used), -EAGAIN);
}

static void too_much_padding(void **state)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        uint8_t zeros[FRAME_PADDING_MAX + SESSION_FRAME_OVERHEAD] = { 0 };
        size_t used, len;
        uint16_t id;

        (void)state;
        pair_open(&vectors[1], &client, &device);
        assert_int_equal(open_one(client, zeros, sizeof(zeros) - 1, &id, &len, &used), -EAGAIN);
        assert_int_equal(open_one(client, zeros, sizeof(zeros), &id, &len, &used), -EBADMSG);
        assert_int_equal(session_state(client), SESSION_FAILED);
        assert_int_equal(open_one(client, zeros, sizeof(zeros), &id, &len, &used), -ENOTCONN);
}

/* Requests have no padding: the device decides at once. */
static void devices_take_no_padding(void **state)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        _cleanup_(buf_done) struct buf b = buf_init(1024);
        size_t used, len;
        uint16_t id;

        (void)state;
        pair_open(&vectors[1], &client, &device);
        assert_int_equal(buf_append(&b, (const uint8_t[2]){ 0 }, 2), 0);
        seal(client, 1, 24, &b);
        assert_int_equal(open_one(device, b.data, b.len, &id, &len, &used), -EBADMSG);
}

static void every_changed_byte_is_refused(void **state)
{
        (void)state;
        for (size_t at = 0; at < 24 + SESSION_FRAME_OVERHEAD; at++) {
                _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
                _cleanup_(buf_done) struct buf b = buf_init(1024);
                size_t used, len;
                uint16_t id;

                pair_open(&vectors[2], &client, &device);
                seal(client, 1, 24, &b);
                b.data[at] ^= 1;
                if (at == 1)
                        assert_int_equal(open_one(device, b.data, b.len, &id, &len, &used), -EAGAIN);
                else if (at == 0) /* 25 bytes of payload: one is missing */
                        assert_int_equal(open_one(device, b.data, b.len, &id, &len, &used), -EAGAIN);
                else
                        assert_int_equal(open_one(device, b.data, b.len, &id, &len, &used), -EBADMSG);
        }
}

static void counters_allow_no_replay_and_no_other_order(void **state)
{
        for (int kind = 0; kind < 3; kind++) {
                _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
                _cleanup_(buf_done) struct buf one = buf_init(1024), two = buf_init(1024);
                size_t used, len;
                uint16_t id;

                pair_open(&vectors[2], &client, &device);
                seal(client, 1, 5, &one);
                seal(client, 2, 5, &two);
                if (kind == 0) { /* the second first */
                        assert_int_equal(open_one(device, two.data, two.len, &id, &len, &used), -EBADMSG);
                } else if (kind == 1) { /* the first again */
                        assert_int_equal(open_one(device, one.data, one.len, &id, &len, &used), 0);
                        assert_int_equal(open_one(device, one.data, one.len, &id, &len, &used), -EBADMSG);
                } else { /* a request sent back as a reply */
                        assert_int_equal(open_one(client, one.data, one.len, &id, &len, &used), -EBADMSG);
                }
        }
        (void)state;
}

static void counters_are_independent(void **state)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        size_t used, len;
        uint16_t id;

        (void)state;
        pair_open(&vectors[3], &client, &device);
        for (uint16_t i = 0; i < 600; i++) {
                struct session *from = i % 7 ? client : device, *to = i % 7 ? device : client;
                _cleanup_(buf_done) struct buf b = buf_init(1024);

                seal(from, i, i, &b);
                assert_int_equal(open_one(to, b.data, b.len, &id, &len, &used), 0);
                assert_int_equal(id, i);
                assert_int_equal(len, i);
        }
}

static void largest_payload(void **state)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        _cleanup_(buf_done) struct buf b = buf_init(70000), small = buf_init(100);
        uint8_t *payload = calloc(1, 65536);
        size_t used, len;
        uint16_t id;

        (void)state;
        pair_open(&vectors[3], &client, &device);
        assert_int_equal(session_seal(client, &(struct session_header){ 0 }, payload, 65536, &b), -EMSGSIZE);
        assert_int_equal(session_seal(client, &(struct session_header){ 0 }, payload, 85, &small), -ENOBUFS);
        assert_int_equal(b.len + small.len, 0);
        seal(client, 1, 65535, &b);
        free(payload);
        assert_int_equal(open_one(device, b.data, b.len, &id, &len, &used), 0);
        assert_int_equal(len, 65535);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(messages_in_every_cut),
                cmocka_unit_test(message_lengths),
                cmocka_unit_test(places),
                cmocka_unit_test(padding_in_front),
                cmocka_unit_test(padding_between),
                cmocka_unit_test(too_much_padding),
                cmocka_unit_test(devices_take_no_padding),
                cmocka_unit_test(every_changed_byte_is_refused),
                cmocka_unit_test(counters_allow_no_replay_and_no_other_order),
                cmocka_unit_test(counters_are_independent),
                cmocka_unit_test(largest_payload),
        };

        pair_init();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
