/* SPDX-License-Identifier: Apache-2.0 */

/* Rows are copied or thinned out; the loops are simple enough for the compiler to use vectors. Whether all
 * rows are there is decided before the first is read: a frame that broke off is worth nothing, as the next
 * one is on its way. */

#include "setup/label/camera/luma.h"
#include <errno.h>
#include <string.h>

/* Bytes of one row that count, the gap to the next left out. */
static size_t row_size(enum luma_layout layout, unsigned width)
{
        return layout == LUMA_PLANE ? width : 2 * (size_t)width;
}

static void take_row(enum luma_layout layout, const uint8_t *restrict from, unsigned width,
                     uint8_t *restrict to)
{
        if (layout == LUMA_PLANE) {
                memcpy(to, from, width);
                return;
        }
        from += layout == LUMA_ODD;
        for (size_t i = 0; i < width; i++)
                to[i] = from[2 * i];
}

int luma_take(enum luma_layout layout, const struct luma_frame *frame, size_t room, uint8_t *grey)
{
        size_t row = row_size(layout, frame->width), stride = frame->stride ? frame->stride : row;

        if (frame->width == 0 || frame->height == 0 || stride < row)
                return -EBADMSG;
        if (frame->height > room / frame->width)
                return -EFBIG;
        if (frame->size < row || (frame->size - row) / stride < frame->height - 1)
                return -EBADMSG;
        for (unsigned y = 0; y < frame->height; y++)
                take_row(layout, frame->data + y * stride, frame->width, grey + (size_t)y * frame->width);
        return 0;
}
