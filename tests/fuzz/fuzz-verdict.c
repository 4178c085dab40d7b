/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as the answer of the decoding child. What is accepted must be what verdict_put() makes of it:
 * there is exactly one way to say each thing. */

#include "setup/label/verdict.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        uint8_t again[VERDICT_SIZE_MAX];
        struct verdict v;

        if (verdict_parse(data, len, &v) < 0)
                return 0;
        assert(v.n <= VERDICT_CODES_MAX && v.kind < _VERDICT_MAX);
        for (size_t i = 0; i < v.n; i++) {
                assert((const uint8_t *)v.code[i].text >= data);
                assert((const uint8_t *)v.code[i].text + v.code[i].len <= data + len);
        }
        assert(verdict_put(&v, again) == len);
        assert(memcmp(again, data, len) == 0);
        return 0;
}
