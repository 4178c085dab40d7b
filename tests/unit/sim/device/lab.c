/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies are made with proto/message, the device reads them with its own protobuf: numbers that disagree
 * show up here. */

#include "tests/unit/sim/device/lab.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>

static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        struct lab *l = userdata;

        assert_true(len > 0 && len <= LAB_VALUE);
        l->notifications++;
        l->notified_ms = timer_now_ms();
        if (len > l->longest)
                l->longest = len;
        if (link == l->link)
                assert_int_equal(buf_append(&l->in, data, len), 0);
}

static void on_drop(void *userdata, unsigned link)
{
        ((struct lab *)userdata)->lost = link;
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct lab *l = userdata;

        l->advert = *advert;
        snprintf(l->advert_name, sizeof(l->advert_name), "%s", advert->name);
        l->adverts++;
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct lab *l = userdata;

        l->online++;
        l->full_handshake = online->full_handshake;
        snprintf(l->claim_code, sizeof(l->claim_code), "%s",
                 online->claim_code ? secret_text(online->claim_code) : "");
}

static void on_offline(void *userdata)
{
        ((struct lab *)userdata)->offline++;
}

static void on_handled(void *userdata, uint16_t type, int32_t result)
{
        (void)type;
        (void)result;
        ((struct lab *)userdata)->handled++;
}

static void on_effect(void *userdata, const struct vdevice_effect *e)
{
        struct lab *l = userdata;

        l->effects++;
        (void)snprintf(l->effect, sizeof(l->effect), "%s %.*s%s", e->name, (int)e->to_len,
                       e->to ? (const char *)e->to : "", e->changed ? "" : " again");
}

static const struct vdevice_ops ops = {
        .notify = on_notify,
        .drop_link = on_drop,
        .advertise = on_advertise,
        .online = on_online,
        .offline = on_offline,
        .handled = on_handled,
        .effect = on_effect,
};

void lab_run(uint64_t ms)
{
        timer_virtual_advance(ms);
}

void lab_start(struct lab *l, const struct lab_config *config)
{
        static const struct lab_config plain;
        static struct vdevice_timing at_once;
        _cleanup_(freep) char *why = NULL;
        struct vdevice_config c;
        char serial[16];

        if (!config)
                config = &plain;
        memset(l, 0, sizeof(*l));
        c = config->device;
        assert_int_equal(secret_init(), 0);
        assert_int_equal(secret_new(LAB_SECRET, strlen(LAB_SECRET), &l->secret), 0);
        if (config->world)
                assert_int_equal(world_parse(config->world, &why, &l->world), 0);
        else
                assert_int_equal(world_new(&l->world), 0);
        c.platform = platform_by_key(config->platform ? config->platform : "argon");
        assert_non_null(c.platform);
        assert_int_equal(os_version_parse(config->os ? config->os : "6.2.0", &c.os), 0);
        snprintf(serial, sizeof(serial), "%sAB12345A0DE", c.platform->serial_prefix);
        c.serial = serial;
        c.mobile_secret = l->secret;
        c.world = l->world;
        if (!c.timing) {
                at_once = vdevice_timing_default;
                at_once.loop_ms = 0;
                c.timing = &at_once;
        }
        c.mishaps = config->mishap;
        c.n_mishaps = config->n_mishaps;
        l->in = buf_init(1024 * 1024);
        l->payload = buf_init(SESSION_MAX_PAYLOAD);
        assert_int_equal(vdevice_new(&c, &ops, l, &l->device), 0);
        lab_run(0);
}

void lab_done(struct lab *l)
{
        assert_int_equal(vdevice_error(l->device), 0);
        l->device = vdevice_free(l->device);
        assert_int_equal(timer_virtual_pending(), 0);
        l->session = session_free(l->session);
        l->world = world_free(l->world);
        l->secret = secret_free(l->secret);
        buf_done(&l->in);
        buf_done(&l->payload);
}

/* link */

int lab_link_up(struct lab *l, unsigned mtu)
{
        int r = vdevice_link_up(l->device, l->links + 1, mtu, &l->version);

        if (r < 0)
                return r;
        l->link = ++l->links;
        l->value = mtu - 3;
        l->lost = 0;
        l->session = session_free(l->session);
        buf_consume(&l->in, l->in.len);
        vdevice_subscribe(l->device, l->link, true);
        return 0;
}

void lab_link_down(struct lab *l)
{
        vdevice_link_down(l->device, l->link);
        l->link = 0;
        lab_run(0);
}

bool lab_has_link(const struct lab *l)
{
        return l->link > 0 && l->lost != l->link;
}

int lab_write(struct lab *l, const uint8_t *data, size_t len)
{
        int r = 0;

        while (len > 0 && r == 0) {
                size_t n = len < l->value ? len : l->value;

                r = vdevice_write(l->device, l->link, data, n);
                data += n;
                len -= n;
                if (l->paced)
                        lab_run(1);
        }
        return r;
}

bool lab_is_dropped(struct lab *l, uint64_t limit_ms)
{
        uint64_t until_ms = timer_now_ms() + limit_ms;

        lab_run(0);
        while (lab_has_link(l) && timer_now_ms() < until_ms)
                lab_run(1);
        return !lab_has_link(l);
}

/* session */

static void write_taken(struct lab *l)
{
        _cleanup_(buf_done) struct buf out = buf_init(4096);

        assert_int_equal(session_take(l->session, &out), 0);
        if (out.len > 0)
                (void)lab_write(l, out.data, out.len);
}

bool lab_try_open(struct lab *l, uint64_t limit_ms)
{
        uint64_t until_ms = timer_now_ms() + limit_ms;
        size_t used;

        if (lab_link_up(l, l->value ? (unsigned)l->value + 3 : LAB_MTU) < 0)
                return false;
        assert_int_equal(session_new(SESSION_CLIENT, l->secret, NULL, &l->session), 0);
        write_taken(l);
        while (session_state(l->session) == SESSION_HANDSHAKE && lab_has_link(l) &&
               timer_now_ms() < until_ms) {
                if (l->in.len > 0) {
                        used = 0;
                        if (session_feed(l->session, l->in.data, l->in.len, &used) < 0)
                                return false;
                        buf_consume(&l->in, used);
                        write_taken(l);
                        lab_run(0);
                } else {
                        lab_run(1);
                }
        }
        return session_state(l->session) == SESSION_OPEN && lab_has_link(l);
}

void lab_open(struct lab *l)
{
        assert_true(lab_try_open(l, LAB_MINUTE));
}

/* requests */

uint16_t lab_send(struct lab *l, uint16_t type, const struct buf *body)
{
        _cleanup_(buf_done) struct buf out = buf_init(SESSION_MAX_PAYLOAD + 32);
        struct session_header header = { .id = ++l->id, .type = type };

        assert_int_equal(
                session_seal(l->session, &header, body ? body->data : NULL, body ? body->len : 0, &out), 0);
        (void)lab_write(l, out.data, out.len);
        return l->id;
}

static bool take_reply(struct lab *l, int32_t *ret_result)
{
        struct session_header header;
        size_t used = 0;
        int r;

        buf_consume(&l->payload, l->payload.len);
        r = session_open(l->session, l->in.data, l->in.len, &header, &l->payload, &used);
        if (r == -EAGAIN)
                return false;
        assert_int_equal(r, 0);
        buf_consume(&l->in, used);
        l->reply_id = header.id;
        *ret_result = header.result;
        return true;
}

int32_t lab_next(struct lab *l, uint64_t limit_ms)
{
        uint64_t until_ms = timer_now_ms() + limit_ms;
        int32_t result = 0;

        lab_run(0);
        while (!take_reply(l, &result)) {
                if (!lab_has_link(l))
                        return LAB_LOST;
                assert_true(timer_now_ms() < until_ms);
                lab_run(1);
        }
        return result;
}

void lab_silent(struct lab *l, uint64_t ms)
{
        int32_t result;

        lab_run(ms);
        assert_false(take_reply(l, &result));
}

int32_t lab_ask(struct lab *l, uint16_t type, const struct buf *body)
{
        uint16_t id = lab_send(l, type, body);
        int32_t result = lab_next(l, 2 * LAB_MINUTE);

        if (result != LAB_LOST)
                assert_int_equal(l->reply_id, id);
        return result;
}

int32_t lab_ask_bytes(struct lab *l, uint16_t type, const void *body, size_t len)
{
        _cleanup_(buf_done) struct buf b = buf_init(len);

        assert_int_equal(buf_append(&b, body, len), 0);
        return lab_ask(l, type, &b);
}

int32_t lab_join(struct lab *l, const char *ssid, int security, const char *password, bool hidden)
{
        _cleanup_(buf_done) struct buf body = buf_init(512);
        _cleanup_(secret_freep) struct secret *s = NULL;
        struct message_join m = {
                .ssid_len = strlen(ssid),
                .security = security,
                .credentials = password ? WIFI_CREDENTIALS_PASSWORD : WIFI_NO_CREDENTIALS,
                .hidden = hidden,
        };

        memcpy(m.ssid, ssid, m.ssid_len);
        if (password)
                assert_int_equal(secret_new(password, strlen(password), &s), 0);
        assert_int_equal(message_encode_join_new_network_request(&m, s, &body), 0);
        return lab_ask(l, CONTROL_WIFI_JOIN_NEW_NETWORK, &body);
}

int lab_cloud_status(struct lab *l)
{
        int status;

        assert_int_equal(lab_ask(l, CONTROL_CLOUD_GET_CONNECTION_STATUS, NULL), 0);
        assert_int_equal(
                message_decode_get_connection_status_reply(l->payload.data, l->payload.len, &status), 0);
        return status;
}

bool lab_wait_online(struct lab *l, uint64_t limit_ms)
{
        uint64_t until_ms = timer_now_ms() + limit_ms;

        while (!lab_facts(l).online && timer_now_ms() < until_ms)
                lab_run(10);
        return lab_facts(l).online;
}

bool lab_is_listening(struct lab *l)
{
        return lab_facts(l).listening;
}

struct vdevice_facts lab_facts(const struct lab *l)
{
        struct vdevice_facts f;

        vdevice_facts(l->device, &f);
        return f;
}
