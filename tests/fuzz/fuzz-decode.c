/* SPDX-License-Identifier: Apache-2.0 */

/* Any pixels through locator, filters and decoder. The first two bytes are the size of the picture, the rest
 * is repeated to fill it. */

#include "setup/label/decode.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>

enum { BUDGET_MS = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        const struct decode_options options = { .budget_ms = BUDGET_MS, .still = true, .qr = true };
        struct decode_result result;
        struct image image;
        int r;

        if (len < 3 || image_new(data[0] + 1u, data[1] + 1u, &image) < 0)
                return 0;
        for (size_t i = 0; i < (size_t)image.width * image.height; i++)
                image.grey[i] = data[2 + i % (len - 2)];
        r = decode(image_view(&image), &options, &result);
        assert(r == 0 || r == -ENOMEM);
        if (r == 0) {
                assert(result.n <= DECODED_MAX && result.labels <= result.n);
                for (size_t i = 0; i < result.n; i++)
                        assert(result.code[i].len <= DECODED_TEXT_MAX);
        }
        image_done(&image);
        return 0;
}
