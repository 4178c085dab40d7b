/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The protobuf bodies of control requests and replies as plain C: requests are encoded, replies are decoded
 * (device.md 3.6; field numbers in proto/messages). A request or reply that is not here has
 * no body, or usher has no use for it; the device's side is tests/wire/far-message.h. Raw bodies: echo (1),
 * custom (10), diagnostics (100, JSON text).
 *
 * Texts are printable ASCII. Encoders append one body to `out`. -E2BIG: a text, byte string or list is
 * longer than its bound; -EINVAL: a text is not printable, or a field has no meaning; -ENOBUFS, -ENOMEM from
 * `out`. Nothing is appended then.
 *
 * Decoders take the whole body, which is untrusted. -EBADMSG: not such a protobuf, or a text or byte string
 * is longer than its bound (never cut) or a text is not printable; -ENOMEM. Zero bytes behind the body are
 * padding of old firmware and skipped (device.md 3.4). Only lists are cut: entries beyond the bound are
 * counted in n_dropped. Numbers of enums that are not known here are passed on as they are. */

#include "proto/base/bytes.h"
#include "proto/base/secret.h"

enum {
        DEVICE_ID_LEN = 24, /* lower-case hex */
        SERIAL_NUMBER_MAX = 16,
        VERSION_MAX = 31,
        CLAIM_CODE_MAX = 64,
        INTERFACE_NAME_MAX = 15,
        HW_ADDRESS_MAX = 8,
        WIFI_SSID_MAX = 32,
        WIFI_PASSWORD_MAX = 64,
        WIFI_BSSID_LEN = 6,
        WIFI_KNOWN_MAX = 10,
        ACCESS_POINT_TEXT_MAX = 127,
        SIM_NUMBER_MAX = 23, /* ICCID and IMEI */
        MESSAGE_MODULES_MAX = 32,
        MESSAGE_INTERFACES_MAX = 8,
        MESSAGE_ADDRESSES_MAX = 8,
        MESSAGE_NETWORKS_MAX = 64,
};

/* identity: 20, 21, 30, 31, 32. Texts come back with their NUL. */
int message_decode_get_device_id_reply(const uint8_t *data, size_t len,
                                       char ret_id[static DEVICE_ID_LEN + 1]);

int message_decode_get_serial_number_reply(const uint8_t *data, size_t len,
                                           char ret_serial[static SERIAL_NUMBER_MAX + 1]);

int message_decode_get_system_version_reply(const uint8_t *data, size_t len,
                                            char ret_version[static VERSION_MAX + 1]);

struct message_ncp_version {
        char version[VERSION_MAX + 1];
        uint32_t module_version;
};
int message_decode_get_ncp_firmware_version_reply(const uint8_t *data, size_t len,
                                                  struct message_ncp_version *ret);

/* features and modes: 33, 34, 72, 73, 74, 75 */
enum device_feature {
        DEVICE_FEATURE_ETHERNET_DETECTION = 1,
};

enum device_mode {
        DEVICE_MODE_NORMAL = 0,
        DEVICE_MODE_LISTENING = 1,
};

int message_encode_set_feature_request(int feature, bool enabled, struct buf *out);
int message_encode_get_feature_request(int feature, struct buf *out);
int message_decode_get_feature_reply(const uint8_t *data, size_t len, bool *ret_enabled);

int message_decode_get_device_mode_reply(const uint8_t *data, size_t len, int *ret_mode);
int message_encode_set_startup_mode_request(int mode, struct buf *out);

int message_encode_set_device_setup_done_request(bool done, struct buf *out);
int message_decode_is_device_setup_done_reply(const uint8_t *data, size_t len, bool *ret_done);

/* device protection: 76 */
struct message_protected_state {
        bool state;
        bool overridden; /* unprotected for a while */
};
int message_decode_get_protected_state_reply(const uint8_t *data, size_t len,
                                             struct message_protected_state *ret);

/* modules: 90. Old firmware numbers types and validity otherwise; decoders translate to these. */
enum module_type {
        MODULE_INVALID = 0,
        MODULE_RESOURCE = 1,
        MODULE_BOOTLOADER = 2,
        MODULE_MONO = 3,
        MODULE_SYSTEM_PART = 4,
        MODULE_USER_PART = 5,
        MODULE_SETTINGS = 6,
        MODULE_NCP = 7,
        MODULE_RADIO_STACK = 8,
        MODULE_ASSET = 9,
};

enum module_check {
        MODULE_CHECK_INTEGRITY = 0x02,
        MODULE_CHECK_DEPENDENCIES = 0x04,
        MODULE_CHECK_RANGE = 0x08,
        MODULE_CHECK_PLATFORM = 0x10,
};

struct message_module {
        int type; /* enum module_type */
        uint32_t index;
        uint32_t version;
        uint32_t size;    /* 0 = not told */
        uint32_t checked; /* enum module_check, bits */
        uint32_t passed;  /* the module is valid if passed holds all that checked holds */
};

struct message_modules {
        struct message_module module[MESSAGE_MODULES_MAX];
        size_t n;
        size_t n_dropped;
};
int message_decode_get_module_info_reply(const uint8_t *data, size_t len, struct message_modules *ret);

/* claim: 200 */
int message_encode_set_claim_code_request(const struct secret *code, struct buf *out);

/* firmware update: 250, 251, 253 (device.md 1.5) */
enum firmware_format {
        FIRMWARE_BIN = 0,
        FIRMWARE_MINIZ = 1,
};

int message_encode_start_firmware_update_request(uint32_t size, int format, struct buf *out);
int message_decode_start_firmware_update_reply(const uint8_t *data, size_t len, uint32_t *ret_chunk_size);
int message_encode_finish_firmware_update_request(bool validate_only, struct buf *out);
int message_encode_firmware_update_data_request(const uint8_t *chunk, size_t chunk_len, struct buf *out);

/* cloud: 300 */
enum connection_status {
        CONNECTION_DISCONNECTED = 0,
        CONNECTION_CONNECTING = 1,
        CONNECTION_CONNECTED = 2,
        CONNECTION_DISCONNECTING = 3,
};

int message_decode_get_connection_status_reply(const uint8_t *data, size_t len, int *ret_status);

/* network interfaces: 400, 401 */
enum interface_type {
        INTERFACE_INVALID = 0,
        INTERFACE_LOOPBACK = 1,
        INTERFACE_THREAD = 2,
        INTERFACE_ETHERNET = 4,
        INTERFACE_WIFI = 8,
        INTERFACE_PPP = 16,
};

struct message_interface_entry {
        uint32_t index;
        char name[INTERFACE_NAME_MAX + 1];
        int type; /* enum interface_type */
};

struct message_interfaces {
        struct message_interface_entry entry[MESSAGE_INTERFACES_MAX];
        size_t n;
        size_t n_dropped;
};
int message_decode_get_interface_list_reply(const uint8_t *data, size_t len, struct message_interfaces *ret);

struct message_address {
        uint8_t bytes[16]; /* network order */
        size_t len;        /* 4 or 16 */
        uint32_t prefix_len;
};

struct message_interface {
        struct message_interface_entry entry;
        uint32_t flags;
        uint32_t ext_flags;
        uint32_t mtu;
        uint32_t metric;
        uint8_t hw_address[HW_ADDRESS_MAX];
        size_t hw_address_len;
        struct message_address address[MESSAGE_ADDRESSES_MAX]; /* IPv4 first */
        size_t n_addresses;
        size_t n_dropped;
};
int message_encode_get_interface_request(uint32_t index, struct buf *out);
int message_decode_get_interface_reply(const uint8_t *data, size_t len, struct message_interface *ret);

/* Wi-Fi: 500-507 */
enum wifi_security {
        WIFI_SECURITY_AUTO = -1, /* only to encode: left out, the device's scan decides (device.md 3.6) */
        WIFI_OPEN = 0,
        WIFI_WEP = 1,
        WIFI_WPA = 2,
        WIFI_WPA2 = 3,
        WIFI_WPA_WPA2 = 4,
        WIFI_WPA3 = 5,
        WIFI_WPA2_WPA3 = 6,
};

enum wifi_credentials {
        WIFI_NO_CREDENTIALS = 0,
        WIFI_CREDENTIALS_PASSWORD = 1,
};

struct message_network {
        uint8_t ssid[WIFI_SSID_MAX]; /* bytes, not text */
        size_t ssid_len;
        uint8_t bssid[WIFI_BSSID_LEN];
        size_t bssid_len; /* 0 = not told */
        int security;     /* enum wifi_security */
        int channel;
        int rssi; /* dBm */
};

/* JoinNewNetwork (500) and SetNetworkCredentials (507) have the same body. `credentials` is enum
 * wifi_credentials; a password goes with WIFI_CREDENTIALS_PASSWORD and only with it (-EINVAL). */
struct message_join {
        uint8_t ssid[WIFI_SSID_MAX];
        size_t ssid_len;
        uint8_t bssid[WIFI_BSSID_LEN]; /* a client leaves it out (device.md 3.6) */
        size_t bssid_len;
        int security;
        int credentials;
        bool hidden;
};
int message_encode_join_new_network_request(const struct message_join *m, const struct secret *password,
                                            struct buf *out);

/* JoinKnownNetwork (501) and RemoveKnownNetwork (503) have the same body. */
int message_encode_known_network_request(const uint8_t *ssid, size_t ssid_len, struct buf *out);

struct message_known_network {
        uint8_t ssid[WIFI_SSID_MAX];
        size_t ssid_len;
        int security;
        int credentials;
};

struct message_known_networks {
        struct message_known_network network[WIFI_KNOWN_MAX];
        size_t n;
        size_t n_dropped;
};
int message_decode_get_known_networks_reply(const uint8_t *data, size_t len,
                                            struct message_known_networks *ret);

/* No security in this reply: WIFI_OPEN is decoded. */
int message_decode_get_current_network_reply(const uint8_t *data, size_t len, struct message_network *ret);

struct message_networks {
        struct message_network network[MESSAGE_NETWORKS_MAX];
        size_t n;
        size_t n_dropped;
};
int message_decode_scan_networks_reply(const uint8_t *data, size_t len, struct message_networks *ret);

/* cellular: 550-554 */
enum sim_type {
        SIM_INTERNAL = 1,
        SIM_EXTERNAL = 2,
};

/* The password travels beside it: NULL = none. */
struct message_access_point {
        int sim_type; /* not in the reply */
        char apn[ACCESS_POINT_TEXT_MAX + 1];
        char user[ACCESS_POINT_TEXT_MAX + 1];
        bool use_defaults;
};
int message_encode_set_access_point_request(const struct message_access_point *m,
                                            const struct secret *password, struct buf *out);

int message_encode_set_active_sim_request(int sim_type, struct buf *out);
int message_decode_get_active_sim_reply(const uint8_t *data, size_t len, int *ret_sim_type);

struct message_sim {
        char iccid[SIM_NUMBER_MAX + 1];
        char imei[SIM_NUMBER_MAX + 1]; /* "" before 5.9 and 6.1 */
};
int message_decode_get_iccid_reply(const uint8_t *data, size_t len, struct message_sim *ret);
