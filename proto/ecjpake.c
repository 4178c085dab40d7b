/* SPDX-License-Identifier: Apache-2.0 */

/* EC-JPAKE over libcrypto's EC_POINT, because Debian's libraries have none: the mbedTLS of Debian 12 is
 * built without it, OpenSSL never had it.
 *
 * Private scalars stay as 32 bytes in guarded memory; as BIGNUMs they live in one secure BN_CTX that wipes
 * what it gives back. They meet only EC_POINT_mul() with a single scalar and Montgomery multiplication,
 * which take the same time for all values. Points and proofs are public. */

#include "proto/ecjpake.h"
#include <errno.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <sodium.h>

enum { SCALAR_LEN = 32, POINT_LEN = 65, CURVE_TYPE_NAMED = 3, CURVE_SECP256R1 = 23 };

struct ecjpake {
        enum ecjpake_role role;
        struct ecjpake_scalars own;
        uint8_t x2s[SCALAR_LEN]; /* x2 * password mod n */
        uint8_t password[SCALAR_LEN];
        EC_GROUP *group;
        BN_CTX *ctx;
        BN_MONT_CTX *mont; /* mod n */
        EC_POINT *x1, *x2; /* own public keys */
        EC_POINT *peer1, *peer2, *peer_round2;
        bool have_round1, have_round2; /* of the peer */
};

/* What is left to read of a message. */
struct span {
        const uint8_t *at;
        size_t left;
};

DEFINE_CLEANUP(EC_POINT *, EC_POINT_clear_free)

/* Gives the BIGNUMs of one function back to the context. */
static void BN_CTX_endp(BN_CTX **ctx)
{
        BN_CTX_end(*ctx);
}

static BN_CTX *begin(struct ecjpake *j)
{
        BN_CTX_start(j->ctx);
        return j->ctx;
}

static const BIGNUM *order(const struct ecjpake *j)
{
        return EC_GROUP_get0_order(j->group);
}

static const char *own_id(const struct ecjpake *j)
{
        return j->role == ECJPAKE_CLIENT ? "client" : "server";
}

static const char *peer_id(const struct ecjpake *j)
{
        return j->role == ECJPAKE_CLIENT ? "server" : "client";
}

/* life */

static int in_range(const struct ecjpake *j, const uint8_t scalar[static SCALAR_LEN], bool *ret)
{
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin((struct ecjpake *)j);
        BIGNUM *k = BN_CTX_get(ctx);

        if (!k || !BN_bin2bn(scalar, SCALAR_LEN, k))
                return -ENOMEM;
        *ret = !BN_is_zero(k) && BN_cmp(k, order(j)) < 0;
        return 0;
}

/* Uniform in 1..n-1: whatever falls outside is thrown away (for P-256 once in 2^32). */
static int random_scalar(struct ecjpake *j, uint8_t ret[static SCALAR_LEN])
{
        bool good = false;
        int r;

        while (!good) {
                randombytes_buf(ret, SCALAR_LEN);
                r = in_range(j, ret, &good);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int choose_scalars(struct ecjpake *j, const struct ecjpake_scalars *given)
{
        uint8_t *own[] = { j->own.x1, j->own.v1, j->own.x2, j->own.v2, j->own.v3 };
        bool good;
        int r;

        if (given)
                j->own = *given;
        for (size_t i = 0; i < ELEMENTSOF(own); i++) {
                r = given ? in_range(j, own[i], &good) : random_scalar(j, own[i]);
                if (r < 0)
                        return r;
                if (given && !good)
                        return -EINVAL;
        }
        return 0;
}

/* product = a * b mod n, for a and b below n */
static int multiply(struct ecjpake *j, BIGNUM *product, const BIGNUM *a, const BIGNUM *b)
{
        if (!BN_to_montgomery(product, a, j->mont, j->ctx) ||
            !BN_mod_mul_montgomery(product, product, b, j->mont, j->ctx))
                return -EIO;
        return 0;
}

static int multiply_password(struct ecjpake *j)
{
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *x2 = BN_CTX_get(ctx), *s = BN_CTX_get(ctx), *product = BN_CTX_get(ctx);
        int r;

        if (!product || !BN_bin2bn(j->own.x2, SCALAR_LEN, x2) || !BN_bin2bn(j->password, SCALAR_LEN, s))
                return -ENOMEM;
        r = multiply(j, product, x2, s);
        if (r < 0)
                return r;
        return BN_bn2binpad(product, j->x2s, SCALAR_LEN) == SCALAR_LEN ? 0 : -EIO;
}

static int allocate(struct ecjpake **ret)
{
        _cleanup_(ecjpake_freep) struct ecjpake *j = sodium_malloc(sizeof(*j));
        EC_POINT **points[] = { &j->x1, &j->x2, &j->peer1, &j->peer2, &j->peer_round2 };

        if (!j)
                return -ENOMEM;
        *j = (struct ecjpake){ 0 };
        j->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
        j->ctx = BN_CTX_secure_new();
        j->mont = BN_MONT_CTX_new();
        if (!j->group || !j->ctx || !j->mont)
                return -ENOMEM;
        for (size_t i = 0; i < ELEMENTSOF(points); i++) {
                *points[i] = EC_POINT_new(j->group);
                if (!*points[i])
                        return -ENOMEM;
        }
        *ret = TAKE_PTR(j);
        return 0;
}

int ecjpake_new(enum ecjpake_role role, const uint8_t *password, size_t password_len,
                const struct ecjpake_scalars *scalars, struct ecjpake **ret)
{
        _cleanup_(ecjpake_freep) struct ecjpake *j = NULL;
        int r;

        if (password_len > ECJPAKE_PASSWORD_MAX || sodium_is_zero(password, password_len))
                return -EINVAL;
        r = allocate(&j);
        if (r < 0)
                return r;
        if (!BN_MONT_CTX_set(j->mont, order(j), j->ctx))
                return -EIO;
        j->role = role;
        memcpy(j->password + SCALAR_LEN - password_len, password, password_len);
        r = choose_scalars(j, scalars);
        if (r < 0)
                return r;
        r = multiply_password(j);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(j);
        return 0;
}

struct ecjpake *ecjpake_free(struct ecjpake *j)
{
        if (!j)
                return NULL;
        EC_POINT_free(j->x1);
        EC_POINT_free(j->x2);
        EC_POINT_free(j->peer1);
        EC_POINT_free(j->peer2);
        EC_POINT_free(j->peer_round2);
        BN_MONT_CTX_free(j->mont);
        BN_CTX_free(j->ctx);
        EC_GROUP_free(j->group);
        sodium_free(j);
        return NULL;
}

/* Schnorr proofs: h = SHA-256(generator, V, X, id), each behind its length as u32 BE;  r = v - x * h */

static int point_bytes(struct ecjpake *j, const EC_POINT *p, uint8_t ret[static POINT_LEN])
{
        if (EC_POINT_point2oct(j->group, p, POINT_CONVERSION_UNCOMPRESSED, ret, POINT_LEN, j->ctx) !=
            POINT_LEN)
                return -EIO; /* infinity is one byte */
        return 0;
}

static int proof_hash(struct ecjpake *j, const EC_POINT *generator, const EC_POINT *v, const EC_POINT *x,
                      const char *id, BIGNUM *ret)
{
        const EC_POINT *points[] = { generator, v, x };
        uint8_t bytes[4 + POINT_LEN] = { 0, 0, 0, POINT_LEN }, id_len[4] = { 0, 0, 0, (uint8_t)strlen(id) };
        uint8_t hash[crypto_hash_sha256_BYTES];
        crypto_hash_sha256_state state;
        int r;

        crypto_hash_sha256_init(&state);
        for (size_t i = 0; i < ELEMENTSOF(points); i++) {
                r = point_bytes(j, points[i], bytes + 4);
                if (r < 0)
                        return r;
                crypto_hash_sha256_update(&state, bytes, sizeof(bytes));
        }
        crypto_hash_sha256_update(&state, id_len, sizeof(id_len));
        crypto_hash_sha256_update(&state, (const uint8_t *)id, strlen(id));
        crypto_hash_sha256_final(&state, hash);
        if (!BN_bin2bn(hash, sizeof(hash), ret) || !BN_nnmod(ret, ret, order(j), j->ctx))
                return -EIO;
        return 0;
}

static int prove(struct ecjpake *j, const EC_POINT *generator, const EC_POINT *v_point,
                 const EC_POINT *x_point, const BIGNUM *v, const BIGNUM *x, BIGNUM *ret)
{
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *h = BN_CTX_get(ctx), *xh = BN_CTX_get(ctx);
        int r;

        if (!xh)
                return -ENOMEM;
        r = proof_hash(j, generator, v_point, x_point, own_id(j), h);
        if (r < 0)
                return r;
        r = multiply(j, xh, x, h);
        if (r < 0)
                return r;
        return BN_mod_sub_quick(ret, v, xh, order(j)) ? 0 : -EIO;
}

/* a * P + b * Q for public values; one call when P is the curve's generator. */
static int combine(struct ecjpake *j, EC_POINT *sum, const BIGNUM *a, const EC_POINT *p, const BIGNUM *b,
                   const EC_POINT *q)
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *bq = NULL;

        if (p == EC_GROUP_get0_generator(j->group))
                return EC_POINT_mul(j->group, sum, a, q, b, j->ctx) ? 0 : -EIO;
        bq = EC_POINT_new(j->group);
        if (!bq)
                return -ENOMEM;
        if (!EC_POINT_mul(j->group, sum, NULL, p, a, j->ctx) ||
            !EC_POINT_mul(j->group, bq, NULL, q, b, j->ctx) || !EC_POINT_add(j->group, sum, sum, bq, j->ctx))
                return -EIO;
        return 0;
}

static int check_proof(struct ecjpake *j, const EC_POINT *generator, const EC_POINT *v, const EC_POINT *x,
                       const BIGNUM *proof)
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *expected = EC_POINT_new(j->group);
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *h = BN_CTX_get(ctx);
        int r;

        if (!expected || !h)
                return -ENOMEM;
        r = proof_hash(j, generator, v, x, peer_id(j), h);
        if (r < 0)
                return r;
        r = combine(j, expected, proof, generator, h, x);
        if (r < 0)
                return r;
        r = EC_POINT_cmp(j->group, expected, v, ctx);
        return r == 0 ? 0 : r == 1 ? -EBADMSG : -EIO;
}

/* Key with proof on the wire: u8 length, X; u8 length, V; u8 length, r without leading zero bytes. */

static int append_point(struct ecjpake *j, const EC_POINT *p, struct buf *out)
{
        uint8_t bytes[1 + POINT_LEN] = { POINT_LEN };
        int r;

        r = point_bytes(j, p, bytes + 1);
        return r < 0 ? r : buf_append(out, bytes, sizeof(bytes));
}

static int append_scalar(const BIGNUM *k, struct buf *out)
{
        uint8_t bytes[1 + SCALAR_LEN] = { (uint8_t)BN_num_bytes(k) };

        if (bytes[0] == 0 || BN_bn2bin(k, bytes + 1) != bytes[0])
                return -EIO;
        return buf_append(out, bytes, 1u + bytes[0]);
}

/* point = k * generator */
static int scale(struct ecjpake *j, EC_POINT *point, const EC_POINT *generator, const BIGNUM *k)
{
        bool base = generator == EC_GROUP_get0_generator(j->group);

        return EC_POINT_mul(j->group, point, base ? k : NULL, base ? NULL : generator, base ? NULL : k,
                            j->ctx)
                       ? 0
                       : -EIO;
}

static int append_key(struct ecjpake *j, const EC_POINT *generator, const uint8_t x_bytes[static SCALAR_LEN],
                      const uint8_t v_bytes[static SCALAR_LEN], EC_POINT *public_key, struct buf *out)
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *v_point = EC_POINT_new(j->group);
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *x = BN_CTX_get(ctx), *v = BN_CTX_get(ctx), *proof = BN_CTX_get(ctx);
        int r;

        if (!v_point || !proof || !BN_bin2bn(x_bytes, SCALAR_LEN, x) || !BN_bin2bn(v_bytes, SCALAR_LEN, v))
                return -ENOMEM;
        BN_set_flags(x, BN_FLG_CONSTTIME);
        BN_set_flags(v, BN_FLG_CONSTTIME);
        if ((r = scale(j, public_key, generator, x)) < 0 || (r = scale(j, v_point, generator, v)) < 0 ||
            (r = prove(j, generator, v_point, public_key, v, x, proof)) < 0 ||
            (r = append_point(j, public_key, out)) < 0 || (r = append_point(j, v_point, out)) < 0)
                return r;
        return append_scalar(proof, out);
}

static int take(struct span *from, size_t len, const uint8_t **ret)
{
        if (len > from->left)
                return -EBADMSG;
        *ret = from->at;
        from->at += len;
        from->left -= len;
        return 0;
}

static int take_point(struct ecjpake *j, struct span *from, EC_POINT *ret)
{
        const uint8_t *bytes;

        if (take(from, 1 + POINT_LEN, &bytes) < 0 || bytes[0] != POINT_LEN)
                return -EBADMSG;
        if (bytes[1] != POINT_CONVERSION_UNCOMPRESSED ||
            EC_POINT_oct2point(j->group, ret, bytes + 1, POINT_LEN, j->ctx) != 1 ||
            EC_POINT_is_at_infinity(j->group, ret) || EC_POINT_is_on_curve(j->group, ret, j->ctx) != 1) {
                ERR_clear_error();
                return -EBADMSG;
        }
        return 0;
}

static int take_scalar(struct ecjpake *j, struct span *from, BIGNUM *ret)
{
        const uint8_t *len, *bytes;

        if (take(from, 1, &len) < 0 || *len > SCALAR_LEN || take(from, *len, &bytes) < 0)
                return -EBADMSG;
        if (!BN_bin2bn(bytes, *len, ret))
                return -ENOMEM;
        return BN_is_zero(ret) || BN_cmp(ret, order(j)) >= 0 ? -EBADMSG : 0;
}

static int take_key(struct ecjpake *j, const EC_POINT *generator, struct span *from, EC_POINT *ret)
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *v = EC_POINT_new(j->group);
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *proof = BN_CTX_get(ctx);
        int r;

        if (!v || !proof)
                return -ENOMEM;
        if ((r = take_point(j, from, ret)) < 0 || (r = take_point(j, from, v)) < 0 ||
            (r = take_scalar(j, from, proof)) < 0)
                return r;
        return check_proof(j, generator, v, ret, proof);
}

/* The second round's generator of a side: its own first key and both of the other side. */
static int add_up(struct ecjpake *j, const EC_POINT *a, const EC_POINT *b, const EC_POINT *c, EC_POINT *ret)
{
        if (!EC_POINT_add(j->group, ret, a, b, j->ctx) || !EC_POINT_add(j->group, ret, ret, c, j->ctx))
                return -EIO;
        return EC_POINT_is_at_infinity(j->group, ret) ? -EBADMSG : 0;
}

/* rounds */

int ecjpake_write_round1(struct ecjpake *j, struct buf *out)
{
        const EC_POINT *g = EC_GROUP_get0_generator(j->group);
        int r;

        r = append_key(j, g, j->own.x1, j->own.v1, j->x1, out);
        return r < 0 ? r : append_key(j, g, j->own.x2, j->own.v2, j->x2, out);
}

int ecjpake_read_round1(struct ecjpake *j, const uint8_t *data, size_t len)
{
        const EC_POINT *g = EC_GROUP_get0_generator(j->group);
        struct span from = { data, len };
        int r;

        if ((r = take_key(j, g, &from, j->peer1)) < 0 || (r = take_key(j, g, &from, j->peer2)) < 0)
                return r;
        if (from.left)
                return -EBADMSG;
        j->have_round1 = true;
        return 0;
}

int ecjpake_write_round2(struct ecjpake *j, struct buf *out)
{
        static const uint8_t curve[] = { CURVE_TYPE_NAMED, 0, CURVE_SECP256R1 };
        _cleanup_(EC_POINT_clear_freep) EC_POINT *g = EC_POINT_new(j->group), *key = EC_POINT_new(j->group);
        int r;

        if (!j->have_round1 || EC_POINT_is_at_infinity(j->group, j->x1))
                return -EINVAL;
        if (!g || !key)
                return -ENOMEM;
        r = add_up(j, j->x1, j->peer1, j->peer2, g);
        if (r == 0 && j->role == ECJPAKE_SERVER)
                r = buf_append(out, curve, sizeof(curve));
        return r < 0 ? r : append_key(j, g, j->x2s, j->own.v3, key, out);
}

int ecjpake_read_round2(struct ecjpake *j, const uint8_t *data, size_t len)
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *g = EC_POINT_new(j->group);
        struct span from = { data, len };
        const uint8_t *curve;
        int r;

        if (!g)
                return -ENOMEM;
        if (!j->have_round1 || EC_POINT_is_at_infinity(j->group, j->x1))
                return -EINVAL;
        if (j->role == ECJPAKE_CLIENT && (take(&from, 3, &curve) < 0 || curve[0] != CURVE_TYPE_NAMED ||
                                          curve[1] != 0 || curve[2] != CURVE_SECP256R1))
                return -EBADMSG;
        if ((r = add_up(j, j->peer1, j->x1, j->x2, g)) < 0 ||
            (r = take_key(j, g, &from, j->peer_round2)) < 0)
                return r;
        if (from.left)
                return -EBADMSG;
        j->have_round2 = true;
        return 0;
}

/* K = x2 * (peer's round 2 - x2 * s * peer's second key) */
static int shared_point(struct ecjpake *j, EC_POINT *ret)
{
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *x2 = BN_CTX_get(ctx), *x2s = BN_CTX_get(ctx);

        if (!x2s || !BN_bin2bn(j->own.x2, SCALAR_LEN, x2) || !BN_bin2bn(j->x2s, SCALAR_LEN, x2s))
                return -ENOMEM;
        BN_set_flags(x2, BN_FLG_CONSTTIME);
        BN_set_flags(x2s, BN_FLG_CONSTTIME);
        if (!EC_POINT_mul(j->group, ret, NULL, j->peer2, x2s, ctx) || !EC_POINT_invert(j->group, ret, ctx) ||
            !EC_POINT_add(j->group, ret, ret, j->peer_round2, ctx) ||
            !EC_POINT_mul(j->group, ret, NULL, ret, x2, ctx))
                return -EIO;
        return EC_POINT_is_at_infinity(j->group, ret) ? -EBADMSG : 0;
}

int ecjpake_derive(struct ecjpake *j, uint8_t ret_secret[static ECJPAKE_SECRET_LEN])
{
        _cleanup_(EC_POINT_clear_freep) EC_POINT *k = EC_POINT_new(j->group);
        _cleanup_(BN_CTX_endp) BN_CTX *ctx = begin(j);
        BIGNUM *x = BN_CTX_get(ctx);
        uint8_t bytes[SCALAR_LEN];
        int r;

        if (!j->have_round2)
                return -EINVAL;
        if (!k || !x)
                return -ENOMEM;
        r = shared_point(j, k);
        if (r < 0)
                return r;
        if (!EC_POINT_get_affine_coordinates(j->group, k, x, NULL, ctx) ||
            BN_bn2binpad(x, bytes, sizeof(bytes)) != sizeof(bytes))
                return -EIO;
        crypto_hash_sha256(ret_secret, bytes, sizeof(bytes));
        sodium_memzero(bytes, sizeof(bytes));
        return 0;
}
