/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about Wi-Fi as the device reads and writes them. */

#include "proto/codec.h"
#include "proto/messages/wifi.pb.h"
#include "tests/wire/far-codec.h"
#include "tests/wire/far-message.h"
#include <errno.h>

static usher_Security put_security(int security)
{
        return security == WIFI_SECURITY_AUTO ? usher_Security_NO_SECURITY : (usher_Security)security;
}

int message_decode_join_new_network_request(const uint8_t *data, size_t len, struct message_join *ret,
                                            struct secret **ret_password)
{
        struct far_secret password = { .max = WIFI_PASSWORD_MAX };
        usher_JoinNewNetworkRequest wire = { .credentials.password = far_decode_secret(&password) };
        int r;

        r = codec_decode(usher_JoinNewNetworkRequest_fields, &wire, data, len);
        if (r < 0) {
                secret_free(password.secret);
                return r;
        }
        *ret = (struct message_join){
                .ssid_len = wire.ssid.size,
                .bssid_len = wire.bssid.size,
                .security = (int)wire.security,
                .credentials = (int)wire.credentials.type,
                .hidden = wire.hidden,
        };
        memcpy(ret->ssid, wire.ssid.bytes, wire.ssid.size);
        memcpy(ret->bssid, wire.bssid.bytes, wire.bssid.size);
        *ret_password = password.secret;
        return 0;
}

int message_decode_known_network_request(const uint8_t *data, size_t len,
                                         uint8_t ret_ssid[static WIFI_SSID_MAX], size_t *ret_ssid_len)
{
        usher_JoinKnownNetworkRequest wire = usher_JoinKnownNetworkRequest_init_zero;
        int r;

        r = codec_decode(usher_JoinKnownNetworkRequest_fields, &wire, data, len);
        if (r < 0)
                return r;
        memcpy(ret_ssid, wire.ssid.bytes, wire.ssid.size);
        *ret_ssid_len = wire.ssid.size;
        return 0;
}

static int fill_known(const void *item, void *message)
{
        const struct message_known_network *m = item;
        usher_GetKnownNetworksReply_Network *wire = message;

        if (m->ssid_len > WIFI_SSID_MAX)
                return -E2BIG;
        wire->ssid.size = (pb_size_t)m->ssid_len;
        memcpy(wire->ssid.bytes, m->ssid, m->ssid_len);
        wire->security = put_security(m->security);
        wire->credentials_type = (usher_CredentialsType)m->credentials;
        return 0;
}

int message_encode_get_known_networks_reply(const struct message_known_networks *m, struct buf *out)
{
        struct far_list list = {
                .fields = usher_GetKnownNetworksReply_Network_fields,
                .items = m->network,
                .n = m->n,
                .size = sizeof(m->network[0]),
                .fill = fill_known,
        };
        usher_GetKnownNetworksReply wire = { .networks = far_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->network))
                return -E2BIG;
        return codec_encode(usher_GetKnownNetworksReply_fields, &wire, out);
}

int message_encode_get_current_network_reply(const struct message_network *m, struct buf *out)
{
        usher_GetCurrentNetworkReply wire = {
                .ssid.size = (pb_size_t)m->ssid_len,
                .bssid.size = (pb_size_t)m->bssid_len,
                .channel = m->channel,
                .rssi = m->rssi,
        };

        if (m->ssid_len > WIFI_SSID_MAX || m->bssid_len > WIFI_BSSID_LEN)
                return -E2BIG;
        memcpy(wire.ssid.bytes, m->ssid, m->ssid_len);
        memcpy(wire.bssid.bytes, m->bssid, m->bssid_len);
        return codec_encode(usher_GetCurrentNetworkReply_fields, &wire, out);
}

static int fill_network(const void *item, void *message)
{
        const struct message_network *m = item;
        usher_ScanNetworksReply_Network *wire = message;

        if (m->ssid_len > WIFI_SSID_MAX || m->bssid_len > WIFI_BSSID_LEN)
                return -E2BIG;
        wire->ssid.size = (pb_size_t)m->ssid_len;
        memcpy(wire->ssid.bytes, m->ssid, m->ssid_len);
        wire->bssid.size = (pb_size_t)m->bssid_len;
        memcpy(wire->bssid.bytes, m->bssid, m->bssid_len);
        wire->security = put_security(m->security);
        wire->channel = m->channel;
        wire->rssi = m->rssi;
        return 0;
}

int message_encode_scan_networks_reply(const struct message_networks *m, struct buf *out)
{
        struct far_list list = {
                .fields = usher_ScanNetworksReply_Network_fields,
                .items = m->network,
                .n = m->n,
                .size = sizeof(m->network[0]),
                .fill = fill_network,
        };
        usher_ScanNetworksReply wire = { .networks = far_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->network))
                return -E2BIG;
        return codec_encode(usher_ScanNetworksReply_fields, &wire, out);
}
