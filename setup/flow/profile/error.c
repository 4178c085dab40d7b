/* SPDX-License-Identifier: Apache-2.0 */

/* Sentences for people; what does not fit is cut. */

#include "setup/flow/profile/error.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int profile_error(struct profile_error *ret_error, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(ret_error->why, sizeof(ret_error->why), format, ap);
        va_end(ap);
        return -EINVAL;
}
