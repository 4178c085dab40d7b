/* SPDX-License-Identifier: Apache-2.0 */

/* The message: version, kind, damaged, width, height (16 bits each), the measure (8 bits each, but sharpness
 * and size 16), number of codes, then symbology, length (16 bits) and bytes of each, and an end mark.
 * Numbers are little-endian. */

#include "setup/label/verdict.h"
#include "proto/base/bytes.h"
#include <errno.h>

enum { VERSION = 3, MEASURE = 7, COUNT = 15, HEADER = 16, CODE_HEADER = 3, END = 0xff };

static void put_measure(const struct measure *m, uint8_t *to)
{
        to[0] = m->mean;
        to[1] = m->contrast;
        le16_put(to + 2, m->sharpness);
        le16_put(to + 4, m->code_px);
        to[6] = m->glare_percent;
        to[7] = m->evenness_percent;
}

static struct measure get_measure(const uint8_t *from)
{
        return (struct measure){ .mean = from[0],
                                 .contrast = from[1],
                                 .sharpness = le16_get(from + 2),
                                 .code_px = le16_get(from + 4),
                                 .glare_percent = from[6],
                                 .evenness_percent = from[7] };
}

size_t verdict_put(const struct verdict *v, uint8_t ret[static VERDICT_SIZE_MAX])
{
        size_t at = HEADER;

        ret[0] = VERSION;
        ret[1] = (uint8_t)v->kind;
        ret[2] = v->damaged;
        le16_put(ret + 3, (uint16_t)v->width);
        le16_put(ret + 5, (uint16_t)v->height);
        put_measure(&v->measure, ret + MEASURE);
        ret[COUNT] = 0;
        for (size_t i = 0; i < v->n && i < VERDICT_CODES_MAX; i++) {
                const struct verdict_code *code = &v->code[i];

                if (code->len > VERDICT_TEXT_MAX)
                        continue;
                ret[at] = (uint8_t)code->symbology;
                le16_put(ret + at + 1, (uint16_t)code->len);
                memcpy(ret + at + CODE_HEADER, code->text, code->len);
                at += CODE_HEADER + code->len;
                ret[COUNT]++;
        }
        ret[at++] = END;
        return at;
}

static int parse_code(const uint8_t *data, size_t len, size_t *at, struct verdict_code *ret)
{
        size_t text_len;

        if (len - *at < CODE_HEADER)
                return -EBADMSG;
        if (data[*at] != LABEL_DATA_MATRIX && data[*at] != LABEL_QR)
                return -EBADMSG;
        text_len = le16_get(data + *at + 1);
        if (text_len > VERDICT_TEXT_MAX || text_len > len - *at - CODE_HEADER)
                return -EBADMSG;
        *ret = (struct verdict_code){ .symbology = data[*at] == LABEL_QR ? LABEL_QR : LABEL_DATA_MATRIX,
                                      .text = (const char *)data + *at + CODE_HEADER,
                                      .len = text_len };
        *at += CODE_HEADER + text_len;
        return 0;
}

int verdict_parse(const uint8_t *data, size_t len, struct verdict *ret)
{
        struct verdict v = { 0 };
        size_t at = HEADER;

        if (len < HEADER + 1 || len > VERDICT_SIZE_MAX || data[0] != VERSION || data[1] >= _VERDICT_MAX ||
            data[2] > 1 || data[COUNT] > VERDICT_CODES_MAX)
                return -EBADMSG;
        v.kind = (enum verdict_kind)data[1];
        v.damaged = data[2];
        v.width = le16_get(data + 3);
        v.height = le16_get(data + 5);
        v.measure = get_measure(data + MEASURE);
        for (v.n = 0; v.n < data[COUNT]; v.n++) {
                int r = parse_code(data, len, &at, &v.code[v.n]);

                if (r < 0)
                        return r;
        }
        if (len - at != 1 || data[at] != END)
                return -EBADMSG;
        *ret = v;
        return 0;
}
