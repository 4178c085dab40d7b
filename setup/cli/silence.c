/* SPDX-License-Identifier: Apache-2.0 */

/* Lines are still put together by the kernel: what nobody reads then stays there, to be dropped. */

#include "setup/cli/silence.h"
#include <errno.h>
#include <stdlib.h>
#include <termios.h>

struct silence {
        int fd;
        struct termios before;
};

int silence_new(int fd, struct silence **ret)
{
        _cleanup_(freep) struct silence *s = calloc(1, sizeof(*s));
        struct termios t;

        if (!s)
                return -ENOMEM;
        s->fd = fd;
        if (tcgetattr(fd, &s->before) < 0)
                return -errno;
        t = s->before;
        t.c_lflag &= (tcflag_t) ~(ECHO | ECHONL);
        if (tcsetattr(fd, TCSADRAIN, &t) < 0)
                return -errno;
        *ret = TAKE_PTR(s);
        return 0;
}

struct silence *silence_free(struct silence *s)
{
        if (!s)
                return NULL;
        (void)tcsetattr(s->fd, TCSAFLUSH, &s->before);
        free(s);
        return NULL;
}
