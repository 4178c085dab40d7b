/* SPDX-License-Identifier: Apache-2.0 */

/* The session against the known answers, byte for byte in both roles, and against everything that a peer may
 * do wrong. */

#include "tests/unit/cmocka.h"
#include "tests/unit/proto/pair.h"
#include <errno.h>

/* The next message of the handshake must be this one. */
static void expect_message(struct buf *from, const struct blob *payload)
{
        assert_true(from->len >= 2 + payload->len);
        assert_int_equal(le16_get(from->data), payload->len);
        assert_memory_equal(from->data + 2, payload->data, payload->len);
        buf_consume(from, 2 + payload->len);
}

static int feed_message(struct session *s, const struct blob *payload)
{
        uint8_t frame[2 + VECTOR_BLOB_MAX];
        size_t used;
        int r;

        le16_put(frame, (uint16_t)payload->len);
        memcpy(frame + 2, payload->data, payload->len);
        r = session_feed(s, frame, 2 + payload->len, &used);
        if (r == 0)
                assert_int_equal(used, 2 + payload->len);
        return r;
}

static void client_says_the_known_bytes(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_vectors; i++) {
                const struct vector *v = &vectors[i];
                _cleanup_(session_freep) struct session *s = pair_vector_session(SESSION_CLIENT, v);
                _cleanup_(buf_done) struct buf out = buf_init(1024);

                assert_int_equal(session_take(s, &out), 0);
                expect_message(&out, &v->client_round1);
                assert_int_equal(feed_message(s, &v->device_round1), 0);
                assert_int_equal(session_take(s, &out), 0);
                assert_int_equal(out.len, 0);
                assert_int_equal(feed_message(s, &v->device_round2), 0);
                assert_int_equal(session_take(s, &out), 0);
                expect_message(&out, &v->client_round2);
                expect_message(&out, &v->client_confirm);
                assert_int_equal(out.len, 0);
                assert_int_equal(session_state(s), SESSION_HANDSHAKE);
                assert_int_equal(feed_message(s, &v->device_confirm), 0);
                assert_int_equal(session_state(s), SESSION_OPEN);
        }
}

static void device_says_the_known_bytes(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_vectors; i++) {
                const struct vector *v = &vectors[i];
                _cleanup_(session_freep) struct session *s = pair_vector_session(SESSION_DEVICE, v);
                _cleanup_(buf_done) struct buf out = buf_init(1024);

                assert_int_equal(session_take(s, &out), 0);
                assert_int_equal(out.len, 0);
                assert_int_equal(feed_message(s, &v->client_round1), 0);
                assert_int_equal(session_take(s, &out), 0);
                expect_message(&out, &v->device_round1);
                expect_message(&out, &v->device_round2);
                assert_int_equal(feed_message(s, &v->client_round2), 0);
                assert_int_equal(session_take(s, &out), 0);
                assert_int_equal(out.len, 0);
                assert_int_equal(feed_message(s, &v->client_confirm), 0);
                assert_int_equal(session_take(s, &out), 0);
                expect_message(&out, &v->device_confirm);
                assert_int_equal(out.len, 0);
                assert_int_equal(session_state(s), SESSION_OPEN);
        }
}

static void frames_are_the_known_ones(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_vectors; i++) {
                const struct vector *v = &vectors[i];
                _cleanup_(session_freep) struct session *client = NULL, *device = NULL;

                pair_open(v, &client, &device);
                for (size_t k = 0; k < v->n_requests + v->n_replies; k++) {
                        bool request = k < v->n_requests;
                        const struct vector_frame *f =
                                request ? &v->requests[k] : &v->replies[k - v->n_requests];
                        struct session *from = request ? client : device, *to = request ? device : client;
                        _cleanup_(buf_done) struct buf out = buf_init(512), payload = buf_init(512);
                        struct session_header header = { .id = f->id, .type = f->type, .result = f->result };
                        size_t used;

                        assert_int_equal(session_seal(from, &header, f->payload.data, f->payload.len, &out),
                                         0);
                        assert_int_equal(out.len, f->frame.len);
                        assert_memory_equal(out.data, f->frame.data, out.len);
                        header = (struct session_header){ 0 };
                        assert_int_equal(session_open(to, out.data, out.len, &header, &payload, &used), 0);
                        assert_int_equal(used, out.len);
                        assert_int_equal(header.id, f->id);
                        assert_int_equal(header.type, f->type);
                        assert_int_equal(header.result, f->result);
                        assert_int_equal(payload.len, f->payload.len);
                        if (payload.len)
                                assert_memory_equal(payload.data, f->payload.data, payload.len);
                }
        }
}

/* Own scalars, cut in every size: each role takes exactly the bytes of the handshake and leaves the rest. */
static void any_cut_opens(void **state)
{
        static const size_t steps[] = { 1, 2, 3, 5, 20, 21, 64, 166, 244, 334, 500, 4096 };
        _cleanup_(secret_freep) struct secret *secret = pair_secret("ABCDEFGHIJKLMNO");

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(steps); i++) {
                _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
                _cleanup_(buf_done) struct buf rest = buf_init(4096);
                _cleanup_(buf_done) struct buf payload = buf_init(64), tail = buf_init(4096);
                struct session_header header = { .id = 7, .type = 20 };
                size_t used;

                assert_int_equal(session_new(SESSION_CLIENT, secret, NULL, &client), 0);
                assert_int_equal(session_new(SESSION_DEVICE, secret, NULL, &device), 0);
                for (int round = 0; round < 2; round++) {
                        assert_int_equal(pair_move(client, device, steps[i], &rest), 0);
                        if (round == 0)
                                assert_int_equal(pair_move(device, client, steps[i], &rest), 0);
                }
                assert_int_equal(rest.len, 0);
                assert_int_equal(session_state(device), SESSION_OPEN);

                /* the device's confirmation with a first frame right behind it, in one notification */
                assert_int_equal(session_take(device, &tail), 0);
                header.result = -5;
                assert_int_equal(session_seal(device, &header, (const uint8_t *)"hello", 5, &tail), 0);
                assert_int_equal(session_feed(client, tail.data, tail.len, &used), 0);
                assert_int_equal(used, tail.len - 5 - SESSION_FRAME_OVERHEAD);
                assert_int_equal(session_state(client), SESSION_OPEN);
                assert_int_equal(
                        session_open(client, tail.data + used, tail.len - used, &header, &payload, &used),
                        0);
                assert_int_equal(header.result, -5);
                assert_memory_equal(payload.data, "hello", 5);
        }
}

static void wrong_secret_is_told_by_the_device(void **state)
{
        _cleanup_(secret_freep) struct secret *one = pair_secret("ABCDEFGHIJKLMNO");
        _cleanup_(secret_freep) struct secret *other = pair_secret("ABCDEFGHIJKLMNP");
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        _cleanup_(buf_done) struct buf rest = buf_init(4096), out = buf_init(64);
        size_t used;

        (void)state;
        assert_int_equal(session_new(SESSION_CLIENT, one, NULL, &client), 0);
        assert_int_equal(session_new(SESSION_DEVICE, other, NULL, &device), 0);
        assert_int_equal(pair_move(client, device, 4096, &rest), 0);
        assert_int_equal(pair_move(device, client, 4096, &rest), 0);
        assert_int_equal(pair_move(client, device, 4096, &rest), -EKEYREJECTED);
        assert_int_equal(session_state(device), SESSION_FAILED);
        assert_int_equal(session_take(device, &out), -EKEYREJECTED);
        assert_int_equal(out.len, 0);
        assert_int_equal(session_feed(device, (const uint8_t *)"x", 1, &used), -EKEYREJECTED);
        assert_int_equal(session_seal(device, &(struct session_header){ 0 }, NULL, 0, &out), -ENOTCONN);
}

/* A device that does not check would send a confirmation of its own. */
static void wrong_confirmation_is_told_by_the_client(void **state)
{
        const struct vector *v = &vectors[0];
        _cleanup_(session_freep) struct session *s = pair_vector_session(SESSION_CLIENT, v);

        (void)state;
        assert_int_equal(feed_message(s, &v->device_round1), 0);
        assert_int_equal(feed_message(s, &v->device_round2), 0);
        assert_int_equal(feed_message(s, &vectors[1].device_confirm), -EKEYREJECTED);
        assert_int_equal(session_state(s), SESSION_FAILED);
}

/* The known handshake up to `n` messages, the n-th one being `last`. */
static int replay(enum session_role role, size_t n, const struct blob *last)
{
        const struct vector *v = &vectors[2];
        const struct blob *const client_hears[] = { &v->device_round1, &v->device_round2,
                                                    &v->device_confirm };
        const struct blob *const device_hears[] = { &v->client_round1, &v->client_round2,
                                                    &v->client_confirm };
        _cleanup_(session_freep) struct session *s = pair_vector_session(role, v);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(feed_message(s, role == SESSION_CLIENT ? client_hears[i] : device_hears[i]),
                                 0);
        return feed_message(s, last);
}

static void any_flipped_bit_is_refused(void **state)
{
        const struct vector *v = &vectors[2];
        const struct {
                enum session_role role;
                size_t n;
                const struct blob *message;
        } all[] = {
                { SESSION_DEVICE, 0, &v->client_round1 },  { SESSION_DEVICE, 1, &v->client_round2 },
                { SESSION_DEVICE, 2, &v->client_confirm }, { SESSION_CLIENT, 0, &v->device_round1 },
                { SESSION_CLIENT, 1, &v->device_round2 },  { SESSION_CLIENT, 2, &v->device_confirm },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(all); i++) {
                assert_int_equal(replay(all[i].role, all[i].n, all[i].message), 0);
                /* a prime step visits every byte of the messages and all eight places of a bit */
                for (size_t bit = i; bit < all[i].message->len * 8; bit += all[i].n == 2 ? 1 : 11) {
                        struct blob bad = *all[i].message;
                        int r;

                        bad.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
                        r = replay(all[i].role, all[i].n, &bad);
                        assert_int_equal(r, all[i].n == 2 ? -EKEYREJECTED : -EBADMSG);
                }
        }
}

static void bad_lengths_are_refused(void **state)
{
        static const uint8_t zero[] = { 0, 0 }, large[] = { 1, 2 };
        size_t used;

        (void)state;
        for (int role = SESSION_CLIENT; role <= SESSION_DEVICE; role++) {
                _cleanup_(session_freep) struct session *a = pair_vector_session(role, &vectors[0]);
                _cleanup_(session_freep) struct session *b = pair_vector_session(role, &vectors[0]);

                assert_int_equal(session_feed(a, zero, 2, &used), -EBADMSG);
                assert_int_equal(session_feed(b, large, 2, &used), -EBADMSG);
        }
        for (size_t n = 0; n < 3; n++)
                for (int role = SESSION_CLIENT; role <= SESSION_DEVICE; role++) {
                        struct blob shorter =
                                role == SESSION_CLIENT ? vectors[2].device_round1 : vectors[2].client_round1;

                        shorter.len -= n + 1;
                        assert_int_equal(replay(role, 0, &shorter), -EBADMSG);
                        shorter.len += n + 2;
                        assert_int_equal(replay(role, 0, &shorter), -EBADMSG);
                }
}

static void only_usable_secrets(void **state)
{
        static const char *const bad[] = { "", "01234567890123456789012345678901" };
        struct session *s = NULL;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                _cleanup_(secret_freep) struct secret *secret = pair_secret(bad[i]);

                assert_int_equal(session_new(SESSION_CLIENT, secret, NULL, &s), -EINVAL);
        }
        assert_null(s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(client_says_the_known_bytes),
                cmocka_unit_test(device_says_the_known_bytes),
                cmocka_unit_test(frames_are_the_known_ones),
                cmocka_unit_test(any_cut_opens),
                cmocka_unit_test(wrong_secret_is_told_by_the_device),
                cmocka_unit_test(wrong_confirmation_is_told_by_the_client),
                cmocka_unit_test(any_flipped_bit_is_refused),
                cmocka_unit_test(bad_lengths_are_refused),
                cmocka_unit_test(only_usable_secrets),
        };

        pair_init();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
