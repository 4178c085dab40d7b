/* SPDX-License-Identifier: Apache-2.0 */

/* Scanners at a serial line, mostly one that USB plays. The line belongs to one process: two that read it
 * would each get half of every scan. */

#include "setup/label/scanner/handheld-private.h"
#include <errno.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

static speed_t speed_of(unsigned baud)
{
        switch (baud) {
        case 1200: return B1200;
        case 2400: return B2400;
        case 4800: return B4800;
        case 0:
        case 9600: return B9600;
        case 19200: return B19200;
        case 38400: return B38400;
        case 57600: return B57600;
        case 115200: return B115200;
        default: return B0;
        }
}

static int take_line(struct handheld *d, const struct scanner_options *o)
{
        struct termios t;

        if (flock(d->fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        if (tcgetattr(d->fd, &d->before) < 0)
                return -errno;
        t = d->before;
        cfmakeraw(&t);
        t.c_cflag |= CREAD | CLOCAL;
        t.c_cflag &= ~(tcflag_t)(CRTSCTS | CSTOPB);
        t.c_cc[VMIN] = 1;
        t.c_cc[VTIME] = 0;
        if (cfsetspeed(&t, speed_of(o->baud)) < 0 || tcsetattr(d->fd, TCSANOW, &t) < 0)
                return -errno;
        (void)ioctl(d->fd, TIOCEXCL);
        return 0;
}

static int begin(struct handheld *d, const struct scanner_options *o, struct trouble *ret_trouble)
{
        struct stat st;
        int r = 0;

        if (fstat(d->fd, &st) < 0)
                return -errno;
        if (!isatty(d->fd) && !S_ISFIFO(st.st_mode))
                return -ENOTTY;
        if (speed_of(o->baud) == B0)
                return trouble_set(
                        ret_trouble, FAULT_SCANNER,
                        "%u is no speed of a serial scanner: 1200, 2400, 4800, 9600, 19200, 38400, "
                        "57600 or 115200",
                        o->baud);
        if (tcgetpgrp(d->fd) >= 0)
                return trouble_set(ret_trouble, FAULT_SCANNER,
                                   "%s is this terminal itself: without a scanner's name, what is typed or "
                                   "scanned here is read",
                                   d->path);
        if (!S_ISFIFO(st.st_mode))
                r = take_line(d, o);
        return r < 0 ? r : gather_init(&d->gather);
}

static int feed(struct handheld *d, int64_t now_ms)
{
        uint8_t c = d->in[d->at++];

        handheld_show_byte(d, c);
        return (int)gather_feed(&d->gather, c, now_ms);
}

static int pause_(struct handheld *d, int64_t now_ms)
{
        return now_ms >= gather_due_ms(&d->gather) ? (int)gather_end(&d->gather, false) : GATHERED_NOTHING;
}

static void end(struct handheld *d)
{
        gather_done(&d->gather);
        (void)ioctl(d->fd, TIOCNXCL);
        if (d->before.c_cflag)
                (void)tcsetattr(d->fd, TCSANOW, &d->before);
}

static struct gather *gather(struct handheld *d)
{
        return &d->gather;
}

const struct handheld_class handheld_serial = { begin, feed, pause_, end, gather };
