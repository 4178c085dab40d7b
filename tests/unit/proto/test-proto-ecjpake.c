/* SPDX-License-Identifier: Apache-2.0 */

/* EC-JPAKE alone: the mathematics checked a second way, and everything that a hostile peer may send. */

#include "proto/ecjpake.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/proto/pair.h"
#include <errno.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <sodium.h>

enum { POINT = 66, SCALAR_AT = 2 * POINT }; /* of a key on the wire: X, V, r, each with a length in front */

static const uint8_t order[32] = {
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static const uint8_t password[] = "ABCDEFGHIJKLMNO";

static struct ecjpake *make(enum ecjpake_role role)
{
        struct ecjpake *j = NULL;

        assert_int_equal(ecjpake_new(role, password, 15, NULL, &j), 0);
        return j;
}

/* The shared point is ((x1 + x3) * x2 * x4 * s) * G, x1 and x2 being the client's keys, x3 and x4 the
 * device's. */
static void shared_x(const struct vector *v, uint8_t ret[static 32])
{
        EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
        BN_CTX *ctx = BN_CTX_new();
        BIGNUM *k = BN_bin2bn(v->client.x1, 32, NULL), *x2 = BN_bin2bn(v->client.x2, 32, NULL);
        BIGNUM *x3 = BN_bin2bn(v->device.x1, 32, NULL), *x4 = BN_bin2bn(v->device.x2, 32, NULL);
        BIGNUM *s = BN_bin2bn(v->mobile_secret.data, (int)v->mobile_secret.len, NULL), *x = BN_new();
        const BIGNUM *n = EC_GROUP_get0_order(group);
        EC_POINT *point = EC_POINT_new(group);

        assert_true(BN_mod_add(k, k, x3, n, ctx) && BN_mod_mul(k, k, x2, n, ctx) &&
                    BN_mod_mul(k, k, x4, n, ctx) && BN_mod_mul(k, k, s, n, ctx));
        assert_true(EC_POINT_mul(group, point, k, NULL, NULL, ctx));
        assert_true(EC_POINT_get_affine_coordinates(group, point, x, NULL, ctx));
        assert_int_equal(BN_bn2binpad(x, ret, 32), 32);
        EC_POINT_free(point);
        BN_free(k);
        BN_free(x2);
        BN_free(x3);
        BN_free(x4);
        BN_free(s);
        BN_free(x);
        BN_CTX_free(ctx);
        EC_GROUP_free(group);
}

static void secret_is_the_hash_of_32_bytes(void **state)
{
        size_t leading_zeros = 0;

        (void)state;
        for (size_t i = 0; i < n_vectors; i++) {
                const struct vector *v = &vectors[i];
                _cleanup_(ecjpake_freep) struct ecjpake *j = NULL;
                _cleanup_(buf_done) struct buf out = buf_init(1024);
                uint8_t x[32], hash[32], secret[ECJPAKE_SECRET_LEN];

                shared_x(v, x);
                leading_zeros += x[0] == 0;
                crypto_hash_sha256(hash, x, sizeof(x));
                assert_memory_equal(hash, v->shared_secret.data, 32);
                assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, v->mobile_secret.data, v->mobile_secret.len,
                                             &v->client, &j),
                                 0);
                assert_int_equal(ecjpake_write_round1(j, &out), 0);
                assert_int_equal(ecjpake_read_round1(j, v->device_round1.data, v->device_round1.len), 0);
                assert_int_equal(ecjpake_read_round2(j, v->device_round2.data, v->device_round2.len), 0);
                assert_int_equal(ecjpake_derive(j, secret), 0);
                assert_memory_equal(secret, hash, 32);
        }
        assert_true(leading_zeros >= 1);
}

static void exchange(struct ecjpake *a, struct ecjpake *b, uint8_t ret_a[static 32],
                     uint8_t ret_b[static 32])
{
        _cleanup_(buf_done) struct buf a1 = buf_init(512), a2 = buf_init(512);
        _cleanup_(buf_done) struct buf b1 = buf_init(512), b2 = buf_init(512);

        assert_int_equal(ecjpake_write_round1(a, &a1), 0);
        assert_int_equal(ecjpake_write_round1(b, &b1), 0);
        assert_int_equal(ecjpake_read_round1(a, b1.data, b1.len), 0);
        assert_int_equal(ecjpake_read_round1(b, a1.data, a1.len), 0);
        assert_int_equal(ecjpake_write_round2(a, &a2), 0);
        assert_int_equal(ecjpake_write_round2(b, &b2), 0);
        assert_int_equal(ecjpake_read_round2(a, b2.data, b2.len), 0);
        assert_int_equal(ecjpake_read_round2(b, a2.data, a2.len), 0);
        assert_int_equal(ecjpake_derive(a, ret_a), 0);
        assert_int_equal(ecjpake_derive(b, ret_b), 0);
}

static void random_scalars_agree_and_differ(void **state)
{
        uint8_t secret[4][32];

        (void)state;
        for (int i = 0; i < 4; i += 2) {
                _cleanup_(ecjpake_freep) struct ecjpake *c = make(ECJPAKE_CLIENT), *s = make(ECJPAKE_SERVER);

                exchange(c, s, secret[i], secret[i + 1]);
                assert_memory_equal(secret[i], secret[i + 1], 32);
        }
        assert_memory_not_equal(secret[0], secret[2], 32);
}

static void another_password_makes_another_secret(void **state)
{
        _cleanup_(ecjpake_freep) struct ecjpake *c = make(ECJPAKE_CLIENT), *s = NULL;
        uint8_t a[32], b[32];

        (void)state;
        assert_int_equal(ecjpake_new(ECJPAKE_SERVER, (const uint8_t *)"ABCDEFGHIJKLMNo", 15, NULL, &s), 0);
        exchange(c, s, a, b);
        assert_memory_not_equal(a, b, 32);
}

/* A proof below 2^248 is written with fewer bytes; one in 128 messages has one. */
static void short_proofs_are_written_short_and_read(void **state)
{
        _cleanup_(ecjpake_freep) struct ecjpake *reader = make(ECJPAKE_SERVER);

        (void)state;
        for (int i = 0; i < 5000; i++) {
                _cleanup_(ecjpake_freep) struct ecjpake *writer = make(ECJPAKE_CLIENT);
                _cleanup_(buf_done) struct buf out = buf_init(512);

                assert_int_equal(ecjpake_write_round1(writer, &out), 0);
                if (out.len == 330)
                        continue;
                assert_true(out.len < 330);
                assert_int_equal(ecjpake_read_round1(reader, out.data, out.len), 0);
                return;
        }
        fail_msg("no short proof in 5000 messages");
}

static void scalars_are_in_range(void **state)
{
        struct ecjpake *j = NULL;

        (void)state;
        for (size_t i = 0; i < 5; i++)
                for (int bad = 0; bad < 4; bad++) {
                        struct ecjpake_scalars s = vectors[0].client;
                        uint8_t *scalar = s.x1 + 32 * i;

                        if (bad == 0)
                                memset(scalar, 0, 32);
                        else
                                memcpy(scalar, order, 32);
                        if (bad == 2)
                                memset(scalar, 0xff, 32);
                        if (bad == 3) {
                                scalar[31]--; /* n - 1 is the largest good one */
                                assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, password, 15, &s, &j), 0);
                                j = ecjpake_free(j);
                        } else {
                                assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, password, 15, &s, &j), -EINVAL);
                        }
                }
        assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, password, 0, NULL, &j), -EINVAL);
        assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, (const uint8_t[4]){ 0 }, 4, NULL, &j), -EINVAL);
        assert_int_equal(ecjpake_new(ECJPAKE_CLIENT, order, 32, NULL, &j), -EINVAL);
}

/* Replaces `cut` bytes at `at` of the client's first message, hands it to a device. */
static int read_changed(size_t at, size_t cut, const void *bytes, size_t len)
{
        const struct blob *good = &vectors[0].client_round1;
        _cleanup_(ecjpake_freep) struct ecjpake *j = make(ECJPAKE_SERVER);
        _cleanup_(buf_done) struct buf b = buf_init(1024);

        assert_int_equal(buf_append(&b, good->data, at), 0);
        assert_int_equal(buf_append(&b, bytes, len), 0);
        assert_int_equal(buf_append(&b, good->data + at + cut, good->len - at - cut), 0);
        return ecjpake_read_round1(j, b.data, b.len);
}

static void bad_points_are_refused(void **state)
{
        static const uint8_t infinity[] = { 1, 0 }, zeros[POINT] = { 65, 4 };
        const uint8_t *good = vectors[0].client_round1.data;
        uint8_t point[POINT];

        (void)state;
        assert_int_equal(read_changed(0, 0, NULL, 0), 0);
        for (size_t at = 0; at <= POINT; at += POINT) {
                assert_int_equal(read_changed(at, POINT, infinity, sizeof(infinity)), -EBADMSG);
                assert_int_equal(read_changed(at, POINT, zeros, sizeof(zeros)), -EBADMSG);

                memcpy(point, good + at, POINT);
                point[65] ^= 1; /* not on the curve */
                assert_int_equal(read_changed(at, POINT, point, POINT), -EBADMSG);
                memset(point + 2, 0xff, 32); /* x >= p */
                assert_int_equal(read_changed(at, POINT, point, POINT), -EBADMSG);

                memcpy(point, good + at, POINT);
                point[1] = (uint8_t)(6 | (point[65] & 1)); /* hybrid form of the same point */
                assert_int_equal(read_changed(at, POINT, point, POINT), -EBADMSG);
                point[0] = 33;
                point[1] = (uint8_t)(2 | (point[65] & 1)); /* compressed form of the same point */
                assert_int_equal(read_changed(at, POINT, point, 34), -EBADMSG);

                /* another point: on the curve, but not the one that the proof is about */
                assert_int_equal(read_changed(at, POINT, good + POINT + POINT + 33, POINT), -EBADMSG);
        }
}

static void bad_proofs_are_refused(void **state)
{
        const uint8_t *good = vectors[0].client_round1.data + SCALAR_AT + 1;
        uint8_t scalar[34] = { 32 };

        (void)state;
        assert_int_equal(good[-1], 32);
        assert_int_equal(read_changed(SCALAR_AT, 33, scalar, 33), -EBADMSG);    /* zero */
        assert_int_equal(read_changed(SCALAR_AT, 33, scalar + 1, 1), -EBADMSG); /* of no bytes */
        memcpy(scalar + 1, order, 32);
        assert_int_equal(read_changed(SCALAR_AT, 33, scalar, 33), -EBADMSG);
        scalar[0] = 33; /* the right number, but longer than a number may be */
        scalar[1] = 0;
        memcpy(scalar + 2, good, 32);
        assert_int_equal(read_changed(SCALAR_AT, 33, scalar, 34), -EBADMSG);
        assert_int_equal(read_changed(SCALAR_AT, 33, good - 1, 33), 0);
}

/* The device's own message sent back: right points, but proofs made for another name. */
static void reflection_is_refused(void **state)
{
        _cleanup_(ecjpake_freep) struct ecjpake *j = make(ECJPAKE_SERVER);
        _cleanup_(buf_done) struct buf own = buf_init(512);

        (void)state;
        assert_int_equal(ecjpake_write_round1(j, &own), 0);
        assert_int_equal(ecjpake_read_round1(j, own.data, own.len), -EBADMSG);
}

static void order_of_calls(void **state)
{
        const struct vector *v = &vectors[0];
        _cleanup_(ecjpake_freep) struct ecjpake *j = make(ECJPAKE_CLIENT);
        _cleanup_(buf_done) struct buf out = buf_init(1024);
        uint8_t secret[32];

        (void)state;
        assert_int_equal(ecjpake_write_round2(j, &out), -EINVAL);
        assert_int_equal(ecjpake_read_round2(j, v->device_round2.data, v->device_round2.len), -EINVAL);
        assert_int_equal(ecjpake_derive(j, secret), -EINVAL);
        assert_int_equal(ecjpake_read_round1(j, v->device_round1.data, v->device_round1.len), 0);
        assert_int_equal(ecjpake_write_round2(j, &out), -EINVAL); /* own round 1 was never written */
        assert_int_equal(ecjpake_derive(j, secret), -EINVAL);
        assert_int_equal(out.len, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(secret_is_the_hash_of_32_bytes),
                cmocka_unit_test(random_scalars_agree_and_differ),
                cmocka_unit_test(another_password_makes_another_secret),
                cmocka_unit_test(short_proofs_are_written_short_and_read),
                cmocka_unit_test(scalars_are_in_range),
                cmocka_unit_test(bad_points_are_refused),
                cmocka_unit_test(bad_proofs_are_refused),
                cmocka_unit_test(reflection_is_refused),
                cmocka_unit_test(order_of_calls),
        };

        pair_init();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
