/* SPDX-License-Identifier: Apache-2.0 */

/* Between the antennas: connection events, and the mishaps that count bytes. With an interval, data waits
 * for the next event of the grid that began with the connection; at most `packets` each way fit into one,
 * and each takes a millisecond of air, so that the device can read between them. */

#include "tests/sim/device/device-private.h"
#include <errno.h>

enum { PACKETS_PER_EVENT = 4, PACKET_AIR_MS = 1 };

static unsigned per_event(const struct vdevice *d)
{
        return d->config.packets ? d->config.packets : PACKETS_PER_EVENT;
}

static void free_packets(struct packets *q)
{
        while (q->head) {
                struct packet *p = q->head;

                q->head = p->next;
                free(p);
        }
        *q = (struct packets){ 0 };
}

static int push(struct packets *q, unsigned link, const uint8_t *data, size_t len)
{
        struct packet *p = calloc(1, sizeof(*p));

        if (!p)
                return -ENOMEM;
        p->link = link;
        p->at_ms = timer_now_ms();
        p->len = len;
        memcpy(p->data, data, len);
        if (!q->head)
                q->tail = &q->head;
        *q->tail = p;
        q->tail = &p->next;
        q->n++;
        return 0;
}

static struct packet *pop(struct packets *q)
{
        struct packet *p = q->head;

        if (p) {
                q->head = p->next;
                q->n--;
        }
        return p;
}

void vd_air_clear(struct vdevice *d)
{
        free_packets(&d->radio.air.in);
        free_packets(&d->radio.air.out);
        d->radio.air.in_event = false;
        d->radio.air.timer = timer_free(d->radio.air.timer);
}

/* What is left of `len` bytes before the mishap's limit; *ret_reached says that the limit is there. */
static size_t limit(struct vdevice *d, enum mishap_kind kind, uint64_t before, size_t len, bool *ret_reached)
{
        struct mishap *m = vd_mishap(d, kind);

        if (!m || before + len < m->arg)
                return len;
        *ret_reached = true;
        return before >= m->arg ? 0 : (size_t)(m->arg - before);
}

static void arrive(struct vdevice *d, const uint8_t *data, size_t len)
{
        struct radio *radio = &d->radio;
        bool lost = false;

        len = limit(d, MISHAP_DROP_AFTER_RX, radio->rx, len, &lost);
        len = limit(d, MISHAP_DROP_AFTER_BYTES, radio->rx + radio->tx, len, &lost);
        radio->rx += len;
        if (len > 0)
                vd_channel_received(d, data, len);
        if (lost)
                vd_radio_drop_current(d);
}

static void leave(struct vdevice *d, unsigned link, const uint8_t *data, size_t len)
{
        struct radio *radio = &d->radio;
        bool lost = false, silent = false;

        len = limit(d, MISHAP_DROP_AFTER_TX, radio->tx, len, &lost);
        len = limit(d, MISHAP_DROP_AFTER_BYTES, radio->rx + radio->tx, len, &lost);
        len = limit(d, MISHAP_SILENT_AFTER_BYTES, radio->tx, len, &silent);
        radio->tx += len;
        if (lost)
                vd_radio_drop_current(d);
        if (len > 0)
                d->ops.notify(d->userdata, link, data, len);
}

/* What came up during a connection event waits for the next one. */
static bool may_pass(const struct air *air, const struct packets *q, unsigned done, unsigned max)
{
        return q->head && done < max && q->head->at_ms < air->event_ms;
}

static void on_air(void *userdata);

static void plan(struct vdevice *d)
{
        struct air *air = &d->radio.air;
        uint64_t since_ms, wait_ms;

        if (air->timer || (!air->in.head && !air->out.head))
                return;
        since_ms = timer_now_ms() - air->origin_ms;
        wait_ms = air->in_event ? PACKET_AIR_MS : d->config.interval_ms - since_ms % d->config.interval_ms;
        vd_arm(d, &air->timer, wait_ms, on_air, d);
}

/* One packet each way, at most. */
static void on_air(void *userdata)
{
        struct vdevice *d = userdata;
        struct air *air = &d->radio.air;
        struct packet *in = NULL, *out = NULL;

        air->timer = timer_free(air->timer);
        if (!air->in_event) {
                air->event_ms = timer_now_ms();
                air->done_in = air->done_out = 0;
        }
        if (may_pass(air, &air->in, air->done_in, per_event(d)))
                in = pop(&air->in);
        if (may_pass(air, &air->out, air->done_out, per_event(d)))
                out = pop(&air->out);
        air->done_in += in != NULL;
        air->done_out += out != NULL;
        air->in_event = may_pass(air, &air->in, air->done_in, per_event(d)) ||
                        may_pass(air, &air->out, air->done_out, per_event(d));
        if (in)
                arrive(d, in->data, in->len);
        if (out && d->radio.current)
                leave(d, out->link, out->data, out->len);
        free(in);
        free(out);
        plan(d);
        vd_wake(d);
}

void vd_air_receive(struct vdevice *d, const uint8_t *data, size_t len)
{
        int r;

        if (d->config.interval_ms == 0) {
                arrive(d, data, len);
                return;
        }
        r = push(&d->radio.air.in, d->radio.current->id, data, len);
        if (r < 0)
                vd_fail(d, r);
        plan(d);
}

bool vd_air_has_room(const struct vdevice *d)
{
        return d->config.interval_ms == 0 || d->radio.air.out.n < per_event(d);
}

void vd_air_send(struct vdevice *d, const uint8_t *data, size_t len)
{
        int r;

        if (d->config.interval_ms == 0) {
                leave(d, d->radio.current->id, data, len);
                return;
        }
        r = push(&d->radio.air.out, d->radio.current->id, data, len);
        if (r < 0)
                vd_fail(d, r);
        plan(d);
}
