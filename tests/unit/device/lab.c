/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/unit/device/lab.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "proto/message.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MTU = 247, PATIENCE_MS = 200000 };

static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        struct lab *l = userdata;

        assert_true(len <= MTU - 3 && link == l->link);
        l->notifications++;
        l->last_notify_ms = timer_now_ms();
        if (l->client)
                l->client_error = client_feed(l->client, data, len);
        else
                assert_int_equal(buf_append(&l->heard, data, len), 0);
}

static void on_drop(void *userdata, unsigned link)
{
        struct lab *l = userdata;

        assert_true(l->up[link]);
        l->up[link] = false;
        l->drops++;
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct lab *l = userdata;

        l->advert = *advert;
        l->advertising = advert->on;
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct lab *l = userdata;

        l->online++;
        l->full_handshake = online->full_handshake;
        l->with_code = online->claim_code != NULL;
        if (online->claim_code)
                (void)snprintf(l->code, sizeof(l->code), "%s", secret_text(online->claim_code));
}

static void on_offline(void *userdata)
{
        ((struct lab *)userdata)->offline++;
}

void lab_init(struct lab *l, const struct lab_config *config)
{
        static const struct vdevice_ops ops = {
                on_notify, on_drop, on_advertise, on_online, on_offline, NULL
        };
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct vdevice_config c = config->device;
        _cleanup_(freep) char *why = NULL;

        *l = (struct lab){ .heard = buf_init(4096), .reply = buf_init(65536) };
        if (config->world)
                assert_int_equal(world_parse(config->world, &why, &l->world), 0);
        else
                assert_int_equal(world_new(&l->world), 0);
        assert_int_equal(secret_new(LAB_SECRET, strlen(LAB_SECRET), &secret), 0);
        c.platform = platform_by_key(config->platform ? config->platform : "argon");
        assert_non_null(c.platform);
        assert_int_equal(os_version_parse(config->os ? config->os : "6.2.0", &c.os), 0);
        c.serial = "ARNKAB000ABCDEF";
        c.mobile_secret = secret;
        c.world = l->world;
        c.mishaps = config->mishap;
        c.n_mishaps = config->n_mishaps;
        assert_int_equal(vdevice_new(&c, &ops, l, &l->device), 0);
        timer_virtual_advance(10);
}

void lab_done(struct lab *l)
{
        client_free(l->client);
        vdevice_free(l->device);
        world_free(l->world);
        buf_done(&l->heard);
        buf_done(&l->reply);
        assert_int_equal(timer_virtual_pending(), 0);
}

unsigned lab_connect(struct lab *l)
{
        uint8_t version;

        l->client = client_free(l->client);
        buf_consume(&l->heard, l->heard.len);
        l->link++;
        assert_true(l->link < LAB_LINKS);
        assert_int_equal(vdevice_link_up(l->device, l->link, MTU, &version), 0);
        l->up[l->link] = true;
        vdevice_subscribe(l->device, l->link, true);
        return l->link;
}

static void send_all(struct lab *l)
{
        uint8_t packet[MTU - 3];
        size_t len;

        while (l->up[l->link] && client_take_write(l->client, packet, sizeof(packet), &len) == 0)
                assert_int_equal(vdevice_write(l->device, l->link, packet, len), 0);
        if (client_is_stalled(l->client))
                assert_int_equal(client_relieve(l->client), 0);
}

/* Until there is an event, the link ends, the client fails, or nothing happens for too long. */
static int next_event(struct lab *l, struct client_event *ret)
{
        uint64_t until_ms = timer_now_ms() + PATIENCE_MS;
        int r;

        for (;;) {
                send_all(l);
                r = client_next_event(l->client, ret);
                if (r != -EAGAIN)
                        return r;
                if (!l->up[l->link])
                        return -ENOTCONN;
                if (timer_now_ms() > until_ms || !timer_virtual_step())
                        return -ETIMEDOUT;
        }
}

bool lab_open(struct lab *l, const char *text)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct client_event e;

        lab_connect(l);
        assert_int_equal(secret_new(text, strlen(text), &secret), 0);
        assert_int_equal(client_new(secret, MTU - 3, NULL, &l->client), 0);
        return next_event(l, &e) == 0 && e.kind == CLIENT_OPENED;
}

int32_t lab_ask(struct lab *l, uint16_t type, const uint8_t *payload, size_t len)
{
        struct client_event e;
        uint16_t id;
        int r;

        assert_int_equal(client_request(l->client, type, payload, len, &id), 0);
        r = next_event(l, &e);
        if (r == -ETIMEDOUT)
                return LAB_SILENT;
        if (r < 0)
                return LAB_LOST;
        assert_int_equal(e.id, id);
        buf_consume(&l->reply, l->reply.len);
        assert_int_equal(buf_append(&l->reply, e.payload, e.len), 0);
        return e.result;
}

int32_t lab_ask_body(struct lab *l, uint16_t type, struct buf *body)
{
        int32_t r = lab_ask(l, type, body->data, body->len);

        buf_done(body);
        return r;
}

int32_t lab_join(struct lab *l, const char *ssid, int security, const char *password, bool hidden)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct message_join m = { .ssid_len = strlen(ssid), .security = security, .hidden = hidden };
        struct buf body = buf_init(512);

        memcpy(m.ssid, ssid, m.ssid_len);
        if (password) {
                m.credentials = WIFI_CREDENTIALS_PASSWORD;
                assert_int_equal(secret_new(password, strlen(password), &secret), 0);
        }
        assert_int_equal(message_encode_join_new_network_request(&m, secret, &body), 0);
        return lab_ask_body(l, CONTROL_WIFI_JOIN_NEW_NETWORK, &body);
}

static bool is_online(void *userdata)
{
        return lab_facts(userdata).online;
}

bool lab_wait_online(struct lab *l, uint64_t ms)
{
        return timer_virtual_run(is_online, l, ms);
}

struct vdevice_facts lab_facts(const struct lab *l)
{
        struct vdevice_facts f;

        vdevice_facts(l->device, &f);
        return f;
}
