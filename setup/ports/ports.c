/* SPDX-License-Identifier: Apache-2.0 */

/* Radio, device and cloud behind one table. Only what find() saw and connect() brought is kept here. */

#include "setup/ports/ports.h"
#include "setup/ports/context.h"
#include "setup/ports/device.h"
#include "setup/ports/ports-cloud.h"
#include <errno.h>
#include <string.h>

struct usher_ports {
        struct ports ports;
        struct radio *radio; /* the context's */
        struct device *device;
        struct context_cloud *cloud;               /* NULL: no account */
        char *address;                             /* of what find() saw last */
        struct heard_device heard[PORT_HEARD_MAX]; /* while it looked */
        size_t n_heard;
        struct radio_op *connecting; /* NULL: no connect is under way */
        uint64_t waited_ms;          /* of those that have ended */
};

/* find and connect, seen from the flow */
struct radio_op {
        struct op op;
        struct usher_ports *ports;
        answer_fn done;
        void *userdata;
        struct op *inner, *listening;
};

static struct usher_ports *of(struct ports *p)
{
        return container_of(p, struct usher_ports, ports);
}

/* How long the connect under way has waited for others. */
static uint64_t waiting_ms(const struct usher_ports *p)
{
        const struct radio_ops *ops = p->radio->ops;

        return p->connecting && p->connecting->inner && ops->waited_ms ? ops->waited_ms(p->connecting->inner)
                                                                       : 0;
}

static void radio_op_free(struct op *op)
{
        struct radio_op *o = container_of(op, struct radio_op, op);

        if (o == o->ports->connecting) {
                o->ports->waited_ms += waiting_ms(o->ports);
                o->ports->connecting = NULL;
        }
        op_free(o->inner);
        op_free(o->listening);
        free(o);
}

static int radio_op_new(struct ports *p, answer_fn done, void *userdata, struct radio_op **ret)
{
        struct radio_op *o = calloc(1, sizeof(*o));

        if (!o)
                return -ENOMEM;
        *o = (struct radio_op){
                .op.free = radio_op_free, .ports = of(p), .done = done, .userdata = userdata
        };
        *ret = o;
        return 0;
}

static int radio_op_begun(struct radio_op *o, int r, struct op **ret)
{
        if (r < 0)
                radio_op_free(&o->op);
        else
                *ret = &o->op;
        return r;
}

static void on_found(void *userdata, const struct answer *a)
{
        struct radio_op *o = userdata;
        char *address;

        if (a->trouble.fault == FAULT_NONE) {
                address = strdup(a->peer->address);
                if (!address) {
                        o->done(o->userdata, &(struct answer){ .trouble.fault = FAULT_INTERNAL });
                        return;
                }
                free(o->ports->address);
                o->ports->address = address;
        }
        o->done(o->userdata, a);
}

static int by_strength(const void *a, const void *b)
{
        const struct heard_device *x = a, *y = b;

        return (y->rssi ? y->rssi : -128) - (x->rssi ? x->rssi : -128);
}

/* A list that ends in a trouble is no matter: finding meets the same. */
static void on_heard(void *userdata, const struct answer *a, const struct heard_device *list, size_t n)
{
        struct usher_ports *p = ((struct radio_op *)userdata)->ports;
        struct heard_device sorted[HEARD_MAX];

        if (a->trouble.fault != FAULT_NONE || n > HEARD_MAX)
                return;
        if (n > 0)
                memcpy(sorted, list, n * sizeof(*list));
        qsort(sorted, n, sizeof(*sorted), by_strength);
        p->n_heard = n < PORT_HEARD_MAX ? n : PORT_HEARD_MAX;
        memcpy(p->heard, sorted, p->n_heard * sizeof(*sorted));
}

static size_t ports_heard(struct ports *ports, struct port_heard ret[static PORT_HEARD_MAX])
{
        const struct usher_ports *p = of(ports);

        for (size_t i = 0; i < p->n_heard; i++) {
                memcpy(ret[i].name, p->heard[i].name, sizeof(ret[i].name));
                memcpy(ret[i].setup_code, p->heard[i].setup_code, sizeof(ret[i].setup_code));
        }
        return p->n_heard;
}

static void on_connected(void *userdata, const struct answer *a, struct radio_link *link)
{
        struct radio_op *o = userdata;

        if (link)
                device_attach(o->ports->device, link);
        o->done(o->userdata, a);
}

static int ports_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                      struct op **ret)
{
        struct radio *radio = of(p)->radio;
        struct radio_op *o;
        int r;

        r = radio_op_new(p, done, userdata, &o);
        if (r < 0)
                return r;
        of(p)->n_heard = 0;
        r = radio->ops->find(radio, target, on_found, o, &o->inner);
        if (r == 0)
                r = radio->ops->listen(radio, on_heard, o, &o->listening);
        return radio_op_begun(o, r, ret);
}

static int ports_connect(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        struct radio *radio = of(p)->radio;
        struct radio_op *o;
        int r;

        if (!of(p)->address)
                return -EINVAL;
        r = radio_op_new(p, done, userdata, &o);
        if (r < 0)
                return r;
        device_hang_up(of(p)->device);
        of(p)->connecting = o;
        return radio_op_begun(o, radio->ops->connect(radio, of(p)->address, on_connected, o, &o->inner),
                              ret);
}

static uint64_t ports_waited_ms(struct ports *p)
{
        return of(p)->waited_ms + waiting_ms(of(p));
}

static int ports_open(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                      struct op **ret)
{
        return device_open(of(p)->device, mobile_secret, done, userdata, ret);
}

static int ports_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                     void *userdata, struct op **ret)
{
        return device_ask(of(p)->device, requests, n, done, userdata, ret);
}

static void ports_hang_up(struct ports *p)
{
        device_hang_up(of(p)->device);
}

static unsigned ports_exchanges(struct ports *p)
{
        return device_exchanges(of(p)->device);
}

static int ports_cloud(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                       struct op **ret)
{
        return ports_cloud_ask(p->loop, of(p)->cloud ? of(p)->cloud->client : NULL,
                               of(p)->cloud ? of(p)->cloud->news : NULL, query, done, userdata, ret);
}

static const struct ports_ops ops = { ports_find,      ports_heard,     ports_connect,
                                      ports_waited_ms, ports_open,      ports_ask,
                                      ports_hang_up,   ports_exchanges, ports_cloud };

static void link_lost(void *userdata)
{
        struct usher_ports *p = userdata;

        if (p->ports.link_lost)
                p->ports.link_lost(p->ports.userdata);
}

static int open_cloud(struct usher_ports *p, struct context *context,
                      const struct usher_ports_config *config, struct trouble *trouble)
{
        struct cloud_config cloud = { .url = config->cloud_url,
                                      .ca_file = config->cloud_ca,
                                      .proxy = config->cloud_proxy,
                                      .serials_file = config->serials_file,
                                      .token = config->token };
        int r;

        if (!config->token)
                return 0;
        if (cloud_url_check(cloud.url ? cloud.url : CLOUD_URL, trouble) < 0)
                return -EINVAL;
        r = context_cloud_open(context, &cloud, &p->cloud);
        if (r == -EBADMSG)
                return trouble_set(trouble, FAULT_TOKEN_INVALID, "it has characters that no token has");
        if (config->cloud_ca && (r == -ENOENT || r == -EACCES))
                return trouble_set(trouble, FAULT_CONFIG,
                                   "the file with the cloud's certificates (--cloud-ca) cannot be read");
        return r;
}

int usher_ports_new(struct context *context, const struct usher_ports_config *config, struct ports **ret,
                    struct trouble *ret_trouble)
{
        _cleanup_(usher_ports_freep) struct ports *owned = NULL;
        struct usher_ports *p = calloc(1, sizeof(*p));
        int r;

        if (!p)
                return -ENOMEM;
        p->ports.ops = &ops;
        p->ports.loop = context_loop(context);
        owned = &p->ports;
        r = context_radio(context, config->radio, &p->radio, ret_trouble);
        if (r == 0)
                r = device_new(p->ports.loop, link_lost, p, &p->device);
        if (r == 0)
                r = open_cloud(p, context, config, ret_trouble);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(owned);
        return 0;
}

struct ports *usher_ports_free(struct ports *ports)
{
        struct usher_ports *p;

        if (!ports)
                return NULL;
        p = of(ports);
        device_free(p->device);
        context_cloud_close(p->cloud);
        free(p->address);
        free(p);
        return NULL;
}
