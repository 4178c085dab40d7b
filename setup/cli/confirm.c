/* SPDX-License-Identifier: Apache-2.0 */

/* Only a person makes a slip; so only a person is asked, before anything has begun. */

#include "setup/cli/confirm.h"
#include "setup/cli/prompt.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_yes(const struct secret *answer)
{
        return strcasecmp(secret_text(answer), "y") == 0 || strcasecmp(secret_text(answer), "yes") == 0;
}

int confirm(bool yes, const char *format, ...)
{
        _cleanup_(secret_freep) struct secret *answer = NULL;
        va_list arguments;
        int r;

        if (yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
                return 0;
        va_start(arguments, format);
        (void)vfprintf(stderr, format, arguments);
        va_end(arguments);
        (void)fflush(stderr);
        r = prompt(" Go on? [y/N] ", false, &answer);
        if (r == 0 && is_yes(answer))
                return 0;
        return -ECANCELED;
}
