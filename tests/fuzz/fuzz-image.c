/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as a picture file: loaded within the limits, or refused with one of the errors of the contract.
 */

#include "setup/label/image.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct image image;
        size_t n;
        int r;

        r = image_load(data, len, &image);
        if (r < 0) {
                assert(r == -ENODATA || r == -EMEDIUMTYPE || r == -EFBIG || r == -EBADMSG || r == -ENOMEM ||
                       r == -EPROTONOSUPPORT);
                return 0;
        }
        n = (size_t)image.width * image.height;
        assert(n > 0 && n <= IMAGE_PIXELS_MAX);
        assert(image.width <= IMAGE_SIDE_MAX && image.height <= IMAGE_SIDE_MAX);
        ((volatile uint8_t *)image.grey)[n - 1] ^= 0; /* the last byte is there */
        image_done(&image);
        return 0;
}
