/* SPDX-License-Identifier: Apache-2.0 */

/* The device of the scripted world: just enough of each request that the flow's decisions can be told apart
 * by their effect. What the firmware really does is the business of the virtual device. */

#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/fake-ports.h"
#include "tests/wire/far-message.h"
#include <stdio.h>
#include <string.h>

enum { RESTART_MS = 1000 };

bool fake_device_online(const struct fake_ports *f)
{
        bool network = f->wifi.joined || f->device.interfaces[1] == INTERFACE_PPP ||
                       f->device.interfaces[1] == INTERFACE_ETHERNET;

        return network && ((f->device.rtl && f->wifi.joined) || !f->device.listening) &&
               timer_now_ms() >= f->device.free_at_ms + f->takes.online_ms;
}

static const struct message_network *find_air(const struct fake_ports *f, const uint8_t *ssid, size_t len)
{
        for (size_t i = 0; i < f->wifi.air.n; i++)
                if (f->wifi.air.network[i].ssid_len == len &&
                    memcmp(f->wifi.air.network[i].ssid, ssid, len) == 0)
                        return &f->wifi.air.network[i];
        return NULL;
}

/* As the firmware does (device.md 3.9): in place, or behind the others, or in place of the last. */
static void keep(struct fake_ports *f, const struct message_join *m)
{
        struct message_known_networks *k = &f->wifi.kept;
        size_t at = 0;

        while (at < k->n && (k->network[at].ssid_len != m->ssid_len ||
                             memcmp(k->network[at].ssid, m->ssid, m->ssid_len) != 0))
                at++;
        if (at == WIFI_KNOWN_MAX)
                at--;
        else if (at == k->n)
                k->n++;
        k->network[at].ssid_len = m->ssid_len;
        memcpy(k->network[at].ssid, m->ssid, m->ssid_len);
        k->network[at].security = m->security;
        k->network[at].credentials = m->credentials;
}

static int32_t set_credentials(struct fake_ports *f, const struct port_request *q)
{
        _cleanup_(secret_freep) struct secret *password = NULL;
        struct message_join m;

        assert_int_equal(message_decode_join_new_network_request(q->payload, q->len, &m, &password), 0);
        keep(f, &m);
        f->wifi.saved++;
        return 0;
}

static int32_t join(struct fake_ports *f, const struct port_request *q)
{
        struct message_join m;
        _cleanup_(secret_freep) struct secret *password = NULL;
        const struct message_network *ap;

        assert_int_equal(message_decode_join_new_network_request(q->payload, q->len, &m, &password), 0);
        f->wifi.sent = m;
        ap = find_air(f, m.ssid, m.ssid_len);
        if (!ap)
                return CONTROL_NOT_FOUND;
        assert_true((m.credentials == WIFI_CREDENTIALS_PASSWORD) == (password != NULL));
        if (ap->security != WIFI_OPEN && (!password || strcmp(secret_text(password), f->wifi.password) != 0))
                return CONTROL_AT_NOT_OK;
        f->wifi.joined = true;
        if (m.security == WIFI_OPEN)
                m.security = ap->security;
        keep(f, &m);
        f->device.free_at_ms = timer_now_ms();
        memcpy(f->wifi.current, m.ssid, m.ssid_len);
        f->wifi.current_len = m.ssid_len;
        return 0;
}

static int32_t current_network(const struct fake_ports *f, struct buf *out)
{
        struct message_network now = { .rssi = -50, .ssid_len = f->wifi.current_len };

        if (!f->wifi.joined || !f->device.associated)
                return CONTROL_INVALID_STATE;
        memcpy(now.ssid, f->wifi.current, f->wifi.current_len);
        return message_encode_get_current_network_reply(&now, out);
}

static int32_t known_networks(struct fake_ports *f, struct buf *out)
{
        struct message_join now = { .ssid_len = f->wifi.current_len };

        if (f->wifi.joined && f->wifi.kept.n == 0) {
                memcpy(now.ssid, f->wifi.current, f->wifi.current_len);
                keep(f, &now);
        }
        return message_encode_get_known_networks_reply(&f->wifi.kept, out);
}

static int32_t interfaces(const struct fake_ports *f, struct buf *out)
{
        struct message_interfaces list = {};

        for (; f->device.interfaces[list.n]; list.n++)
                list.entry[list.n] = (struct message_interface_entry){
                        .index = (uint32_t)list.n + 1, .name = "if0", .type = f->device.interfaces[list.n]
                };
        if (f->ethernet.found)
                list.entry[list.n++] = (struct message_interface_entry){ .index = 9,
                                                                         .name = "en0",
                                                                         .type = INTERFACE_ETHERNET };
        return message_encode_get_interface_list_reply(&list, out);
}

static int32_t interface(const struct fake_ports *f, struct buf *out)
{
        struct message_interface one = {
                .entry = { .index = 2, .name = "if0", .type = f->device.interfaces[1] },
                .n_addresses = f->device.addressed ? 1 : 0
        };

        one.address[0].len = 4;
        one.address[0].prefix_len = 24;
        memcpy(one.address[0].bytes, "\xc0\xa8\x01\x02", 4);
        return message_encode_get_interface_reply(&one, out);
}

/* restarting */
static void on_restart(void *userdata)
{
        struct fake_ports *f = userdata;

        f->device.restart = timer_free(f->device.restart);
        f->device.restarts++;
        f->modem.sim = f->modem.next_sim;
        f->ethernet.found = f->ethernet.on && f->ethernet.wing;
        f->device.listening = f->device.startup_listening;
        f->device.startup_listening = false;
        fake_drop_link(f);
}

static int32_t reset(struct fake_ports *f)
{
        if (!f->device.restart)
                assert_int_equal(timer_new(NULL, RESTART_MS, on_restart, f, &f->device.restart), 0);
        return 0;
}

static int32_t startup_mode(struct fake_ports *f, const struct port_request *q)
{
        int mode;

        assert_int_equal(message_decode_set_startup_mode_request(q->payload, q->len, &mode), 0);
        f->device.startup_listening = mode == DEVICE_MODE_LISTENING;
        return 0;
}

/* SIM */
static int32_t set_access_point(struct fake_ports *f, const struct port_request *q)
{
        _cleanup_(secret_freep) struct secret *password = NULL;
        struct message_access_point m;

        assert_int_equal(message_decode_set_access_point_request(q->payload, q->len, &m, &password), 0);
        snprintf(f->modem.apn, sizeof(f->modem.apn), "%d:%s:%s:%s%s", m.sim_type, m.apn, m.user,
                 password ? secret_text(password) : "", m.use_defaults ? " defaults" : "");
        return 0;
}

static int32_t iccid(const struct fake_ports *f, struct buf *out)
{
        struct message_sim sim = { .iccid = "8934076500002589174", .imei = "352753090041680" };

        if (f->device.restarts < f->modem.errors)
                return CONTROL_INVALID_STATE;
        return message_encode_get_iccid_reply(&sim, out);
}

static int32_t set_sim(struct fake_ports *f, const struct port_request *q)
{
        assert_int_equal(message_decode_set_active_sim_request(q->payload, q->len, &f->modem.next_sim), 0);
        return 0;
}

static int32_t set_feature(struct fake_ports *f, const struct port_request *q)
{
        int feature;

        assert_int_equal(message_decode_set_feature_request(q->payload, q->len, &feature, &f->ethernet.on),
                         0);
        return 0;
}

static int32_t stop_listening(struct fake_ports *f)
{
        if (f->device.listening && !(f->device.rtl && f->wifi.joined))
                f->device.free_at_ms = timer_now_ms();
        f->device.listening = false;
        return 0;
}

static int32_t text(const char *what, struct buf *out)
{
        return what ? buf_append(out, what, strlen(what)) : CONTROL_NOT_SUPPORTED;
}

static bool refuses(const struct fake_ports *f, uint16_t type)
{
        return f->device.protected && type != CONTROL_GET_DEVICE_ID && type != CONTROL_WIFI_SCAN_NETWORKS &&
               type != CONTROL_WIFI_JOIN_NEW_NETWORK;
}

int32_t fake_execute(struct fake_ports *f, const struct port_request *q, struct buf *out)
{
        if (refuses(f, q->type))
                return CONTROL_PROTECTED;
        switch (q->type) {
        case CONTROL_GET_DEVICE_ID: return message_encode_get_device_id_reply(f->device.id, out);
        case CONTROL_GET_SERIAL_NUMBER: return message_encode_get_serial_number_reply(f->device.serial, out);
        case CONTROL_GET_SYSTEM_VERSION: return message_encode_get_system_version_reply(f->device.os, out);
        case CONTROL_NETWORK_GET_INTERFACE_LIST: return interfaces(f, out);
        case CONTROL_NETWORK_GET_INTERFACE: return interface(f, out);
        case CONTROL_GET_DEVICE_MODE:
                return message_encode_get_device_mode_reply(
                        f->device.listening ? DEVICE_MODE_LISTENING : DEVICE_MODE_NORMAL, out);
        case CONTROL_DIAGNOSTIC_INFO: return text(f->device.diagnostics, out);
        case CONTROL_SET_CLAIM_CODE: f->device.claim_code = true; return 0;
        case CONTROL_WIFI_SCAN_NETWORKS: return message_encode_scan_networks_reply(&f->wifi.air, out);
        case CONTROL_WIFI_JOIN_NEW_NETWORK: return join(f, q);
        case CONTROL_WIFI_SET_NETWORK_CREDENTIALS: return set_credentials(f, q);
        case CONTROL_WIFI_GET_CURRENT_NETWORK: return current_network(f, out);
        case CONTROL_WIFI_GET_KNOWN_NETWORKS: return known_networks(f, out);
        case CONTROL_WIFI_REMOVE_KNOWN_NETWORK: f->wifi.forgotten++; return 0;
        case CONTROL_WIFI_CLEAR_KNOWN_NETWORKS:
                f->wifi.joined = false;
                f->wifi.kept.n = 0;
                return 0;
        case CONTROL_SET_DEVICE_SETUP_DONE: f->device.setup_done = true; return 0;
        case CONTROL_STOP_LISTENING: return stop_listening(f);
        case CONTROL_GET_FEATURE: return message_encode_get_feature_reply(f->ethernet.on, out);
        case CONTROL_SET_FEATURE: return set_feature(f, q);
        case CONTROL_SET_STARTUP_MODE: return startup_mode(f, q);
        case CONTROL_RESET: return reset(f);
        case CONTROL_CELLULAR_GET_ACTIVE_SIM: return message_encode_get_active_sim_reply(f->modem.sim, out);
        case CONTROL_CELLULAR_SET_ACTIVE_SIM: return set_sim(f, q);
        case CONTROL_CELLULAR_SET_ACCESS_POINT: return set_access_point(f, q);
        case CONTROL_CELLULAR_GET_ICCID: return iccid(f, out);
        case CONTROL_CLOUD_GET_CONNECTION_STATUS:
                return message_encode_get_connection_status_reply(
                        fake_device_online(f) ? CONNECTION_CONNECTED : CONNECTION_CONNECTING, out);
        default: return CONTROL_NOT_SUPPORTED;
        }
}

/* the world as it begins */

/* Puts an access point into the air. */
static void fake_network(struct fake_ports *f, const char *ssid, int security, int rssi)
{
        struct message_network *n = &f->wifi.air.network[f->wifi.air.n++];

        *n = (struct message_network){
                .ssid_len = strlen(ssid), .security = security, .rssi = rssi, .channel = 6
        };
        memcpy(n->ssid, ssid, n->ssid_len);
}

void fake_init(struct fake_ports *f)
{
        *f = (struct fake_ports){
                .ports.ops = &fake_ops,
                .device.serial = "ARNKAB1234ABCDE",
                .device.id = "e00fce68aabbccddeeff0011",
                .device.os = "6.2.0",
                .cloud.user = "me@example.com",
                .device.secret = "ABCDEFGHIJKLMNO",
                .device.platform_id = 12,
                .device.version = 2,
                .device.interfaces = { INTERFACE_LOOPBACK, INTERFACE_WIFI },
                .wifi.password = "password",
                .takes.online_ms = 9000,
                .takes.claim_ms = 2000,
                .takes.radio_ms = 50,
                .takes.cloud_ms = 100,
                .device.listening = true,
                .modem.sim = SIM_INTERNAL,
                .modem.next_sim = SIM_INTERNAL,
                .device.associated = true,
                .device.addressed = true,
                .cloud.claim_user = "boss@example.com",
                .card.state = PORT_SIM_ACTIVE,
        };
        fake_network(f, "Home", WIFI_WPA2, -50);
        fake_network(f, "Cafe", WIFI_OPEN, -60);
        fake_network(f, "Far", WIFI_WPA2, -88);
}
