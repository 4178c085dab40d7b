/* SPDX-License-Identifier: Apache-2.0 */

/* The wall clock stands in each line, because the lines of several programs are put in order by it. */

#include "tests/sim/cli/effects.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TO_MAX = 64 };

int effects_open(const char *path, int *ret_fd)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        *ret_fd = fd;
        return 0;
}

static json_t *to_json(const struct effect *e)
{
        char hex[2 * TO_MAX + 1] = "";
        json_t *text;

        if (!e->to)
                return json_null();
        text = json_stringn((const char *)e->to, e->to_len);
        if (text)
                return text;
        for (size_t i = 0; i < e->to_len && i < TO_MAX; i++)
                (void)snprintf(hex + 2 * i, 3, "%02x", e->to[i]);
        return json_string(hex);
}

int effects_append(int fd, const struct effect *e)
{
        _cleanup_(freep) char *text = NULL, *line = NULL;
        struct timespec now;
        json_t *row;
        int len;

        (void)clock_gettime(CLOCK_REALTIME, &now);
        row = json_pack("{s:I, s:s, s:s?, s:s, s:o, s:b}", "time",
                        (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, "who", e->who, "serial",
                        e->serial, "effect", e->name, "to", to_json(e), "changed", e->changed);
        text = row ? json_dumps(row, JSON_COMPACT) : NULL;
        json_decref(row);
        if (!text)
                return -ENOMEM;
        len = asprintf(&line, "%s\n", text);
        if (len < 0) {
                line = NULL;
                return -ENOMEM;
        }
        return write(fd, line, (size_t)len) == len ? 0 : -EIO;
}
