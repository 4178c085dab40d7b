/* SPDX-License-Identifier: Apache-2.0 */

/* The radio tells whole lists, often the same one again; here they are put in order and compared. What was
 * heard is anybody's text: it is cleaned here, before anybody sees it. */

#include "setup/ports/heard.h"
#include "proto/base/text.h"
#include <errno.h>
#include <string.h>

struct heard {
        const struct heard_events *events;
        void *userdata;
        struct op *listening;
        struct heard_device device[HEARD_MAX];
        size_t n;
};

static int compare(const void *a, const void *b)
{
        const struct heard_device *x = a, *y = b;
        int rx = x->rssi ? x->rssi : -128, ry = y->rssi ? y->rssi : -128;

        return rx != ry ? ry - rx : strcmp(x->address, y->address);
}

static void clean(struct heard_device *d)
{
        text_clean(d->name);
        text_clean(d->address);
        text_clean(d->setup_code);
}

static void on_heard(void *userdata, const struct answer *a, const struct heard_device *list, size_t n)
{
        struct heard_device sorted[HEARD_MAX];
        struct heard *h = userdata;

        if (a->trouble.fault != FAULT_NONE) {
                h->events->failed(h->userdata, &a->trouble);
                return;
        }
        if (n > 0)
                memcpy(sorted, list, n * sizeof(*list));
        for (size_t i = 0; i < n; i++)
                clean(&sorted[i]);
        qsort(sorted, n, sizeof(*sorted), compare);
        if (n == h->n && memcmp(sorted, h->device, n * sizeof(*sorted)) == 0)
                return;
        memcpy(h->device, sorted, n * sizeof(*sorted));
        h->n = n;
        h->events->changed(h->userdata);
}

int heard_new(struct radio *radio, const struct heard_events *events, void *userdata, struct heard **ret)
{
        struct heard *h = calloc(1, sizeof(*h));
        int r;

        if (!h)
                return -ENOMEM;
        h->events = events;
        h->userdata = userdata;
        r = radio->ops->listen(radio, on_heard, h, &h->listening);
        if (r < 0) {
                free(h);
                return r;
        }
        *ret = h;
        return 0;
}

struct heard *heard_free(struct heard *h)
{
        if (!h)
                return NULL;
        op_free(h->listening);
        free(h);
        return NULL;
}

const struct heard_device *heard_at(const struct heard *h, size_t i)
{
        return i < h->n ? &h->device[i] : NULL;
}
