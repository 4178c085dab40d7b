/* SPDX-License-Identifier: Apache-2.0 */

/* The three kinds cannot be mistaken for one another: a device id has 24 hexadecimal digits, an ICCID 18 to
 * 22 decimal ones, a serial number is shorter. */

#include "setup/account/items.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include "proto/base/plain.h"
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { SERIAL_LEN_MIN = 10, SERIAL_LEN_MAX = 16, ID_LEN = 24, ICCID_LEN_MIN = 18, ICCID_LEN_MAX = 22 };

void items_done(struct items *l)
{
        free(l->item);
        *l = (struct items){};
}

static bool all(const char *text, size_t len, int (*is)(int))
{
        for (size_t i = 0; i < len; i++)
                if (!is((unsigned char)text[i]))
                        return false;
        return true;
}

static bool classify(const char *text, size_t len, enum item_kind *ret)
{
        if (len == ID_LEN && all(text, len, isxdigit))
                *ret = ITEM_DEVICE_ID;
        else if (len >= ICCID_LEN_MIN && len <= ICCID_LEN_MAX && all(text, len, isdigit))
                *ret = ITEM_ICCID;
        else if (len >= SERIAL_LEN_MIN && len <= SERIAL_LEN_MAX && all(text, len, isalnum))
                *ret = ITEM_SERIAL;
        else
                return false;
        return true;
}

static int grow(struct items *l)
{
        struct item *item;
        size_t size = l->size ? l->size * 2 : 16;

        if (l->n < l->size)
                return 0;
        if (l->n >= ITEMS_MAX)
                return -E2BIG;
        item = reallocarray(l->item, size, sizeof(*item));
        if (!item)
                return -ENOMEM;
        l->item = item;
        l->size = size;
        return 0;
}

int items_add(struct items *l, const char *text, size_t len, const char *name, size_t name_len,
              struct trouble *ret_trouble)
{
        struct item item = {};
        int r;

        if (!classify(text, len, &item.kind))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "'%.*s' is no device id (24 hexadecimal digits), serial number or ICCID",
                                   (int)len, text);
        if (name_len > ITEM_NAME_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "a name is longer than %d bytes",
                                   ITEM_NAME_MAX);
        r = grow(l);
        if (r == -E2BIG)
                return trouble_set(ret_trouble, FAULT_CONFIG, "more than %d items", ITEMS_MAX);
        if (r < 0)
                return r;
        for (size_t i = 0; i < len; i++)
                item.text[i] = (char)(item.kind == ITEM_SERIAL ? toupper((unsigned char)text[i])
                                                               : tolower((unsigned char)text[i]));
        if (name_len)
                memcpy(item.name, name, name_len);
        l->item[l->n++] = item;
        return 0;
}

/* One cell of a line: moves *at behind its separator, and gives the cell without white space and quotes. */
static void take_cell(const char **at, const char *end, const char **ret, size_t *ret_len)
{
        const char *from = *at, *to = from;

        while (to < end && !strchr(",;\t", *to))
                to++;
        *at = to < end ? to + 1 : to;
        while (from < to && strchr(" \"", *from))
                from++;
        while (to > from && strchr(" \"\r", to[-1]))
                to--;
        *ret = from;
        *ret_len = (size_t)(to - from);
}

static bool has_digit(const char *text, size_t len)
{
        for (size_t i = 0; i < len; i++)
                if (isdigit((unsigned char)text[i]))
                        return true;
        return false;
}

static int take_line(struct items *l, const char *at, const char *end, unsigned number,
                     struct trouble *ret_trouble)
{
        const char *cell, *name;
        size_t len, name_len;
        int r;

        take_cell(&at, end, &cell, &len);
        take_cell(&at, end, &name, &name_len);
        if (len == 0 || *cell == '#' || (number == 1 && !has_digit(cell, len)))
                return 0;
        r = items_add(l, cell, len, name, name_len, ret_trouble);
        return r == -EINVAL
                       ? trouble_set(ret_trouble, FAULT_CONFIG, "line %u: %s", number, ret_trouble->cause)
                       : r;
}

int items_parse(struct items *l, const char *text, size_t len, struct trouble *ret_trouble)
{
        struct plain rest = { text, len };
        const char *at, *end;

        if (plain_begin(&rest, ret_trouble) < 0)
                return -EINVAL;
        at = rest.at;
        end = rest.at + rest.len;
        for (unsigned number = 1; at < end; number++) {
                const char *stop = memchr(at, '\n', (size_t)(end - at));
                int r = take_line(l, at, stop ? stop : end, number, ret_trouble);

                if (r < 0)
                        return r;
                at = stop ? stop + 1 : end;
        }
        return 0;
}

int items_read(struct items *l, const char *path, struct trouble *ret_trouble)
{
        _cleanup_(freep) char *text = malloc(ITEMS_FILE_MAX + 1);
        _cleanup_(closep) int fd = -1;
        size_t len = 0;
        int r;

        if (!text)
                return -ENOMEM;
        fd = file_open(path);
        r = fd < 0 ? fd : file_read_all(fd, text, ITEMS_FILE_MAX + 1, &len);
        if (r < 0)
                return file_trouble(path, r, ret_trouble);
        if (len > ITEMS_FILE_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s is too long", path);
        return items_parse(l, text, len, ret_trouble);
}
