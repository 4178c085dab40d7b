/* SPDX-License-Identifier: Apache-2.0 */

/* Within the process a queue, between processes a lock on a file per adapter. The kernel guards a second
 * pending LE connection badly: some controllers refuse it, some leak it and then refuse all (bluez.md 3).
 * The lock goes with its process, also on SIGKILL. It is polled, because a blocked flock() would block the
 * loop, and it is advisory in the best sense: after LOCK_WAIT_MS a process connects, and scans, without it,
 * since that may fail but waiting for ever does: anybody may hold a lock on a file that all can read. */

#include "ble/turn.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

enum { LOCK_POLL_MS = 20, LOCK_WAIT_MS = 30000 };

struct turn {
        sd_event *loop;
        char dir[256];
        struct turn_taker *queue; /* the first one has the turn, or waits for the lock */
        bool granted;
        struct timer *timer;
        int fd; /* locked while granted; -1 */
        int probe_fd;
        char probe[64]; /* the adapter that probe_fd belongs to */

        struct {
                char adapter[64];
                uint64_t since_ms; /* 0: nobody else has the turn on it */
                uint64_t seen_ms;
                pid_t holder;
        } foreign;
};

int turn_new(sd_event *loop, const char *lock_dir, struct turn **ret)
{
        struct turn *t = calloc(1, sizeof(*t));

        if (!t)
                return -ENOMEM;
        t->loop = loop;
        t->fd = t->probe_fd = -1;
        (void)snprintf(t->dir, sizeof(t->dir), "%s", lock_dir);
        *ret = t;
        return 0;
}

struct turn *turn_free(struct turn *t)
{
        if (!t)
                return NULL;
        timer_free(t->timer);
        closep(&t->fd);
        closep(&t->probe_fd);
        free(t);
        return NULL;
}

/* Opened for reading only, so that a file that another user made will do: sticky folders forbid more. */
static int lock_open(const struct turn *t, const char *adapter)
{
        char path[352];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/usher-%s.lock", t->dir, adapter);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0 && errno == ENOENT)
                fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0644);
        return fd;
}

/* Somebody else has the lock of `fd`: is he still to be waited for? Tries to connect are shorter than the
 * wait, so it is counted over all of them, and begins anew with another process. */
static bool is_waited_for(struct turn *t, const char *adapter, int fd)
{
        uint64_t now_ms = timer_now_ms();
        bool over;

        if (t->foreign.since_ms &&
            (strcmp(t->foreign.adapter, adapter) != 0 || now_ms - t->foreign.seen_ms > LOCK_WAIT_MS))
                t->foreign.since_ms = 0;
        over = t->foreign.since_ms && now_ms - t->foreign.since_ms >= LOCK_WAIT_MS;
        if (!t->foreign.since_ms || over) {
                pid_t holder = holder_find(fd);

                if (!over || holder != t->foreign.holder) {
                        t->foreign.since_ms = now_ms;
                        over = false;
                }
                t->foreign.holder = holder;
                (void)snprintf(t->foreign.adapter, sizeof(t->foreign.adapter), "%s", adapter);
        }
        t->foreign.seen_ms = now_ms;
        return !over;
}

static void try_lock(void *userdata)
{
        struct turn *t = userdata;
        struct turn_taker *k = t->queue;

        t->timer = timer_free(t->timer);
        if (t->fd < 0)
                t->fd = lock_open(t, k->adapter);
        if (t->fd >= 0 && flock(t->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
                if (is_waited_for(t, k->adapter, t->fd) &&
                    timer_new(t->loop, LOCK_POLL_MS, try_lock, t, &t->timer) == 0)
                        return;
                holder_name(t->foreign.holder, k->holder);
        } else {
                t->foreign.since_ms = 0;
        }
        t->granted = true;
        k->granted(k->userdata);
}

static int begin(struct turn *t)
{
        t->queue->holder[0] = 0;
        return timer_new(t->loop, 0, try_lock, t, &t->timer);
}

int turn_take(struct turn *t, struct turn_taker *k)
{
        struct turn_taker **p = &t->queue;
        int r;

        k->next = NULL;
        if (!t->queue) {
                t->queue = k;
                r = begin(t);
                if (r < 0) {
                        t->queue = NULL;
                        return r;
                }
        } else {
                while (*p)
                        p = &(*p)->next;
                *p = k;
        }
        k->queued = true;
        return 0;
}

void turn_give(struct turn *t, struct turn_taker *k)
{
        bool first = t->queue == k;

        if (!k->queued)
                return;
        for (struct turn_taker **p = &t->queue; *p; p = &(*p)->next)
                if (*p == k) {
                        *p = k->next;
                        break;
                }
        k->queued = false;
        if (!first)
                return;
        t->granted = false;
        t->timer = timer_free(t->timer);
        closep(&t->fd);
        t->fd = -1;
        if (t->queue && begin(t) < 0) { /* no memory for a timer: the next one goes ahead when asked again */
                t->granted = true;
                t->queue->granted(t->queue->userdata);
        }
}

bool turn_is_foreign(struct turn *t, const char *adapter)
{
        if (t->granted)
                return false;
        if (t->probe_fd < 0 || strcmp(t->probe, adapter) != 0) {
                closep(&t->probe_fd);
                t->probe_fd = lock_open(t, adapter);
                (void)snprintf(t->probe, sizeof(t->probe), "%s", adapter);
        }
        if (t->probe_fd < 0)
                return false;
        if (flock(t->probe_fd, LOCK_SH | LOCK_NB) < 0)
                return errno == EWOULDBLOCK && is_waited_for(t, adapter, t->probe_fd);
        t->foreign.since_ms = 0;
        (void)flock(t->probe_fd, LOCK_UN);
        return false;
}
