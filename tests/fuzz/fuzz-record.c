/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as a record of usher-scan. What is accepted must be what record_put() makes of it: there is
 * exactly one way to say each thing. */

#include "setup/label/camera/record.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        uint8_t again[RECORD_SIZE_MAX];
        struct record r;

        if (record_parse(data, len, &r) < 0)
                return 0;
        assert(r.kind < _RECORD_KIND_MAX && r.at_ms >= 0 && r.len <= RECORD_TEXT_MAX);
        if (r.len)
                assert((const uint8_t *)r.text >= data && (const uint8_t *)r.text + r.len <= data + len);
        assert(record_put(&r, again) == len);
        assert(memcmp(again, data, len) == 0);
        return 0;
}
