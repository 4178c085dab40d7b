/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about Wi-Fi. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/wifi.pb.h"
#include <errno.h>

static usher_Security put_security(int security)
{
        return security == WIFI_SECURITY_AUTO ? usher_Security_NO_SECURITY : (usher_Security)security;
}

int message_encode_join_new_network_request(const struct message_join *m, const struct secret *password,
                                            struct buf *out)
{
        usher_JoinNewNetworkRequest wire = {
                .ssid.size = (pb_size_t)m->ssid_len,
                .bssid.size = (pb_size_t)m->bssid_len,
                .security = put_security(m->security),
                .has_credentials = true,
                .credentials.type = (usher_CredentialsType)m->credentials,
                .credentials.password = codec_encode_secret(password),
                .hidden = m->hidden,
        };

        if (m->ssid_len > WIFI_SSID_MAX || m->bssid_len > WIFI_BSSID_LEN ||
            (password && secret_len(password) > WIFI_PASSWORD_MAX))
                return -E2BIG;
        if ((password != NULL) != (m->credentials == WIFI_CREDENTIALS_PASSWORD))
                return -EINVAL;
        memcpy(wire.ssid.bytes, m->ssid, m->ssid_len);
        memcpy(wire.bssid.bytes, m->bssid, m->bssid_len);
        return codec_encode(usher_JoinNewNetworkRequest_fields, &wire, out);
}

int message_encode_known_network_request(const uint8_t *ssid, size_t ssid_len, struct buf *out)
{
        usher_JoinKnownNetworkRequest wire = { .ssid.size = (pb_size_t)ssid_len };

        if (ssid_len > WIFI_SSID_MAX)
                return -E2BIG;
        memcpy(wire.ssid.bytes, ssid, ssid_len);
        return codec_encode(usher_JoinKnownNetworkRequest_fields, &wire, out);
}

static int keep_known(void *list, const void *message)
{
        const usher_GetKnownNetworksReply_Network *wire = message;
        struct message_known_networks *m = list;
        struct message_known_network *to = &m->network[m->n];

        if (m->n == ELEMENTSOF(m->network)) {
                m->n_dropped++;
                return 0;
        }
        m->n++;
        to->ssid_len = wire->ssid.size;
        memcpy(to->ssid, wire->ssid.bytes, wire->ssid.size);
        to->security = (int)wire->security;
        to->credentials = (int)wire->credentials_type;
        return 0;
}

int message_decode_get_known_networks_reply(const uint8_t *data, size_t len,
                                            struct message_known_networks *ret)
{
        struct message_known_networks m = { .n = 0 };
        struct codec_list list = {
                .fields = usher_GetKnownNetworksReply_Network_fields,
                .keep = keep_known,
                .list = &m,
        };
        usher_GetKnownNetworksReply wire = { .networks = codec_decode_list(&list) };
        int r;

        r = codec_decode(usher_GetKnownNetworksReply_fields, &wire, data, len);
        if (r == 0)
                *ret = m;
        return r;
}

int message_decode_get_current_network_reply(const uint8_t *data, size_t len, struct message_network *ret)
{
        usher_GetCurrentNetworkReply wire = usher_GetCurrentNetworkReply_init_zero;
        int r;

        r = codec_decode(usher_GetCurrentNetworkReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        *ret = (struct message_network){
                .ssid_len = wire.ssid.size,
                .bssid_len = wire.bssid.size,
                .channel = wire.channel,
                .rssi = wire.rssi,
        };
        memcpy(ret->ssid, wire.ssid.bytes, wire.ssid.size);
        memcpy(ret->bssid, wire.bssid.bytes, wire.bssid.size);
        return 0;
}

static int keep_network(void *list, const void *message)
{
        const usher_ScanNetworksReply_Network *wire = message;
        struct message_networks *m = list;
        struct message_network *to = &m->network[m->n];

        if (m->n == ELEMENTSOF(m->network)) {
                m->n_dropped++;
                return 0;
        }
        m->n++;
        to->ssid_len = wire->ssid.size;
        memcpy(to->ssid, wire->ssid.bytes, wire->ssid.size);
        to->bssid_len = wire->bssid.size;
        memcpy(to->bssid, wire->bssid.bytes, wire->bssid.size);
        to->security = (int)wire->security;
        to->channel = wire->channel;
        to->rssi = wire->rssi;
        return 0;
}

int message_decode_scan_networks_reply(const uint8_t *data, size_t len, struct message_networks *ret)
{
        struct message_networks m = { .n = 0 };
        struct codec_list list = {
                .fields = usher_ScanNetworksReply_Network_fields,
                .keep = keep_network,
                .list = &m,
        };
        usher_ScanNetworksReply wire = { .networks = codec_decode_list(&list) };
        int r;

        r = codec_decode(usher_ScanNetworksReply_fields, &wire, data, len);
        if (r == 0)
                *ret = m;
        return r;
}
