/* SPDX-License-Identifier: Apache-2.0 */

/* Two ends of a session in one program. */

#include "tests/unit/proto/pair.h"
#include "tests/unit/cmocka.h"

struct vector vectors[VECTOR_CASES_MAX];
size_t n_vectors;

void pair_init(void)
{
        if (secret_init() < 0)
                abort();
        n_vectors = vectors_load(vectors);
}

struct secret *pair_secret(const char *text)
{
        struct secret *s = NULL;

        assert_int_equal(secret_new(text, strlen(text), &s), 0);
        return s;
}

struct session *pair_vector_session(enum session_role role, const struct vector *v)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct session *s = NULL;

        assert_int_equal(secret_new(v->mobile_secret.data, v->mobile_secret.len, &secret), 0);
        assert_int_equal(session_new(role, secret, role == SESSION_CLIENT ? &v->client : &v->device, &s), 0);
        return s;
}

int pair_move(struct session *from, struct session *to, size_t step, struct buf *rest)
{
        _cleanup_(buf_done) struct buf bytes = buf_init(4096);
        size_t used;
        int r;

        r = session_take(from, &bytes);
        for (size_t at = 0; r == 0 && at < bytes.len; at += step) {
                size_t n = bytes.len - at < step ? bytes.len - at : step;

                r = session_feed(to, bytes.data + at, n, &used);
                if (r == 0)
                        r = buf_append(rest, bytes.data + at + used, n - used);
        }
        return r;
}

void pair_open(const struct vector *v, struct session **ret_client, struct session **ret_device)
{
        struct session *client = pair_vector_session(SESSION_CLIENT, v);
        struct session *device = pair_vector_session(SESSION_DEVICE, v);
        _cleanup_(buf_done) struct buf rest = buf_init(4096);

        for (int i = 0; i < 2; i++) {
                assert_int_equal(pair_move(client, device, 4096, &rest), 0);
                assert_int_equal(pair_move(device, client, 4096, &rest), 0);
        }
        assert_int_equal(session_state(client), SESSION_OPEN);
        assert_int_equal(session_state(device), SESSION_OPEN);
        assert_int_equal(rest.len, 0);
        *ret_client = client;
        *ret_device = device;
}
