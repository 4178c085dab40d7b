/* SPDX-License-Identifier: Apache-2.0 */

/* Some cameras stop sending and come back when they are opened anew; so that is tried once before it is
 * called lost. Whether a device is there again, and may be opened by then (udev sets its rights after it has
 * made it), is found out by opening it. */

#include "setup/label/camera/hold.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

struct hold {
        const char *which;
        int watch;             /* inotify on /dev; -1: there is none */
        struct frames *frames; /* NULL: closed */
        char *name;
        int64_t heard_ms; /* when a frame came last, or it was opened */
        int64_t again_ms; /* when opening is tried */
        bool opened;      /* it could be once */
        bool silent;      /* opened a second time because nothing came */
        bool lost;
        struct trouble trouble;
};

int hold_new(const char *which, struct hold **ret)
{
        struct hold *h = calloc(1, sizeof(*h));

        if (!h)
                return -ENOMEM;
        h->which = which;
        h->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (h->watch >= 0)
                (void)inotify_add_watch(h->watch, "/dev", IN_CREATE | IN_ATTRIB);
        *ret = h;
        return 0;
}

struct hold *hold_free(struct hold *h)
{
        if (!h)
                return NULL;
        frames_close(h->frames);
        closep(&h->watch);
        free(h->name);
        free(h);
        return NULL;
}

const char *hold_name(const struct hold *h)
{
        return h->name;
}

const struct trouble *hold_trouble(const struct hold *h)
{
        return &h->trouble;
}

struct frames *hold_frames(struct hold *h)
{
        return h->frames;
}

int hold_fd(const struct hold *h)
{
        return h->frames ? frames_fd(h->frames) : h->watch;
}

int64_t hold_due_ms(const struct hold *h)
{
        return h->frames ? h->heard_ms + HOLD_SILENCE_MS : h->again_ms;
}

static int lose(struct hold *h, int64_t now_ms)
{
        bool told = h->lost;

        h->frames = frames_close(h->frames);
        h->again_ms = now_ms + HOLD_AGAIN_MS;
        h->lost = true;
        return told ? HOLD_NOTHING : HOLD_LOST;
}

static int open_it(struct hold *h, int64_t now_ms)
{
        struct trouble trouble;
        int r = frames_open(h->which, &h->frames, &trouble);

        if (r == -EINVAL) {
                if (!h->lost)
                        h->trouble = trouble;
                return h->opened ? lose(h, now_ms) : HOLD_FAILED;
        }
        if (r < 0)
                return r;
        free(h->name);
        h->name = strdup(frames_name(h->frames));
        if (!h->name)
                return -ENOMEM;
        h->opened = true;
        h->heard_ms = now_ms;
        return HOLD_OPENED;
}

static int hear(struct hold *h, int64_t now_ms)
{
        bool was_lost = h->lost;

        h->heard_ms = now_ms;
        h->silent = h->lost = false;
        return was_lost ? HOLD_BACK : HOLD_FRAME;
}

static int look(struct hold *h, short revents, int64_t now_ms)
{
        int r = frames_look(h->frames);

        if (r > 0)
                return hear(h, now_ms);
        if (r == 0 && !(revents & (POLLERR | POLLHUP | POLLNVAL)))
                return HOLD_NOTHING;
        if (!h->lost)
                (void)trouble_set(&h->trouble, FAULT_SCANNER,
                                  "the camera %s was unplugged: plug it in again", h->name);
        return lose(h, now_ms);
}

static int break_silence(struct hold *h, int64_t now_ms)
{
        if (!h->silent) {
                h->silent = true;
                h->frames = frames_close(h->frames);
                return open_it(h, now_ms);
        }
        if (!h->lost)
                (void)trouble_set(&h->trouble, FAULT_SCANNER,
                                  "the camera %s sends no pictures: unplug it and plug it in again",
                                  h->name);
        return lose(h, now_ms);
}

/* What has changed in /dev does not matter: it is a reason to try. */
static void drain(const struct hold *h)
{
        char events[4096];

        while (read(h->watch, events, sizeof(events)) > 0)
                ;
}

int hold_dispatch(struct hold *h, short revents, int64_t now_ms)
{
        if (h->frames && revents) {
                int event = look(h, revents, now_ms);

                if (event != HOLD_NOTHING)
                        return event;
        }
        if (h->frames)
                return now_ms >= hold_due_ms(h) ? break_silence(h, now_ms) : HOLD_NOTHING;
        if (revents)
                drain(h);
        return revents || now_ms >= h->again_ms ? open_it(h, now_ms) : HOLD_NOTHING;
}
