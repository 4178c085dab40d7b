/* SPDX-License-Identifier: Apache-2.0 */

/* A reader of Netpbm pictures (pgm(5), ppm(5)). The format is the one that camera tools and tests write
 * without a library, and forty lines are less than a dependency. Only the first picture of a file counts. */

#include "setup/label/image-private.h"
#include <errno.h>

struct pnm {
        const uint8_t *at, *end;
        unsigned maxval;
        unsigned channels; /* 1 or 3 */
        bool plain;        /* decimal numbers instead of bytes */
};

/* White space and comments, of which at least one byte stands between two numbers. */
static void skip_space(struct pnm *p)
{
        while (p->at < p->end) {
                if (*p->at == '#')
                        while (p->at < p->end && *p->at != '\n')
                                p->at++;
                else if (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r'))
                        p->at++;
                else
                        break;
        }
}

static int read_number(struct pnm *p, unsigned max, unsigned *ret)
{
        unsigned value = 0;

        skip_space(p);
        if (p->at == p->end)
                return -ENODATA;
        if (*p->at < '0' || *p->at > '9')
                return -EBADMSG;
        while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
                value = value * 10 + (unsigned)(*p->at++ - '0');
                if (value > max)
                        return -EFBIG;
        }
        *ret = value;
        return 0;
}

/* -ENODATA at the end of the file */
static int read_sample(struct pnm *p, unsigned *ret)
{
        unsigned size = p->maxval > 255 ? 2 : 1;

        if (p->plain)
                return read_number(p, p->maxval, ret);
        if ((size_t)(p->end - p->at) < size)
                return -ENODATA;
        *ret = size == 2 ? (unsigned)(p->at[0] << 8 | p->at[1]) : p->at[0];
        p->at += size;
        return *ret > p->maxval ? -EBADMSG : 0;
}

/* Luminance with the weights of ITU-R BT.601, as JPEG has it. */
static int read_pixel(struct pnm *p, uint8_t *ret)
{
        unsigned s[3], grey;

        for (unsigned c = 0; c < p->channels; c++) {
                int r = read_sample(p, &s[c]);

                if (r < 0)
                        return r;
        }
        grey = p->channels == 3 ? (s[0] * 299 + s[1] * 587 + s[2] * 114 + 500) / 1000 : s[0];
        *ret = (uint8_t)((grey * 255 + p->maxval / 2) / p->maxval);
        return 0;
}

static int read_header(struct pnm *p, unsigned *ret_width, unsigned *ret_height)
{
        char kind;
        int r;

        if (p->end - p->at < 3 || p->at[0] != 'P')
                return -EMEDIUMTYPE;
        kind = (char)p->at[1];
        if (kind != '2' && kind != '3' && kind != '5' && kind != '6')
                return -EMEDIUMTYPE;
        p->plain = kind < '5';
        p->channels = kind == '3' || kind == '6' ? 3 : 1;
        p->at += 2;
        r = read_number(p, IMAGE_SIDE_MAX, ret_width);
        if (r < 0)
                return r;
        r = read_number(p, IMAGE_SIDE_MAX, ret_height);
        if (r < 0)
                return r;
        r = read_number(p, UINT16_MAX, &p->maxval);
        if (r < 0)
                return r;
        if (p->maxval == 0 || p->at == p->end)
                return -EBADMSG;
        p->at++; /* exactly one byte of white space before raw samples */
        return 0;
}

int pnm_load(const uint8_t *data, size_t len, struct image *ret)
{
        struct pnm p = { .at = data, .end = data + len };
        unsigned width, height;
        struct image image;
        size_t n;
        int r;

        r = read_header(&p, &width, &height);
        if (r < 0)
                return r == -ENODATA ? -EBADMSG : r;
        r = image_new(width, height, &image);
        if (r < 0)
                return r;
        n = (size_t)width * height;
        for (size_t i = 0; i < n; i++)
                if (read_pixel(&p, &image.grey[i]) < 0) {
                        image.damaged = true;
                        break;
                }
        *ret = image;
        return 0;
}
