/* SPDX-License-Identifier: Apache-2.0 */

/* By the name alone: whoever asks for a sheet names the file that it becomes. */

#include "setup/label/sheet/format.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

int sheet_format_of(const char *path, enum sheet_format *ret)
{
        const char *dot = strrchr(path, '.');

        if (!dot || (strcasecmp(dot, ".svg") != 0 && strcasecmp(dot, ".png") != 0))
                return -EINVAL;
        *ret = strcasecmp(dot, ".svg") == 0 ? SHEET_SVG : SHEET_PNG;
        return 0;
}
