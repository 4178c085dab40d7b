/* SPDX-License-Identifier: Apache-2.0 */

/* The handshake of both roles, scalars fixed so that the recorded messages of the known answers are
 * accepted: the first byte says which role, the second how the rest is cut; what follows the handshake is
 * taken for frames. Without the recorded bytes nobody gets a session opened. */

#include "tests/fuzz/target.h"
#include "tests/unit/proto/pair.h"
#include <assert.h>
#include <errno.h>

enum { ROLE = 0, STEP = 1, STREAM = 2 };

static void open_frames(struct session *s, const uint8_t *data, size_t len)
{
        struct session_header header;
        size_t used;
        int r = 0;

        while (r == 0) {
                _cleanup_(buf_done) struct buf payload = buf_init(SESSION_MAX_PAYLOAD);

                r = session_open(s, data, len, &header, &payload, &used);
                assert(r == 0 || r == -EAGAIN || r == -EBADMSG);
                assert((r == -EBADMSG) == (session_state(s) == SESSION_FAILED));
                if (r == 0) {
                        assert(used >= SESSION_FRAME_OVERHEAD && used <= len);
                        data += used;
                        len -= used;
                }
        }
}

/* Nothing but the recorded transcript opens the session. */
static bool is_recorded(const struct vector *v, enum session_role role, const uint8_t *data)
{
        const struct blob *const heard[2][3] = {
                [SESSION_CLIENT] = { &v->device_round1, &v->device_round2, &v->device_confirm },
                [SESSION_DEVICE] = { &v->client_round1, &v->client_round2, &v->client_confirm },
        };

        for (size_t i = 0; i < 3; i++) {
                const struct blob *b = heard[role][i];

                if (le16_get(data) != b->len || memcmp(data + 2, b->data, b->len) != 0)
                        return false;
                data += 2 + b->len;
        }
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        _cleanup_(session_freep) struct session *s = NULL;
        _cleanup_(buf_done) struct buf out = buf_init(4096);
        size_t at = STREAM, step, used;
        enum session_role role;

        if (!n_vectors)
                pair_init();
        if (len < STREAM)
                return 0;
        role = data[ROLE] % 2 ? SESSION_DEVICE : SESSION_CLIENT;
        step = data[STEP] ? data[STEP] : len;
        s = pair_vector_session(role, &vectors[0]);
        while (at < len && session_state(s) == SESSION_HANDSHAKE) {
                size_t n = len - at < step ? len - at : step;
                int r = session_feed(s, data + at, n, &used);

                assert(r == 0 || r == -EBADMSG || r == -EKEYREJECTED);
                assert((r < 0) == (session_state(s) == SESSION_FAILED));
                if (r < 0)
                        return 0;
                assert(used == n || session_state(s) == SESSION_OPEN);
                assert(session_take(s, &out) == 0);
                at += used;
        }
        if (session_state(s) == SESSION_OPEN) {
                assert(is_recorded(&vectors[0], role, data + STREAM));
                open_frames(s, data + at, len - at);
        }
        return 0;
}
