/* SPDX-License-Identifier: Apache-2.0 */

/* A queue in, a list out, and a descriptor that wakes the loop. All that waits when the thread comes round
 * is one batch, and so one commit: the slower the disk, the more of them share it. All signals are blocked
 * in it: they are for the program's own threads. If the disk never answers, the end does not wait for it:
 * the thread keeps what it works with and frees it by itself. */

#include "setup/store/thread.h"
#include "setup/store/base.h"
#include "setup/store/batch.h"
#include "setup/store/opening.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>

struct thread {
        pthread_t id;
        pid_t process; /* a fork has no thread */
        pthread_mutex_t lock;
        pthread_cond_t asked, gone;
        struct requests queue, running, done;
        int fd;
        bool stop, ended, left; /* left: nobody waits for the end */
        struct base *base;
};

static void release(struct thread *t)
{
        struct request *r;

        while ((r = requests_take(&t->queue)) || (r = requests_take(&t->running)) ||
               (r = requests_take(&t->done)))
                request_free(r);
        (void)close(t->fd);
        (void)pthread_cond_destroy(&t->asked);
        (void)pthread_cond_destroy(&t->gone);
        (void)pthread_mutex_destroy(&t->lock);
        free(t);
}

static struct timespec in_ms(unsigned ms)
{
        struct timespec at;

        (void)clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += ms / 1000;
        at.tv_nsec += (long)(ms % 1000) * 1000000;
        if (at.tv_nsec >= 1000000000) {
                at.tv_sec++;
                at.tv_nsec -= 1000000000;
        }
        return at;
}

/* Until there is something to do; with the lock. False: the base may use the quiet. */
static bool wait_for_work(struct thread *t)
{
        struct timespec quiet = in_ms(base_rest_ms(t->base));

        while (!t->queue.first && !t->stop) {
                if (base_rest_ms(t->base) == 0)
                        (void)pthread_cond_wait(&t->asked, &t->lock);
                else if (pthread_cond_timedwait(&t->asked, &t->lock, &quiet) == ETIMEDOUT)
                        return t->queue.first || t->stop;
        }
        return true;
}

/* With the lock: what is done goes out, what is not at its end goes behind what came meanwhile. */
static void hand_out(struct thread *t)
{
        struct request *r;

        while ((r = requests_take(&t->running))) {
                if (!r->again || t->stop) {
                        if (!t->done.first)
                                (void)eventfd_write(t->fd, 1);
                        requests_add(&t->done, r);
                        continue;
                }
                r->again = false;
                requests_add(&t->queue, r);
        }
}

static void work(struct thread *t)
{
        while (t->queue.first || !t->stop) {
                if (!wait_for_work(t)) {
                        (void)pthread_mutex_unlock(&t->lock);
                        base_rest(t->base);
                        (void)pthread_mutex_lock(&t->lock);
                        continue;
                }
                requests_move(&t->running, &t->queue);
                (void)pthread_mutex_unlock(&t->lock);
                batch_commit(t->base, t->running.first);
                (void)pthread_mutex_lock(&t->lock);
                hand_out(t);
        }
}

static void *run(void *argument)
{
        struct thread *t = argument;
        bool left;

        (void)pthread_mutex_lock(&t->lock);
        work(t);
        (void)pthread_mutex_unlock(&t->lock);
        t->base = base_close(t->base);
        (void)pthread_mutex_lock(&t->lock);
        t->ended = true;
        left = t->left;
        (void)pthread_cond_signal(&t->gone);
        (void)pthread_mutex_unlock(&t->lock);
        if (left)
                release(t);
        return NULL;
}

static int init(struct thread *t)
{
        pthread_condattr_t monotonic;

        t->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (t->fd < 0)
                return -errno;
        (void)pthread_condattr_init(&monotonic);
        (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&t->asked, &monotonic);
        (void)pthread_cond_init(&t->gone, &monotonic);
        (void)pthread_condattr_destroy(&monotonic);
        (void)pthread_mutex_init(&t->lock, NULL);
        t->process = getpid();
        return 0;
}

int thread_start(struct base *base, struct thread **ret)
{
        struct thread *t = calloc(1, sizeof(*t));
        sigset_t all, before;
        int r;

        if (!t)
                return -ENOMEM;
        r = init(t);
        if (r < 0) {
                free(t);
                return r;
        }
        t->base = base;
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&t->id, NULL, run, t);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r != 0) {
                release(t);
                return -r;
        }
        *ret = t;
        return 0;
}

struct thread *thread_free(struct thread *t, unsigned limit_ms)
{
        struct timespec until = in_ms(limit_ms);
        bool ended;

        if (!t)
                return NULL;
        (void)pthread_mutex_lock(&t->lock);
        t->stop = true;
        (void)pthread_cond_signal(&t->asked);
        while (!t->ended && pthread_cond_timedwait(&t->gone, &t->lock, &until) == 0)
                ;
        ended = t->ended;
        t->left = !ended;
        (void)pthread_mutex_unlock(&t->lock);
        if (!ended) {
                (void)pthread_detach(t->id);
                return NULL;
        }
        (void)pthread_join(t->id, NULL);
        release(t);
        return NULL;
}

void thread_forget(struct thread *t, void (*forget)(struct request *r))
{
        (void)pthread_mutex_lock(&t->lock);
        for (struct request *r = t->queue.first; r; r = r->next)
                forget(r);
        for (struct request *r = t->running.first; r; r = r->next)
                forget(r);
        for (struct request *r = t->done.first; r; r = r->next)
                forget(r);
        (void)pthread_mutex_unlock(&t->lock);
}

void thread_give(struct thread *t, struct requests *list)
{
        (void)pthread_mutex_lock(&t->lock);
        requests_move(&t->queue, list);
        (void)pthread_cond_signal(&t->asked);
        (void)pthread_mutex_unlock(&t->lock);
}

struct request *thread_take(struct thread *t)
{
        struct request *r;
        eventfd_t drained;

        (void)pthread_mutex_lock(&t->lock);
        r = requests_take(&t->done);
        if (!t->done.first)
                (void)eventfd_read(t->fd, &drained);
        (void)pthread_mutex_unlock(&t->lock);
        return r;
}

bool thread_is_here(const struct thread *t)
{
        return t->process == getpid();
}

int thread_fd(const struct thread *t)
{
        return t->fd;
}
