/* SPDX-License-Identifier: Apache-2.0 */

/* The common half of the message codecs. Messages of nanopb live on the stack for one call and never hold a
 * secret; those pass through a callback from guarded memory to the wire. */

#include "proto/codec.h"
#include <errno.h>
#include <pb_decode.h>
#include <pb_encode.h>
#include <sodium.h>
#include <stdalign.h>

int codec_encode(const pb_msgdesc_t *fields, const void *message, struct buf *out)
{
        pb_ostream_t stream;
        size_t size;
        int r;

        if (!pb_get_encoded_size(&size, fields, message))
                return -EINVAL;
        r = buf_reserve(out, size);
        if (r < 0 || size == 0)
                return r;
        stream = pb_ostream_from_buffer(out->data + out->len, size);
        if (!pb_encode(&stream, fields, message)) {
                sodium_memzero(out->data + out->len, size);
                return -EINVAL;
        }
        out->len += stream.bytes_written;
        return 0;
}

int codec_decode(const pb_msgdesc_t *fields, void *message, const uint8_t *data, size_t len)
{
        pb_istream_t stream = pb_istream_from_buffer(data, len);

        if (!pb_decode_ex(&stream, fields, message, PB_DECODE_NULLTERMINATED))
                return -EBADMSG;
        if (stream.bytes_left == 0)
                return 0;
        /* it ended at a zero tag: that and what follows must be padding */
        return sodium_is_zero(data + len - stream.bytes_left - 1, stream.bytes_left + 1) ? 0 : -EBADMSG;
}

static bool printable(const char *text, size_t len)
{
        for (size_t i = 0; i < len; i++)
                if (text[i] < 0x20 || text[i] > 0x7e)
                        return false;
        return true;
}

int codec_put_text(char *to, size_t size, const char *text)
{
        size_t len = strnlen(text, size);

        if (len == size)
                return -E2BIG;
        if (!printable(text, len))
                return -EINVAL;
        memcpy(to, text, len + 1);
        return 0;
}

int codec_get_text(char *to, size_t size, const char *from)
{
        size_t len = strnlen(from, size);

        /* a NUL inside the string on the wire leaves something behind it */
        if (len == size || !printable(from, len) || !sodium_is_zero((const uint8_t *)from + len, size - len))
                return -EBADMSG;
        memcpy(to, from, size);
        return 0;
}

static bool write_secret(pb_ostream_t *stream, const pb_field_t *field, void *const *arg)
{
        const struct secret *s = *arg;

        return !s || (pb_encode_tag_for_field(stream, field) &&
                      pb_encode_string(stream, secret_bytes(s), secret_len(s)));
}

pb_callback_t codec_encode_secret(const struct secret *s)
{
        return (pb_callback_t){ .funcs.encode = write_secret, .arg = (void *)s };
}

static bool read_list(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
        const struct codec_list *list = *arg;
        alignas(max_align_t) uint8_t message[CODEC_ITEM_MAX] = { 0 };

        (void)field;
        return pb_decode(stream, list->fields, message) && list->keep(list->list, message) == 0;
}

pb_callback_t codec_decode_list(struct codec_list *list)
{
        return (pb_callback_t){ .funcs.decode = read_list, .arg = list };
}
