/* SPDX-License-Identifier: Apache-2.0 */

/* Flushed line by line: who reads along must not wait for a buffer to fill, and a disk that is full is
 * noticed while there is still something to be said about it. */

#include "setup/cli/line.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

int line_put(FILE *f, json_t *object)
{
        bool failed;

        if (!object)
                return -ENOMEM;
        failed = json_dumpf(object, f, JSON_COMPACT | JSON_PRESERVE_ORDER) < 0 || fputc('\n', f) == EOF ||
                 fflush(f) != 0;
        json_decref(object);
        return failed ? -EIO : 0;
}

json_t *line_text(const char *s)
{
        _cleanup_(freep) char *ascii = NULL;
        json_t *j;

        if (!s || !*s)
                return json_null();
        j = json_string(s);
        if (j)
                return j;
        ascii = strdup(s);
        if (!ascii)
                return NULL;
        for (char *p = ascii; *p; p++)
                if ((unsigned char)*p >= 0x80)
                        *p = '?';
        return json_string(ascii);
}
