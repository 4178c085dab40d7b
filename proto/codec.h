/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files behind message.h share: nanopb messages to and from bytes, with the rules that hold for all
 * of them. Only these files know nanopb. */

#include "proto/base/bytes.h"
#include "proto/base/secret.h"
#include <pb.h>

/* Appends the encoded message to `out`; -EINVAL if a callback refused, -ENOBUFS, -ENOMEM. */
int codec_encode(const pb_msgdesc_t *fields, const void *message, struct buf *out);

/* Decodes all of `data`; zero bytes behind the message are padding. -EBADMSG. */
int codec_decode(const pb_msgdesc_t *fields, void *message, const uint8_t *data, size_t len);

/* Texts are printable ASCII. To nanopb: -E2BIG if it does not fit `size` with its NUL, -EINVAL if it is not
 * printable. From nanopb, where `from` has `size` bytes too: -EBADMSG. */
int codec_put_text(char *to, size_t size, const char *text);
int codec_get_text(char *to, size_t size, const char *from);

/* Secret strings: encoded straight from the secret (NULL: left out), decoded straight into a new one of at
 * most `max` <= CODEC_SECRET_MAX bytes, which the caller frees in any case. */
enum { CODEC_SECRET_MAX = 128 };

struct codec_secret {
        struct secret *secret;
        size_t max;
};

pb_callback_t codec_encode_secret(const struct secret *s);
pb_callback_t codec_decode_secret(struct codec_secret *to);

/* Lists of messages, none larger than CODEC_ITEM_MAX bytes as nanopb's struct. Encoding calls fill() for
 * each of the n items at `items`, each `size` bytes long, to get the message; decoding calls keep() with
 * each message that was read. Negative results end it. */
enum { CODEC_ITEM_MAX = 256 };

struct codec_list {
        const pb_msgdesc_t *fields;
        const void *items;
        size_t n;
        size_t size;
        int (*fill)(const void *item, void *message); /* `message` is zeroed */
        int (*keep)(void *list, const void *message);
        void *list;
};

pb_callback_t codec_encode_list(const struct codec_list *list);
pb_callback_t codec_decode_list(struct codec_list *list);
