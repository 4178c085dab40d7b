/* SPDX-License-Identifier: Apache-2.0 */

/* Callbacks of nanopb for what only a device does. */

#include "tests/wire/far-codec.h"
#include "proto/codec.h"
#include <pb_decode.h>
#include <pb_encode.h>
#include <sodium.h>
#include <stdalign.h>

static bool write_list(pb_ostream_t *stream, const pb_field_t *field, void *const *arg)
{
        const struct far_list *list = *arg;
        alignas(max_align_t) uint8_t message[CODEC_ITEM_MAX];

        for (size_t i = 0; i < list->n; i++) {
                memset(message, 0, sizeof(message));
                if (list->fill((const uint8_t *)list->items + i * list->size, message) < 0 ||
                    !pb_encode_tag_for_field(stream, field) ||
                    !pb_encode_submessage(stream, list->fields, message))
                        return false;
        }
        return true;
}

pb_callback_t far_encode_list(const struct far_list *list)
{
        return (pb_callback_t){ .funcs.encode = write_list, .arg = (void *)list };
}

static bool read_secret(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
        struct far_secret *to = *arg;
        uint8_t bytes[FAR_SECRET_MAX];
        size_t len = stream->bytes_left;
        bool good;

        (void)field;
        if (len > to->max || len > sizeof(bytes))
                return false;
        to->secret = secret_free(to->secret); /* the last one counts */
        good = pb_read(stream, bytes, len) && secret_new(bytes, len, &to->secret) == 0;
        sodium_memzero(bytes, sizeof(bytes));
        return good;
}

pb_callback_t far_decode_secret(struct far_secret *to)
{
        return (pb_callback_t){ .funcs.decode = read_secret, .arg = to };
}
