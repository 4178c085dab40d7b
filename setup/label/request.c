/* SPDX-License-Identifier: Apache-2.0 */

/* The message: version, kind, flags, budget, width, height (16 bits each), stride (32 bits) and an end mark.
 * Numbers are little-endian. */

#include "setup/label/request.h"
#include "proto/base/bytes.h"
#include "setup/label/image.h"
#include <errno.h>

enum { VERSION = 1, END = 0xff, FLAG_QR = 1, FLAG_STILL = 2, FLAGS = FLAG_QR | FLAG_STILL };

size_t request_bytes(const struct request *r)
{
        return r->kind == REQUEST_FRAME ? (size_t)r->stride * (r->height - 1) + r->width : 0;
}

void request_put(const struct request *r, uint8_t ret[static REQUEST_SIZE])
{
        ret[0] = VERSION;
        ret[1] = (uint8_t)r->kind;
        ret[2] = (uint8_t)((r->qr ? FLAG_QR : 0) | (r->still ? FLAG_STILL : 0));
        le16_put(ret + 3, (uint16_t)r->budget_ms);
        le16_put(ret + 5, (uint16_t)r->width);
        le16_put(ret + 7, (uint16_t)r->height);
        le32_put(ret + 9, r->stride);
        ret[13] = END;
}

bool request_is_sound(const struct request *r)
{
        if (r->budget_ms > UINT16_MAX)
                return false;
        if (r->kind == REQUEST_PICTURE)
                return r->width == 0 && r->height == 0 && r->stride == 0;
        return r->width > 0 && r->width <= IMAGE_SIDE_MAX && r->height > 0 && r->height <= IMAGE_SIDE_MAX &&
               r->stride >= r->width && request_bytes(r) <= IMAGE_PIXELS_MAX;
}

int request_parse(const uint8_t *data, size_t len, struct request *ret)
{
        struct request r;

        if (len != REQUEST_SIZE || data[0] != VERSION || data[1] > REQUEST_FRAME || data[2] & ~FLAGS ||
            data[13] != END)
                return -EBADMSG;
        r = (struct request){ .kind = data[1] == REQUEST_FRAME ? REQUEST_FRAME : REQUEST_PICTURE,
                              .qr = data[2] & FLAG_QR,
                              .still = data[2] & FLAG_STILL,
                              .budget_ms = le16_get(data + 3),
                              .width = le16_get(data + 5),
                              .height = le16_get(data + 7),
                              .stride = le32_get(data + 9) };
        if (!request_is_sound(&r))
                return -EBADMSG;
        *ret = r;
        return 0;
}
