/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The other side of proto/message.h, for tests: a device decodes requests and encodes replies. Also the few
 * bodies that usher itself never sends or asks for, both directions: they pin the field numbers. The rules
 * of proto/message.h for bounds, errors and lists hold here, too; secrets that a decoder gives belong to the
 * caller. The virtual device does not use this: it reads and writes the wire by hand
 * (tests/sim/device/wire.h), so that a mistake in our message files cannot hide in both ends. */

#include "proto/message.h"

/* identity */
int message_encode_get_device_id_reply(const char *id, struct buf *out);
int message_encode_get_serial_number_reply(const char *serial, struct buf *out);
int message_encode_get_system_version_reply(const char *version, struct buf *out);
int message_encode_get_ncp_firmware_version_reply(const struct message_ncp_version *m, struct buf *out);
int message_encode_get_system_capabilities_reply(uint32_t flags, struct buf *out);
int message_decode_get_system_capabilities_reply(const uint8_t *data, size_t len, uint32_t *ret_flags);

/* features and modes */
int message_decode_set_feature_request(const uint8_t *data, size_t len, int *ret_feature, bool *ret_enabled);
int message_decode_get_feature_request(const uint8_t *data, size_t len, int *ret_feature);
int message_encode_get_feature_reply(bool enabled, struct buf *out);
int message_encode_get_device_mode_reply(int mode, struct buf *out);
int message_decode_set_startup_mode_request(const uint8_t *data, size_t len, int *ret_mode);
int message_decode_set_device_setup_done_request(const uint8_t *data, size_t len, bool *ret_done);
int message_encode_is_device_setup_done_reply(bool done, struct buf *out);

/* device protection: 76, 77 */
enum {
        PROTECTION_NONCE_LEN = 32,
        PROTECTION_FINGERPRINT_LEN = 32,
        PROTECTION_SIGNATURE_MAX = 256,
};

int message_encode_get_protected_state_reply(const struct message_protected_state *m, struct buf *out);

enum protection_action {
        PROTECTION_RESET = 0,
        PROTECTION_PREPARE = 1,
        PROTECTION_CONFIRM = 2,
};

/* PREPARE carries the nonce, CONFIRM signature and fingerprint; other fields stay empty. */
struct message_protection_request {
        int action; /* enum protection_action */
        uint8_t server_nonce[PROTECTION_NONCE_LEN];
        size_t server_nonce_len;
        uint8_t server_signature[PROTECTION_SIGNATURE_MAX];
        size_t server_signature_len;
        uint8_t server_key_fingerprint[PROTECTION_FINGERPRINT_LEN];
        size_t server_key_fingerprint_len;
};
int message_encode_set_protected_state_request(const struct message_protection_request *m, struct buf *out);
int message_decode_set_protected_state_request(const uint8_t *data, size_t len,
                                               struct message_protection_request *ret);

/* Only PREPARE is answered with a body; `prepared` is false for an empty one. */
struct message_protection_reply {
        bool prepared;
        uint8_t device_nonce[PROTECTION_NONCE_LEN];
        size_t device_nonce_len;
        uint8_t device_signature[PROTECTION_SIGNATURE_MAX];
        size_t device_signature_len;
        uint8_t device_key_fingerprint[PROTECTION_FINGERPRINT_LEN];
        size_t device_key_fingerprint_len;
};
int message_encode_set_protected_state_reply(const struct message_protection_reply *m, struct buf *out);
int message_decode_set_protected_state_reply(const uint8_t *data, size_t len,
                                             struct message_protection_reply *ret);

/* modules */
int message_encode_get_module_info_reply(const struct message_modules *m, struct buf *out);

/* claim: 200, 201. The decoder gives an empty secret if the field was left out. */
int message_decode_set_claim_code_request(const uint8_t *data, size_t len, struct secret **ret_code);
int message_encode_is_claimed_reply(bool claimed, struct buf *out);
int message_decode_is_claimed_reply(const uint8_t *data, size_t len, bool *ret_claimed);

/* firmware update */
int message_decode_start_firmware_update_request(const uint8_t *data, size_t len, uint32_t *ret_size,
                                                 int *ret_format);
int message_encode_start_firmware_update_reply(uint32_t chunk_size, struct buf *out);
int message_decode_finish_firmware_update_request(const uint8_t *data, size_t len, bool *ret_validate_only);

/* Appends the chunk to `ret_chunk`; -ENOBUFS beyond its ceiling. */
int message_decode_firmware_update_data_request(const uint8_t *data, size_t len, struct buf *ret_chunk);

/* cloud */
int message_encode_get_connection_status_reply(int status, struct buf *out);

/* network interfaces; IPv4 addresses come first (-EINVAL) */
int message_encode_get_interface_list_reply(const struct message_interfaces *m, struct buf *out);
int message_decode_get_interface_request(const uint8_t *data, size_t len, uint32_t *ret_index);
int message_encode_get_interface_reply(const struct message_interface *m, struct buf *out);

/* Wi-Fi. `ret_password` is NULL if the body has none. */
int message_decode_join_new_network_request(const uint8_t *data, size_t len, struct message_join *ret,
                                            struct secret **ret_password);
int message_decode_known_network_request(const uint8_t *data, size_t len,
                                         uint8_t ret_ssid[static WIFI_SSID_MAX], size_t *ret_ssid_len);
int message_encode_get_known_networks_reply(const struct message_known_networks *m, struct buf *out);
int message_encode_get_current_network_reply(const struct message_network *m, struct buf *out);
int message_encode_scan_networks_reply(const struct message_networks *m, struct buf *out);

/* cellular. A password of NULL is none. */
int message_decode_set_access_point_request(const uint8_t *data, size_t len,
                                            struct message_access_point *ret, struct secret **ret_password);
int message_encode_get_access_point_request(int sim_type, struct buf *out);
int message_decode_get_access_point_request(const uint8_t *data, size_t len, int *ret_sim_type);
int message_encode_get_access_point_reply(const struct message_access_point *m,
                                          const struct secret *password, struct buf *out);
int message_decode_get_access_point_reply(const uint8_t *data, size_t len, struct message_access_point *ret,
                                          struct secret **ret_password);
int message_decode_set_active_sim_request(const uint8_t *data, size_t len, int *ret_sim_type);
int message_encode_get_active_sim_reply(int sim_type, struct buf *out);
int message_encode_get_iccid_reply(const struct message_sim *m, struct buf *out);
