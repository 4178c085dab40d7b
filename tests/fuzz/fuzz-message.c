/* SPDX-License-Identifier: Apache-2.0 */

/* Every decoder of message.h and of the device's side: the first byte says which, the rest is the body.
 * Whatever can be read can be written, and what was written reads the same. */

#include "proto/base/secret.h"
#include "tests/fuzz/target.h"
#include "tests/wire/bodies.h"
#include <assert.h>
#include <errno.h>

enum { BODY_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        _cleanup_(buf_done) struct buf once = buf_init(2 * BODY_MAX), twice = buf_init(2 * BODY_MAX);
        static bool ready;
        const struct body *body;
        int r;

        if (!ready)
                ready = secret_init() == 0;
        if (len < 1 || len > BODY_MAX)
                return 0;
        body = &bodies[data[0] % n_bodies];
        r = body->again(data + 1, len - 1, &once);
        assert(r == 0 || r == 1 || r == -EBADMSG);
        if (r == 0) {
                r = body->again(once.data, once.len, &twice);
                assert(r == 0 && once.len == twice.len);
                assert(once.len == 0 || memcmp(once.data, twice.data, once.len) == 0);
        }
        return 0;
}
