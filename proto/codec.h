/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files behind message.h share: nanopb messages to and from bytes, with the rules that hold for all
 * of them. Only these files, and their far end in tests/wire, know nanopb. */

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

/* A secret string is encoded straight from guarded memory; NULL: left out. */
pb_callback_t codec_encode_secret(const struct secret *s);

/* A list of messages, none larger than CODEC_ITEM_MAX bytes as nanopb's struct: keep() is called with each
 * message that was read; a negative result ends it. */
enum { CODEC_ITEM_MAX = 256 };

struct codec_list {
        const pb_msgdesc_t *fields;
        int (*keep)(void *list, const void *message);
        void *list;
};

pb_callback_t codec_decode_list(struct codec_list *list);
