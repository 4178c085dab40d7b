/* SPDX-License-Identifier: Apache-2.0 */

/* Connection events happen at anchor + k * interval. The timer runs only while something waits, so that idle
 * links cost nothing; its times are counted in microseconds, because 7.5 ms is the interval that matters.
 *
 * Within one event the packets that were waiting before it go to the host, then the host's go to the device:
 * an answer to what arrives now leaves at the next event, as with a real peripheral. */

#include "tests/sim/vhci/air.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "tests/sim/vhci/hci.h"
#include <errno.h>

struct packet {
        struct packet *next;
        bool continues;
        size_t len;
        uint8_t data[];
};

struct queue {
        struct packet *first, **last;
        unsigned n;
};

struct air_link {
        struct air_config config;
        const struct air_ops *ops;
        void *userdata;
        struct queue to_device, to_host;
        uint64_t anchor_us;
        struct timer *timer;
        uint8_t frame[L2CAP_FRAME_MAX];
        size_t frame_len;
        uint32_t random;
};

static void on_event(void *userdata);

/* queues */
static int queue_put(struct queue *q, bool continues, const void *head, size_t head_len, const void *data,
                     size_t len)
{
        struct packet *p = malloc(sizeof(*p) + head_len + len);

        if (!p)
                return -ENOMEM;
        p->next = NULL;
        p->continues = continues;
        p->len = head_len + len;
        if (head_len > 0)
                memcpy(p->data, head, head_len);
        if (len > 0)
                memcpy(p->data + head_len, data, len);
        *q->last = p;
        q->last = &p->next;
        q->n++;
        return 0;
}

static struct packet *queue_take(struct queue *q)
{
        struct packet *p = q->first;

        q->first = p->next;
        q->n--;
        if (!q->first)
                q->last = &q->first;
        return p;
}

static void queue_done(struct queue *q)
{
        while (q->first)
                free(queue_take(q));
}

/* life */
int air_link_new(const struct air_config *config, const struct air_ops *ops, void *userdata,
                 struct air_link **ret)
{
        struct air_link *l = calloc(1, sizeof(*l));

        if (!l)
                return -ENOMEM;
        l->config = *config;
        l->ops = ops;
        l->userdata = userdata;
        l->to_device.last = &l->to_device.first;
        l->to_host.last = &l->to_host.first;
        l->anchor_us = timer_now_ms() * 1000;
        l->random = 0x2545f491u ^ config->handle; /* the same losses in every run */
        *ret = l;
        return 0;
}

struct air_link *air_link_free(struct air_link *l)
{
        if (!l)
                return NULL;
        timer_free(l->timer);
        queue_done(&l->to_device);
        queue_done(&l->to_host);
        free(l);
        return NULL;
}

/* connection events */
static void plan(struct air_link *l)
{
        uint64_t now_us = timer_now_ms() * 1000, next_us;

        if (l->timer || l->to_device.n + l->to_host.n == 0)
                return;
        next_us =
                l->anchor_us + ((now_us - l->anchor_us) / l->config.interval_us + 1) * l->config.interval_us;
        (void)timer_new(l->config.loop, (next_us - now_us + 999) / 1000, on_event, l, &l->timer);
}

static bool is_lost(struct air_link *l)
{
        l->random ^= l->random << 13;
        l->random ^= l->random >> 17;
        l->random ^= l->random << 5;
        return l->random % 100 < l->config.loss_percent;
}

/* Puts a packet from the host to the frame; a whole one goes to the device. */
static void assemble(struct air_link *l, const struct packet *p)
{
        size_t need;

        if (!p->continues)
                l->frame_len = 0;
        if (p->len > sizeof(l->frame) - l->frame_len) {
                l->frame_len = 0;
                return;
        }
        memcpy(l->frame + l->frame_len, p->data, p->len);
        l->frame_len += p->len;
        if (l->frame_len < 4)
                return;
        need = 4 + (size_t)le16_get(l->frame);
        if (l->frame_len < need)
                return;
        l->frame_len = 0;
        l->ops->frame(l->userdata, le16_get(l->frame + 2), l->frame + 4, need - 4);
}

static void on_event(void *userdata)
{
        struct air_link *l = userdata;
        unsigned up = l->to_host.n < l->config.packets ? l->to_host.n : l->config.packets;
        unsigned down = l->to_device.n < l->config.packets ? l->to_device.n : l->config.packets, done = 0;

        l->timer = timer_free(l->timer);
        while (up-- > 0 && !is_lost(l)) {
                _cleanup_(freep) struct packet *p = queue_take(&l->to_host);

                l->ops->to_host(l->userdata, p->data, p->len);
        }
        for (; done < down && !is_lost(l); done++) {
                _cleanup_(freep) struct packet *p = queue_take(&l->to_device);

                assemble(l, p);
        }
        if (done > 0)
                l->ops->completed(l->userdata, l->config.handle, done);
        plan(l);
}

/* data */
int air_link_from_host(struct air_link *l, bool continues, const uint8_t *data, size_t len)
{
        int r;

        if (l->to_device.n >= HCI_ACL_PACKETS)
                return -ENOBUFS;
        r = queue_put(&l->to_device, continues, NULL, 0, data, len);
        plan(l);
        return r;
}

int air_link_from_device(struct air_link *l, unsigned cid, const uint8_t *data, size_t len)
{
        uint8_t frame[4 + L2CAP_FRAME_MAX], head[4];
        size_t n, off = 0, total = len + 4;
        int r = 0;

        if (len > L2CAP_FRAME_MAX)
                return -EMSGSIZE;
        le16_put(frame, (uint16_t)len);
        le16_put(frame + 2, (uint16_t)cid);
        memcpy(frame + 4, data, len);
        for (; off < total && r == 0; off += n) {
                n = total - off < HCI_ACL_MTU ? total - off : HCI_ACL_MTU;
                /* packet boundary flag: 2 = first of a frame, 1 = continuing */
                le16_put(head, (uint16_t)(l->config.handle | (off == 0 ? 0x2000 : 0x1000)));
                le16_put(head + 2, (uint16_t)n);
                r = queue_put(&l->to_host, off > 0, head, sizeof(head), frame + off, n);
        }
        plan(l);
        return r;
}

void air_link_set_interval(struct air_link *l, uint32_t interval_us)
{
        l->config.interval_us = interval_us;
        l->anchor_us = timer_now_ms() * 1000;
        l->timer = timer_free(l->timer);
        plan(l);
}

void air_link_set_loss(struct air_link *l, unsigned percent)
{
        l->config.loss_percent =
                percent < 95 ? percent : 95; /* a link that never gets through has other faults */
}

unsigned air_link_pending(const struct air_link *l)
{
        return l->to_host.n;
}
