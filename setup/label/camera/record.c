/* SPDX-License-Identifier: Apache-2.0 */

/* Version, kind, what the kind has (symbology, hint or fault; else 0), time (64 bits), length of the text
 * (16 bits), text, and an end mark. Numbers are little-endian. */

#include "setup/label/camera/record.h"
#include "proto/base/bytes.h"
#include <errno.h>

enum { VERSION = 1, HEADER = 13, END = 0xff };

size_t record_put(const struct record *r, uint8_t ret[static RECORD_SIZE_MAX])
{
        size_t len = r->len < RECORD_TEXT_MAX ? r->len : RECORD_TEXT_MAX;

        ret[0] = VERSION;
        ret[1] = (uint8_t)r->kind;
        ret[2] = 0;
        switch (r->kind) {
        case RECORD_SCAN: ret[2] = (uint8_t)r->symbology; break;
        case RECORD_HINT: ret[2] = (uint8_t)r->hint; break;
        case RECORD_LOST:
        case RECORD_ENDED: ret[2] = (uint8_t)r->fault; break;
        case RECORD_CAMERA:
        case RECORD_BACK:
        case _RECORD_KIND_MAX: break;
        }
        le32_put(ret + 3, (uint32_t)r->at_ms);
        le32_put(ret + 7, (uint32_t)(r->at_ms >> 32));
        le16_put(ret + 11, (uint16_t)len);
        if (len)
                memcpy(ret + HEADER, r->text, len);
        ret[HEADER + len] = END;
        return HEADER + len + 1;
}

/* The byte that the kinds have for themselves, and whether there may be a text. */
static int parse_kind(uint8_t value, struct record *ret)
{
        bool good = false;

        switch (ret->kind) {
        case RECORD_CAMERA: good = value == 0 && ret->len > 0; break;
        case RECORD_BACK: good = value == 0 && ret->len == 0; break;
        case RECORD_SCAN:
                good = (value == LABEL_DATA_MATRIX || value == LABEL_QR) && ret->len > 0;
                ret->symbology = value == LABEL_QR ? LABEL_QR : LABEL_DATA_MATRIX;
                break;
        case RECORD_HINT:
                good = value <= SOURCE_HINT_HOLD_STILL && ret->len == 0;
                ret->hint = (enum source_hint)value;
                break;
        case RECORD_LOST:
        case RECORD_ENDED:
                good = value != FAULT_NONE && value < _FAULT_MAX;
                ret->fault = (enum fault)value;
                break;
        case _RECORD_KIND_MAX: break;
        }
        return good ? 0 : -EBADMSG;
}

int record_parse(const uint8_t *data, size_t len, struct record *ret)
{
        struct record r;
        int error;

        if (len < HEADER + 1 || len > RECORD_SIZE_MAX || data[0] != VERSION || data[1] >= _RECORD_KIND_MAX ||
            data[10] & 0x80)
                return -EBADMSG;
        r = (struct record){ .kind = (enum record_kind)data[1],
                             .at_ms = (int64_t)le32_get(data + 7) << 32 | le32_get(data + 3),
                             .len = le16_get(data + 11) };
        if (r.len != len - HEADER - 1 || data[len - 1] != END)
                return -EBADMSG;
        if (r.len)
                r.text = (const char *)data + HEADER;
        error = parse_kind(data[2], &r);
        if (error < 0)
                return error;
        *ret = r;
        return 0;
}
