/* SPDX-License-Identifier: Apache-2.0 */

/* Any description of a frame over any bytes: layout, width, height, stride and the room for it come first.
 * Nothing beyond the frame is read, nothing beyond the room is written (the sanitizer looks), and what is
 * accepted is whole. */

#include "proto/base/bytes.h"
#include "setup/label/camera/luma.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <stdlib.h>

enum { HEADER = 15, ROOM_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct luma_frame frame;
        size_t room;
        uint8_t *grey;
        int r;

        if (len < HEADER)
                return 0;
        frame = (struct luma_frame){ .data = data + HEADER,
                                     .size = len - HEADER,
                                     .width = le16_get(data + 1),
                                     .height = le32_get(data + 3),
                                     .stride = le32_get(data + 7) };
        room = le32_get(data + 11) % ROOM_MAX;
        grey = malloc(room ? room : 1);
        assert(grey);
        r = luma_take((enum luma_layout)(data[0] % 3), &frame, room, grey);
        if (r == 0) {
                assert(frame.width > 0 && frame.height > 0 && (size_t)frame.width * frame.height <= room);
                assert(frame.size >= (size_t)frame.width * frame.height);
        }
        free(grey);
        return 0;
}
