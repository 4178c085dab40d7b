/* SPDX-License-Identifier: Apache-2.0 */

/* Flushed line by line: who reads along must not wait for a buffer to fill, and a disk that is full is
 * noticed while there is still something to be said about it. */

#include "setup/cli/line.h"
#include "proto/base/text.h"
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

const char *line_shown(const char *s, char ret[static LINE_SHOWN_MAX])
{
        text_shorten(ret, LINE_SHOWN_MAX, s, strlen(s));
        text_clean(ret);
        return ret;
}

json_t *line_word(const char *s)
{
        char shown[LINE_SHOWN_MAX];

        return json_string(line_shown(s ? s : "", shown));
}

json_t *line_text(const char *s)
{
        return s && *s ? line_word(s) : json_null();
}
