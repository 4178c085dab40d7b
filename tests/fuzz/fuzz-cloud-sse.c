/* SPDX-License-Identifier: Apache-2.0 */

/* Event streams: the first byte says how long the pieces are in which the rest arrives. The events must be
 * the same as when it comes in one piece. */

#include "cloud/sse.h"
#include "tests/fuzz/target.h"
#include <assert.h>

/* Sums up what came out; -1 for a stream that was given up. */
static int64_t read_stream(const uint8_t *data, size_t size, size_t piece)
{
        struct sse_event e;
        struct sse s;
        int64_t sum = 0;
        int r = 0;

        sse_init(&s);
        for (size_t at = 0; at < size && r >= 0; at += piece) {
                r = sse_feed(&s, (const char *)data + at, size - at < piece ? size - at : piece);
                while (r >= 0 && (r = sse_next(&s, &e)) == 1) {
                        assert(e.data[e.len] == 0);
                        for (size_t i = 0; i < e.len; i++)
                                sum = (sum * 31 + (uint8_t)e.data[i]) % 1000003;
                        sum = (sum * 31 + (int64_t)strlen(e.name) + 256) % 1000003;
                }
        }
        sse_done(&s);
        return r < 0 ? -1 : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t piece;

        if (size < 1 || size > SSE_DATA_MAX / 2)
                return 0;
        piece = (size_t)data[0] % 64 + 1;
        assert(read_stream(data + 1, size - 1, piece) == read_stream(data + 1, size - 1, size));
        return 0;
}
