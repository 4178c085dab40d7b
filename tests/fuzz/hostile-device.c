/* SPDX-License-Identifier: Apache-2.0 */

/* The device: a good reply by what it was told before, then what the input makes of it: another result,
 * changed bytes, a piece of it, or anything. */

#include "proto/base/text.h"
#include "proto/control.h"
#include "proto/message.h"
#include "tests/fuzz/hostile-run.h"
#include "tests/fuzz/hostile.h"
#include "tests/wire/far-message.h"
#include <stdio.h>
#include <string.h>

/* The fuzzer learns what a secret looks like, which begins with this: it comes from the job alone. */
static uint8_t no_mark(uint8_t byte)
{
        return byte == (uint8_t)MARK[0] ? byte + 1 : byte;
}

uint8_t hostile_byte(struct hostile *h)
{
        if (h->left == 0)
                return 0;
        h->left--;
        return no_mark(*h->at++);
}

static size_t take_bytes(struct hostile *h, uint8_t *ret, size_t max)
{
        size_t n = hostile_byte(h);

        if (n > max)
                n = max;
        if (n > h->left)
                n = h->left;
        for (size_t i = 0; i < n; i++)
                ret[i] = no_mark(h->at[i]);
        h->at += n;
        h->left -= n;
        return n;
}

const char *hostile_text(struct hostile *h, const char *good)
{
        static const char *const texts[] = {
                "",
                "me@x",
                "other@x",
                "\x1b[31mESC\x1b]0;t\x07",
                "a\nb\rc\tNL\x7f",
                "\xc2\x9b"
                "31mC1",
                "\xff\xfe bad",
                "e00fce68c0ffee0123456789",
                "E00FCE68C0FFEE0123456780",
                "8934076500002589174",
                "%s%n%x",
                "\"Home\"",
                "\xe2\x80\xae"
                "rtl",
                "{n}{serial}",
        };
        uint8_t k = hostile_byte(h);
        size_t n;

        if (k == 0)
                return good;
        if (k <= ELEMENTSOF(texts)) {
                snprintf(h->text, sizeof(h->text), "%s", texts[k - 1]);
        } else {
                n = take_bytes(h, (uint8_t *)h->text, sizeof(h->text) - 1);
                h->text[n] = 0;
        }
        text_clean(h->text);
        return h->text;
}

static void version(struct hostile_device *d, struct buf *out)
{
        static const char *const versions[] = { "6.2.0", "1.2.0",         "5.9.0", "3.3.1",
                                                "4.0.0", "99.99.99-rc.1", "x",     "5.8.0" };

        (void)message_encode_get_system_version_reply(versions[hostile_byte(d->in) % ELEMENTSOF(versions)],
                                                      out);
}

static void interface_list(struct hostile_device *d, struct buf *out)
{
        static const int types[] = { INTERFACE_WIFI, INTERFACE_PPP, INTERFACE_ETHERNET, INTERFACE_THREAD };
        uint8_t k = hostile_byte(d->in);
        struct message_interfaces list = { .n = 1 + k / 16u % 4u };

        for (size_t i = 0; i < list.n; i++)
                list.entry[i] =
                        (struct message_interface_entry){ (uint32_t)i + 3, "if0", types[(k + i) % 4] };
        (void)message_encode_get_interface_list_reply(&list, out);
}

static void interface(struct hostile_device *d, struct buf *out)
{
        uint8_t k = hostile_byte(d->in);
        struct message_interface i = { .entry = { 3, "if0", INTERFACE_WIFI },
                                       .flags = k * 0x1010101u,
                                       .n_addresses = k % 2 ? 0 : 1,
                                       .address = { { { 192, 168, 0, 2 }, 4, 24 } } };

        (void)message_encode_get_interface_reply(&i, out);
}

static void diagnostics(struct hostile_device *d, struct buf *out)
{
        static const char *const texts[] = {
                "{\"net:stat\":4,\"cloud:connatt\":0,\"cloud:err\":0,\"sys:uptime\":30}",
                "{\"net:stat\":4,\"cloud:connatt\":3,\"cloud:err\":8,\"sys:uptime\":2}",
                "{\"net:stat\":1,\"pwr:src\":5,\"batt:soc\":512,\"sys:uptime\":1}",
                "{\"net:stat\":{\"a\":[1,{}]},\"x\":\"\\u00\"}",
                "{\"batt:soc\":-9223372036854775808,\"pwr:src\":1e9}",
                "",
        };
        const char *t = texts[hostile_byte(d->in) % ELEMENTSOF(texts)];

        (void)buf_append(out, t, strlen(t));
}

static void scan(struct hostile_device *d, struct buf *out)
{
        uint8_t k = hostile_byte(d->in);
        struct message_networks list = { .n = 1 + k % 64u };

        for (size_t i = 0; i < list.n; i++) {
                struct message_network *n = &list.network[i];

                *n = (struct message_network){
                        .ssid = "Home", .ssid_len = 4, .security = WIFI_WPA2, .rssi = -50
                };
                if (i > 0) {
                        n->ssid_len = take_bytes(d->in, n->ssid, sizeof(n->ssid));
                        n->security = hostile_byte(d->in) % 9;
                }
                if (k) {
                        n->rssi = -(int)hostile_byte(d->in);
                        if (i == 0)
                                n->security = hostile_byte(d->in) % 9;
                }
        }
        (void)message_encode_scan_networks_reply(&list, out);
}

static void known(struct hostile_device *d, struct buf *out)
{
        uint8_t k = hostile_byte(d->in);
        struct message_known_networks list = { .n = 2 };

        for (size_t i = 0; i < list.n; i++) {
                struct message_known_network *n = &list.network[i];

                n->ssid_len = i ? 5 : 4;
                memcpy(n->ssid, i ? "Other" : "Home", n->ssid_len);
                n->security = WIFI_WPA2;
                n->credentials = WIFI_CREDENTIALS_PASSWORD;
                if (k) {
                        n->ssid_len = take_bytes(d->in, n->ssid, sizeof(n->ssid));
                        n->security = hostile_byte(d->in) % 9;
                }
        }
        list.n = k > 0xf0 ? 0 : 2;
        (void)message_encode_get_known_networks_reply(&list, out);
}

static int32_t current(struct hostile_device *d, struct buf *out)
{
        uint8_t k = hostile_byte(d->in);
        struct message_network n = { .ssid_len = d->ssid_len, .rssi = -(int)k };

        if (!d->joined)
                return CONTROL_INVALID_STATE;
        memcpy(n.ssid, d->ssid, sizeof(n.ssid));
        if (k > 0xf0)
                n.ssid_len = take_bytes(d->in, n.ssid, sizeof(n.ssid));
        (void)message_encode_get_current_network_reply(&n, out);
        return 0;
}

static void status(struct hostile_device *d, struct buf *out)
{
        int now = d->polls++ >= d->connects_after ? CONNECTION_CONNECTED : CONNECTION_CONNECTING;
        uint8_t k = hostile_byte(d->in);

        (void)message_encode_get_connection_status_reply(k ? k % 6 : now, out);
}

static void joins(struct hostile_device *d, const struct port_request *q)
{
        _cleanup_(secret_freep) struct secret *password = NULL;
        struct message_join m;

        if (message_decode_join_new_network_request(q->payload, q->len, &m, &password) < 0)
                return;
        d->joined = true;
        memcpy(d->ssid, m.ssid, sizeof(d->ssid));
        d->ssid_len = m.ssid_len;
}

static int32_t network_reply(struct hostile_device *d, const struct port_request *q, struct buf *out)
{
        switch (q->type) {
        case CONTROL_CLOUD_GET_CONNECTION_STATUS: status(d, out); break;
        case CONTROL_NETWORK_GET_INTERFACE_LIST: interface_list(d, out); break;
        case CONTROL_NETWORK_GET_INTERFACE: interface(d, out); break;
        case CONTROL_WIFI_JOIN_NEW_NETWORK: joins(d, q); break;
        case CONTROL_WIFI_GET_KNOWN_NETWORKS: known(d, out); break;
        case CONTROL_WIFI_SCAN_NETWORKS: scan(d, out); break;
        case CONTROL_WIFI_GET_CURRENT_NETWORK: return current(d, out);
        case CONTROL_CELLULAR_GET_ACTIVE_SIM:
                (void)message_encode_get_active_sim_reply(1 + hostile_byte(d->in) % 3, out);
                break;
        case CONTROL_CELLULAR_GET_ICCID:
                (void)message_encode_get_iccid_reply(
                        &(struct message_sim){ "8934076500002589174", "123456789012345" }, out);
                break;
        default: break;
        }
        return 0;
}

static int32_t good_reply(struct hostile_device *d, const struct port_request *q, struct buf *out)
{
        static const uint32_t chunks[] = { 512, 0, UINT32_MAX, 8, 100, 1024 };
        uint8_t k;

        switch (q->type) {
        case CONTROL_GET_DEVICE_ID:
                (void)message_encode_get_device_id_reply("e00fce68c0ffee0123456789", out);
                break;
        case CONTROL_GET_SERIAL_NUMBER: (void)message_encode_get_serial_number_reply("", out); break;
        case CONTROL_GET_SYSTEM_VERSION: version(d, out); break;
        case CONTROL_GET_NCP_FIRMWARE_VERSION:
                (void)message_encode_get_ncp_firmware_version_reply(
                        &(struct message_ncp_version){ "0.0.5", 5 }, out);
                break;
        case CONTROL_GET_FEATURE:
                (void)message_encode_get_feature_reply(hostile_byte(d->in) & 1, out);
                break;
        case CONTROL_STOP_LISTENING: d->stopped = true; break;
        case CONTROL_GET_DEVICE_MODE:
                k = hostile_byte(d->in);
                (void)message_encode_get_device_mode_reply(k            ? k % 3
                                                           : d->stopped ? DEVICE_MODE_NORMAL
                                                                        : DEVICE_MODE_LISTENING,
                                                           out);
                break;
        case CONTROL_IS_DEVICE_SETUP_DONE:
                (void)message_encode_is_device_setup_done_reply(hostile_byte(d->in) & 1, out);
                break;
        case CONTROL_GET_PROTECTED_STATE:
                k = hostile_byte(d->in);
                (void)message_encode_get_protected_state_reply(
                        &(struct message_protected_state){ k & 1, k & 2 }, out);
                break;
        case CONTROL_GET_MODULE_INFO:
                (void)message_encode_get_module_info_reply(
                        &(struct message_modules){
                                .n = 2,
                                .module = { { MODULE_SYSTEM_PART, 1, 6000, 0, 30, 30 },
                                            { MODULE_USER_PART, 1, 6, 0, 30, hostile_byte(d->in) } } },
                        out);
                break;
        case CONTROL_DIAGNOSTIC_INFO: diagnostics(d, out); break;
        case CONTROL_START_FIRMWARE_UPDATE:
                (void)message_encode_start_firmware_update_reply(
                        chunks[hostile_byte(d->in) % ELEMENTSOF(chunks)], out);
                break;
        default: return network_reply(d, q, out);
        }
        return 0;
}

static int32_t refusal(struct hostile *h)
{
        static const int32_t results[] = { CONTROL_UNKNOWN,
                                           CONTROL_BUSY,
                                           CONTROL_NOT_SUPPORTED,
                                           CONTROL_NOT_ALLOWED,
                                           CONTROL_TIMEOUT,
                                           CONTROL_NOT_FOUND,
                                           CONTROL_LIMIT_EXCEEDED,
                                           CONTROL_INVALID_STATE,
                                           CONTROL_IO,
                                           CONTROL_NETWORK,
                                           CONTROL_INTERNAL,
                                           CONTROL_NO_MEMORY,
                                           CONTROL_AT_NOT_OK,
                                           CONTROL_OTA_INVALID_SIZE,
                                           CONTROL_PROTECTED,
                                           CONTROL_OTA_UPDATES_DISABLED,
                                           INT32_MIN,
                                           INT32_MAX,
                                           1,
                                           -1 };

        return results[hostile_byte(h) % ELEMENTSOF(results)];
}

static void spoil(struct hostile *h, uint8_t how, struct buf *out)
{
        uint8_t piece[255];
        size_t n;

        if (how < 0xa0 && out->len) { /* changed bytes */
                for (unsigned i = 1 + how % 4u; i > 0; i--) {
                        n = (size_t)(hostile_byte(h) << 8 | hostile_byte(h)) % out->len;
                        out->data[n] = hostile_byte(h);
                }
        } else if (how < 0xc0) { /* a piece */
                if (out->len)
                        out->len = hostile_byte(h) % out->len;
        } else { /* anything, also a lot of it */
                buf_consume(out, out->len);
                n = take_bytes(h, piece, sizeof(piece));
                for (unsigned i = how > 0xfc ? 250 : 1; i > 0; i--)
                        (void)buf_append(out, piece, n);
        }
}

int32_t hostile_reply(struct hostile_device *d, const struct port_request *q, struct buf *out)
{
        uint8_t how = hostile_byte(d->in);
        int32_t result = 0;
        int now;

        if (how >= 0x50 && how < 0x80)
                result = refusal(d->in);
        if (result >= 0 && how < 0xc0)
                result = good_reply(d, q, out);
        if (how >= 0x80)
                spoil(d->in, how, out);
        if (q->type == CONTROL_CLOUD_GET_CONNECTION_STATUS && result >= 0 &&
            message_decode_get_connection_status_reply(out->data, out->len, &now) >= 0 &&
            now == CONNECTION_CONNECTED)
                d->said_connected = true;
        return result;
}
