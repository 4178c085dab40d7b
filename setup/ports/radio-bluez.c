/* SPDX-License-Identifier: Apache-2.0 */

/* A thin coat over ble/central.h: answers change their type, links their callbacks. */

#include "ble/central.h"
#include "setup/ports/airtime.h"
#include "setup/ports/radio-private.h"
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct radio_bluez {
        struct radio radio;
        sd_event *loop;
        struct central *central;
        char adapter[]; /* "" = any that will do */
};

struct bluez_op {
        struct op op;
        struct op *sub;
        answer_fn found;
        radio_connect_fn connected;
        void *userdata;
};

struct bluez_link {
        struct radio_link link;
        struct link *ble;
};

static void bluez_op_free(struct op *op)
{
        struct bluez_op *o = container_of(op, struct bluez_op, op);

        op_free(o->sub);
        free(o);
}

static int bluez_op_new(void *userdata, struct bluez_op **ret)
{
        struct bluez_op *o = calloc(1, sizeof(*o));

        if (!o)
                return -ENOMEM;
        o->op.free = bluez_op_free;
        o->userdata = userdata;
        *ret = o;
        return 0;
}

/* find */
static void on_found(void *userdata, const struct central_found *f)
{
        struct bluez_op *o = userdata;
        struct port_peer peer;
        struct answer a = { .trouble = f->trouble };

        if (f->trouble.fault == FAULT_NONE) {
                peer = (struct port_peer){
                        .name = f->device->name,
                        .address = f->device->address,
                        .rssi = f->device->present ? f->device->rssi : 0,
                };
                a.peer = &peer;
        }
        o->found(o->userdata, &a);
}

static int set_uuid(const char *uuid, char ret[static BLE_UUID_MAX])
{
        if (!uuid)
                return 0;
        if (strlen(uuid) != BLE_UUID_MAX - 1)
                return -EINVAL;
        for (size_t i = 0; i < BLE_UUID_MAX; i++) /* bluetoothd writes them in lower case */
                ret[i] = (char)tolower((unsigned char)uuid[i]);
        return 0;
}

static int mode_of(const struct port_target *target, struct ble_mode *ret)
{
        struct ble_mode m = ble_mode_listening();

        if (set_uuid(target->service_uuid, m.service) < 0 || set_uuid(target->version_uuid, m.version) < 0 ||
            set_uuid(target->tx_uuid, m.tx) < 0 || set_uuid(target->rx_uuid, m.rx) < 0)
                return -EINVAL;
        if (target->company_id)
                m.company = (uint16_t)target->company_id;
        *ret = m;
        return 0;
}

static int want_of(const struct port_target *target, struct ble_want *ret)
{
        static_assert((int)BLE_AVOID_MAX == (int)PORT_AVOID_MAX, "a radio passes over whom the flow names");

        if (strlen(target->setup_code) >= sizeof(ret->setup_code) || target->n_avoid > BLE_AVOID_MAX)
                return -EINVAL;
        memcpy(ret->setup_code, target->setup_code, strlen(target->setup_code));
        for (size_t i = 0; i < target->n_avoid; i++)
                (void)snprintf(ret->avoid[i], sizeof(ret->avoid[i]), "%s", target->avoid[i]);
        return 0;
}

static int bluez_find(struct radio *radio, const struct port_target *target, answer_fn done, void *userdata,
                      struct op **ret)
{
        struct radio_bluez *r = container_of(radio, struct radio_bluez, radio);
        struct bluez_op *o;
        struct ble_want want = {};
        struct ble_mode mode;
        int n;

        n = mode_of(target, &mode);
        if (n == 0)
                n = want_of(target, &want);
        if (n < 0)
                return n;
        n = bluez_op_new(userdata, &o);
        if (n < 0)
                return n;
        o->found = done;
        n = central_find(r->central, &mode, &want, on_found, o, &o->sub);
        if (n < 0) {
                bluez_op_free(&o->op);
                return n;
        }
        *ret = &o->op;
        return 0;
}

/* link */
static void on_data(void *userdata, const uint8_t *data, size_t len)
{
        struct bluez_link *l = userdata;

        l->link.events->on_data(l->link.userdata, data, len);
}

static void on_writable(void *userdata)
{
        struct bluez_link *l = userdata;

        l->link.events->on_writable(l->link.userdata);
}

static void on_lost(void *userdata, const struct trouble *why)
{
        struct bluez_link *l = userdata;

        l->link.events->on_lost(l->link.userdata, why);
}

static int link_write_op(struct radio_link *link, const uint8_t *data, size_t len)
{
        return link_write(container_of(link, struct bluez_link, link)->ble, data, len);
}

static void link_free_op(struct radio_link *link)
{
        struct bluez_link *l = container_of(link, struct bluez_link, link);

        link_free(l->ble);
        free(l);
}

/* connect */

/* Tries have failed one after the other: what is known to do that is told. */
static void blame_airtime(struct trouble *t)
{
        char words[AIRTIME_WORDS_MAX];
        struct airtime a;

        if (airtime_find(&a) < 0)
                return;
        airtime_words(&a, words);
        trouble_add(t, "; %s", words);
}

static void on_connected(void *userdata, const struct central_connected *a)
{
        static const struct radio_link_ops ops = { .write = link_write_op, .free = link_free_op };
        static const struct link_events events = { .data = on_data,
                                                   .writable = on_writable,
                                                   .lost = on_lost };
        struct bluez_op *o = userdata;
        struct bluez_link *l;

        if (a->trouble.fault != FAULT_NONE) {
                struct answer failed = { .trouble = a->trouble };

                if (failed.trouble.fault == FAULT_BT_CONNECT)
                        blame_airtime(&failed.trouble);
                o->connected(o->userdata, &failed, NULL);
                return;
        }
        l = calloc(1, sizeof(*l));
        if (!l) {
                link_free(a->link);
                o->connected(o->userdata, &(struct answer){ .trouble = { FAULT_INTERNAL, "out of memory" } },
                             NULL);
                return;
        }
        l->ble = a->link;
        l->link = (struct radio_link){
                .ops = &ops,
                .max_write = link_max_write(a->link),
                .version = link_version(a->link),
        };
        link_start(l->ble, &events, l); /* delivers from the loop, so after `events` are set */
        o->connected(o->userdata,
                     &(struct answer){ .trouble = a->trouble,
                                       .link = &(struct port_link){ .version = l->link.version,
                                                                    .max_write = l->link.max_write } },
                     &l->link);
}

static int bluez_connect(struct radio *radio, const char *address, radio_connect_fn done, void *userdata,
                         struct op **ret)
{
        struct radio_bluez *r = container_of(radio, struct radio_bluez, radio);
        struct bluez_op *o;
        int n;

        n = bluez_op_new(userdata, &o);
        if (n < 0)
                return n;
        o->connected = done;
        n = central_connect(r->central, address, on_connected, o, &o->sub);
        if (n < 0) {
                bluez_op_free(&o->op);
                return n;
        }
        *ret = &o->op;
        return 0;
}

static uint64_t bluez_waited_ms(const struct op *connecting)
{
        const struct bluez_op *o = container_of(connecting, struct bluez_op, op);

        return o->sub ? central_waited_ms(o->sub) : 0;
}

static int bluez_check(struct radio *radio, answer_fn done, void *userdata, struct op **ret)
{
        struct radio_bluez *r = container_of(radio, struct radio_bluez, radio);

        return radio_bluez_check(r->loop, r->central, *r->adapter ? r->adapter : NULL, done, userdata, ret);
}

static int bluez_listen(struct radio *radio, radio_heard_fn told, void *userdata, struct op **ret)
{
        struct radio_bluez *r = container_of(radio, struct radio_bluez, radio);

        return radio_bluez_listen(r->loop, r->central, told, userdata, ret);
}

/* life */
static void bluez_free(struct radio *radio)
{
        struct radio_bluez *r = container_of(radio, struct radio_bluez, radio);

        central_free(r->central);
        free(r);
}

/* Where this user's record of device objects lives: it must be private, and gone after a reboot as the
 * objects' links are. "" if there is no such place: then a killed process leaves its objects until
 * bluetoothd restarts. */
static void state_dir(size_t size, char *ret)
{
        const char *service = getenv("RUNTIME_DIRECTORY"), *session = getenv("XDG_RUNTIME_DIR");

        *ret = '\0';
        if (service && *service == '/')
                (void)snprintf(ret, size, "%.*s", (int)strcspn(service, ":"), service);
        else if (session && *session == '/')
                (void)snprintf(ret, size, "%s/usher", session);
        else if (geteuid() == 0)
                (void)snprintf(ret, size, "/run/usher");
}

int radio_bluez_new(struct sd_event *loop, const char *adapter, struct radio **ret)
{
        static const struct radio_ops ops = { .check = bluez_check,
                                              .find = bluez_find,
                                              .listen = bluez_listen,
                                              .connect = bluez_connect,
                                              .waited_ms = bluez_waited_ms,
                                              .free = bluez_free };
        struct radio_bluez *r;
        char dir[256];
        int n;

        r = calloc(1, sizeof(*r) + strlen(adapter ? adapter : "") + 1);
        if (!r)
                return -ENOMEM;
        if (adapter)
                memcpy(r->adapter, adapter, strlen(adapter) + 1);
        r->radio.ops = &ops;
        r->loop = loop;
        state_dir(sizeof(dir), dir);
        n = central_new(
                &(struct central_config){ .loop = loop, .adapter = adapter, .state_dir = *dir ? dir : NULL },
                &r->central);
        if (n < 0) {
                free(r);
                return n;
        }
        *ret = &r->radio;
        return 0;
}
