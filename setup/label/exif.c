/* SPDX-License-Identifier: Apache-2.0 */

/* Only one number of all that a camera writes into a picture is wanted: how it was held. It stands in the
 * first directory of a TIFF structure, so nothing is followed further than there, and every offset is
 * checked against the bytes that exist. */

#include "setup/label/exif.h"
#include <stdbool.h>

enum { HEADER = 8, ENTRY = 12, TAG_ORIENTATION = 0x112, TYPE_SHORT = 3 };

struct tiff {
        const uint8_t *data;
        size_t len;
        bool big_endian;
};

/* `size` bytes in the order of the file; they must be there. */
static size_t get(const struct tiff *t, size_t at, unsigned size)
{
        size_t value = 0;

        for (unsigned i = 0; i < size; i++)
                value = value << 8 | t->data[t->big_endian ? at + i : at + size - 1 - i];
        return value;
}

static unsigned first_directory(const struct tiff *t, size_t at)
{
        size_t entries = get(t, at, 2);

        at += 2;
        for (size_t i = 0; i < entries && t->len - at >= ENTRY; i++, at += ENTRY) {
                size_t value;

                if (get(t, at, 2) != TAG_ORIENTATION)
                        continue;
                value = get(t, at + 8, 2);
                return get(t, at + 2, 2) == TYPE_SHORT && value >= 1 && value <= 8 ? (unsigned)value : 1;
        }
        return 1;
}

unsigned exif_orientation(const uint8_t *data, size_t len)
{
        struct tiff t = { .data = data, .len = len };
        size_t at;

        if (len < HEADER || data[0] != data[1] || (data[0] != 'I' && data[0] != 'M'))
                return 1;
        t.big_endian = data[0] == 'M';
        at = get(&t, 4, 4);
        if (get(&t, 2, 2) != 42 || at > len || len - at < 2)
                return 1;
        return first_directory(&t, at);
}
