/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as a request to the decoder. What is accepted must be what request_put() makes of it. */

#include "setup/label/image.h"
#include "setup/label/request.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        uint8_t again[REQUEST_SIZE];
        struct request r;

        if (request_parse(data, len, &r) < 0)
                return 0;
        assert(len == REQUEST_SIZE && request_is_sound(&r));
        assert(request_bytes(&r) <= IMAGE_PIXELS_MAX);
        assert(r.kind == REQUEST_PICTURE || request_bytes(&r) >= (size_t)r.width * r.height);
        request_put(&r, again);
        assert(memcmp(again, data, len) == 0);
        return 0;
}
