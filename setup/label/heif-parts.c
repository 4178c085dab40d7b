/* SPDX-License-Identifier: Apache-2.0 */

/* Boxes of ISO/IEC 14496-12, of which three are looked at: `dimg` in `iref` in `meta` says of what a picture
 * is made. Parts of whole pictures only are let go round by round; what is left after some rounds goes in a
 * ring, or is deeper than any camera makes it. */

#include "setup/label/heif-parts.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
        PARTS_MAX = 4096, /* 48 megapixels in tiles of 512 are 192 */
        DEPTH_MAX = 8,
        BOX_HEADER = 8,
        FULL_HEADER = 4, /* of some boxes: version and flags */
};

struct span {
        const uint8_t *data;
        size_t len;
};

struct part {
        uint32_t whole, part;
};

struct parts {
        size_t n;
        struct part at[PARTS_MAX];
};

static uint32_t number(const uint8_t *data, size_t len)
{
        uint32_t n = 0;

        for (size_t i = 0; i < len; i++)
                n = n << 8 | data[i];
        return n;
}

static void drop(struct span *s, size_t len)
{
        s->data += len;
        s->len -= len;
}

/* The next box and what is in it; false: there is no other. */
static bool next(struct span *s, const char **ret_type, struct span *ret)
{
        size_t size, header = BOX_HEADER;

        if (s->len < BOX_HEADER)
                return false;
        size = number(s->data, 4);
        if (size == 1 && s->len >= 2 * BOX_HEADER && number(s->data + BOX_HEADER, 4) == 0) {
                header = 2 * BOX_HEADER;
                size = number(s->data + BOX_HEADER + 4, 4);
        } else if (size == 0) {
                size = s->len;
        }
        if (size < header || size > s->len)
                return false;
        *ret_type = (const char *)s->data + 4;
        *ret = (struct span){ s->data + header, size - header };
        drop(s, size);
        return true;
}

static bool is(const char *type, const char *wanted)
{
        return memcmp(type, wanted, 4) == 0;
}

/* dimg: the whole, how many parts, the parts; each number of a picture has `wide` bytes. */
static int take_parts(struct parts *p, struct span dimg, size_t wide)
{
        uint32_t whole, n;

        if (dimg.len < wide + 2)
                return 0;
        whole = number(dimg.data, wide);
        n = number(dimg.data + wide, 2);
        drop(&dimg, wide + 2);
        for (; n > 0 && dimg.len >= wide; n--) {
                if (p->n == PARTS_MAX)
                        return -EFBIG;
                p->at[p->n++] = (struct part){ whole, number(dimg.data, wide) };
                drop(&dimg, wide);
        }
        return 0;
}

static int take_references(struct parts *p, struct span iref)
{
        const char *type;
        struct span inside;
        size_t wide;
        int r = 0;

        if (iref.len < FULL_HEADER)
                return 0;
        wide = iref.data[0] ? 4 : 2;
        drop(&iref, FULL_HEADER);
        while (r == 0 && next(&iref, &type, &inside))
                if (is(type, "dimg"))
                        r = take_parts(p, inside, wide);
        return r;
}

static int take_meta(struct parts *p, struct span meta)
{
        const char *type;
        struct span inside;
        int r = 0;

        if (meta.len < FULL_HEADER)
                return 0;
        drop(&meta, FULL_HEADER);
        while (r == 0 && next(&meta, &type, &inside))
                if (is(type, "iref"))
                        r = take_references(p, inside);
        return r;
}

static bool is_whole(const struct parts *p, uint32_t picture)
{
        for (size_t i = 0; i < p->n; i++)
                if (p->at[i].whole == picture)
                        return true;
        return false;
}

/* Takes out parts that are not put together themselves. */
static void let_go(struct parts *p)
{
        size_t left = 0;

        for (size_t i = 0; i < p->n; i++)
                if (is_whole(p, p->at[i].part))
                        p->at[left++] = p->at[i];
        p->n = left;
}

int heif_check_parts(const uint8_t *data, size_t len)
{
        _cleanup_(freep) struct parts *p = calloc(1, sizeof(*p));
        struct span file = { data, len }, inside;
        const char *type;
        int r = 0;

        if (!p)
                return -ENOMEM;
        while (r == 0 && next(&file, &type, &inside))
                if (is(type, "meta"))
                        r = take_meta(p, inside);
        for (unsigned i = 0; r == 0 && p->n > 0 && i < DEPTH_MAX; i++)
                let_go(p);
        return r == 0 && p->n > 0 ? -EBADMSG : r;
}
