/* SPDX-License-Identifier: Apache-2.0 */

/* One small function per body, and their table. Bytes of examples are pinned: they came from outside. */

#include "tests/wire/bodies.h"
#include "tests/wire/far-message.h"

static int encoded(int r)
{
        return r < 0 ? r - BODY_ENCODER : 0;
}

static int get_device_id_reply(const uint8_t *data, size_t len, struct buf *out)
{
        char id[DEVICE_ID_LEN + 1];
        int r;

        r = message_decode_get_device_id_reply(data, len, id);
        if (r < 0)
                return r;
        return encoded(message_encode_get_device_id_reply(id, out));
}

static int get_serial_number_reply(const uint8_t *data, size_t len, struct buf *out)
{
        char serial[SERIAL_NUMBER_MAX + 1];
        int r;

        r = message_decode_get_serial_number_reply(data, len, serial);
        if (r < 0)
                return r;
        return encoded(message_encode_get_serial_number_reply(serial, out));
}

static int get_system_version_reply(const uint8_t *data, size_t len, struct buf *out)
{
        char version[VERSION_MAX + 1];
        int r;

        r = message_decode_get_system_version_reply(data, len, version);
        if (r < 0)
                return r;
        return encoded(message_encode_get_system_version_reply(version, out));
}

static int get_ncp_firmware_version_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_ncp_version m;
        int r;

        r = message_decode_get_ncp_firmware_version_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_ncp_firmware_version_reply(&m, out));
}

static int get_system_capabilities_reply(const uint8_t *data, size_t len, struct buf *out)
{
        uint32_t flags;
        int r;

        r = message_decode_get_system_capabilities_reply(data, len, &flags);
        if (r < 0)
                return r;
        return encoded(message_encode_get_system_capabilities_reply(flags, out));
}

static int set_feature_request(const uint8_t *data, size_t len, struct buf *out)
{
        int feature;
        bool enabled;
        int r;

        r = message_decode_set_feature_request(data, len, &feature, &enabled);
        if (r < 0)
                return r;
        return encoded(message_encode_set_feature_request(feature, enabled, out));
}

static int get_feature_request(const uint8_t *data, size_t len, struct buf *out)
{
        int feature;
        int r;

        r = message_decode_get_feature_request(data, len, &feature);
        if (r < 0)
                return r;
        return encoded(message_encode_get_feature_request(feature, out));
}

static int get_feature_reply(const uint8_t *data, size_t len, struct buf *out)
{
        bool enabled;
        int r;

        r = message_decode_get_feature_reply(data, len, &enabled);
        if (r < 0)
                return r;
        return encoded(message_encode_get_feature_reply(enabled, out));
}

static int get_device_mode_reply(const uint8_t *data, size_t len, struct buf *out)
{
        int mode;
        int r;

        r = message_decode_get_device_mode_reply(data, len, &mode);
        if (r < 0)
                return r;
        return encoded(message_encode_get_device_mode_reply(mode, out));
}

static int set_startup_mode_request(const uint8_t *data, size_t len, struct buf *out)
{
        int mode;
        int r;

        r = message_decode_set_startup_mode_request(data, len, &mode);
        if (r < 0)
                return r;
        return encoded(message_encode_set_startup_mode_request(mode, out));
}

static int set_device_setup_done_request(const uint8_t *data, size_t len, struct buf *out)
{
        bool done;
        int r;

        r = message_decode_set_device_setup_done_request(data, len, &done);
        if (r < 0)
                return r;
        return encoded(message_encode_set_device_setup_done_request(done, out));
}

static int is_device_setup_done_reply(const uint8_t *data, size_t len, struct buf *out)
{
        bool done;
        int r;

        r = message_decode_is_device_setup_done_reply(data, len, &done);
        if (r < 0)
                return r;
        return encoded(message_encode_is_device_setup_done_reply(done, out));
}

static int get_protected_state_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_protected_state m;
        int r;

        r = message_decode_get_protected_state_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_protected_state_reply(&m, out));
}

static int set_protected_state_request(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_protection_request m;
        int r;

        r = message_decode_set_protected_state_request(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_set_protected_state_request(&m, out));
}

static int set_protected_state_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_protection_reply m;
        int r;

        r = message_decode_set_protected_state_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_set_protected_state_reply(&m, out));
}

static int get_module_info_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_modules m;
        int r;

        r = message_decode_get_module_info_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_module_info_reply(&m, out));
}

static int set_claim_code_request(const uint8_t *data, size_t len, struct buf *out)
{
        _cleanup_(secret_freep) struct secret *code = NULL;
        int r;

        r = message_decode_set_claim_code_request(data, len, &code);
        if (r < 0)
                return r;
        return encoded(message_encode_set_claim_code_request(code, out));
}

static int is_claimed_reply(const uint8_t *data, size_t len, struct buf *out)
{
        bool claimed;
        int r;

        r = message_decode_is_claimed_reply(data, len, &claimed);
        if (r < 0)
                return r;
        return encoded(message_encode_is_claimed_reply(claimed, out));
}

static int start_firmware_update_request(const uint8_t *data, size_t len, struct buf *out)
{
        uint32_t size;
        int format;
        int r;

        r = message_decode_start_firmware_update_request(data, len, &size, &format);
        if (r < 0)
                return r;
        return encoded(message_encode_start_firmware_update_request(size, format, out));
}

static int start_firmware_update_reply(const uint8_t *data, size_t len, struct buf *out)
{
        uint32_t chunk_size;
        int r;

        r = message_decode_start_firmware_update_reply(data, len, &chunk_size);
        if (r < 0)
                return r;
        return encoded(message_encode_start_firmware_update_reply(chunk_size, out));
}

static int finish_firmware_update_request(const uint8_t *data, size_t len, struct buf *out)
{
        bool validate_only;
        int r;

        r = message_decode_finish_firmware_update_request(data, len, &validate_only);
        if (r < 0)
                return r;
        return encoded(message_encode_finish_firmware_update_request(validate_only, out));
}

static int firmware_update_data_request(const uint8_t *data, size_t len, struct buf *out)
{
        _cleanup_(buf_done) struct buf chunk = buf_init(65536);
        int r;

        r = message_decode_firmware_update_data_request(data, len, &chunk);
        if (r < 0)
                return r;
        return encoded(message_encode_firmware_update_data_request(chunk.data, chunk.len, out));
}

static int get_connection_status_reply(const uint8_t *data, size_t len, struct buf *out)
{
        int status;
        int r;

        r = message_decode_get_connection_status_reply(data, len, &status);
        if (r < 0)
                return r;
        return encoded(message_encode_get_connection_status_reply(status, out));
}

static int get_interface_list_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_interfaces m;
        int r;

        r = message_decode_get_interface_list_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_interface_list_reply(&m, out));
}

static int get_interface_request(const uint8_t *data, size_t len, struct buf *out)
{
        uint32_t index;
        int r;

        r = message_decode_get_interface_request(data, len, &index);
        if (r < 0)
                return r;
        return encoded(message_encode_get_interface_request(index, out));
}

static int get_interface_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_interface m;
        int r;

        r = message_decode_get_interface_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_interface_reply(&m, out));
}

static int join_new_network_request(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_join m;
        _cleanup_(secret_freep) struct secret *password = NULL;
        int r;

        r = message_decode_join_new_network_request(data, len, &m, &password);
        if (r < 0)
                return r;
        /* credentials of an unknown type, or a password without the type, can be read but not written */
        if ((password != NULL) != (m.credentials == WIFI_CREDENTIALS_PASSWORD))
                return 1;
        return encoded(message_encode_join_new_network_request(&m, password, out));
}

static int known_network_request(const uint8_t *data, size_t len, struct buf *out)
{
        uint8_t ssid[WIFI_SSID_MAX];
        size_t ssid_len;
        int r;

        r = message_decode_known_network_request(data, len, ssid, &ssid_len);
        if (r < 0)
                return r;
        return encoded(message_encode_known_network_request(ssid, ssid_len, out));
}

static int get_known_networks_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_known_networks m;
        int r;

        r = message_decode_get_known_networks_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_known_networks_reply(&m, out));
}

static int get_current_network_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_network m;
        int r;

        r = message_decode_get_current_network_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_current_network_reply(&m, out));
}

static int scan_networks_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_networks m;
        int r;

        r = message_decode_scan_networks_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_scan_networks_reply(&m, out));
}

static int set_access_point_request(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_access_point m;
        _cleanup_(secret_freep) struct secret *password = NULL;
        int r;

        r = message_decode_set_access_point_request(data, len, &m, &password);
        if (r < 0)
                return r;
        return encoded(message_encode_set_access_point_request(&m, password, out));
}

static int get_access_point_request(const uint8_t *data, size_t len, struct buf *out)
{
        int sim_type;
        int r;

        r = message_decode_get_access_point_request(data, len, &sim_type);
        if (r < 0)
                return r;
        return encoded(message_encode_get_access_point_request(sim_type, out));
}

static int get_access_point_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_access_point m;
        _cleanup_(secret_freep) struct secret *password = NULL;
        int r;

        r = message_decode_get_access_point_reply(data, len, &m, &password);
        if (r < 0)
                return r;
        return encoded(message_encode_get_access_point_reply(&m, password, out));
}

static int set_active_sim_request(const uint8_t *data, size_t len, struct buf *out)
{
        int sim_type;
        int r;

        r = message_decode_set_active_sim_request(data, len, &sim_type);
        if (r < 0)
                return r;
        return encoded(message_encode_set_active_sim_request(sim_type, out));
}

static int get_active_sim_reply(const uint8_t *data, size_t len, struct buf *out)
{
        int sim_type;
        int r;

        r = message_decode_get_active_sim_reply(data, len, &sim_type);
        if (r < 0)
                return r;
        return encoded(message_encode_get_active_sim_reply(sim_type, out));
}

static int get_iccid_reply(const uint8_t *data, size_t len, struct buf *out)
{
        struct message_sim m;
        int r;

        r = message_decode_get_iccid_reply(data, len, &m);
        if (r < 0)
                return r;
        return encoded(message_encode_get_iccid_reply(&m, out));
}

const struct body bodies[] = {
        { "get_device_id_reply", "0a18653030666365363831323334353637383930616263646566",
          get_device_id_reply },
        { "get_serial_number_reply", "0a0f41524e4b4142313233414243444546", get_serial_number_reply },
        { "get_system_version_reply", "0a05362e322e30", get_system_version_reply },
        { "get_ncp_firmware_version_reply", "0a05302e302e3710ac02", get_ncp_firmware_version_reply },
        { "get_system_capabilities_reply", "0d01000000", get_system_capabilities_reply },
        { "set_feature_request", "08011001", set_feature_request },
        { "get_feature_request", "0801", get_feature_request },
        { "get_feature_reply", "0801", get_feature_reply },
        { "get_device_mode_reply", "0801", get_device_mode_reply },
        { "set_startup_mode_request", "0801", set_startup_mode_request },
        { "set_device_setup_done_request", "0801", set_device_setup_done_request },
        { "is_device_setup_done_reply", "0801", is_device_setup_done_reply },
        { "get_protected_state_reply", "08011001", get_protected_state_reply },
        { "set_protected_state_request",
          "080112220a20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          set_protected_state_request },
        { "set_protected_state_reply",
          "0a4b0a20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f120530030201011a20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          set_protected_state_reply },
        { "get_module_info_reply",
          "1213080218fe11351e0000003d1e00000058c0b80212150804100118b830351e0000003d1a00000058a0c21e",
          get_module_info_reply },
        { "set_claim_code_request",
          "0a3f616263444546303132333435363738392b2f616263444546303132333435363738392b2f616263444546303132333435363738392b2f303132333435363738",
          set_claim_code_request },
        { "is_claimed_reply", "0801", is_claimed_reply },
        { "start_firmware_update_request", "08a0c21e1001", start_firmware_update_request },
        { "start_firmware_update_reply", "088008", start_firmware_update_reply },
        { "finish_firmware_update_request", "0801", finish_firmware_update_request },
        { "firmware_update_data_request", "0a0300ff10", firmware_update_data_request },
        { "get_connection_status_reply", "0802", get_connection_status_reply },
        { "get_interface_list_reply", "0a09080112036c6f3018010a0908041203776c331808",
          get_interface_list_reply },
        { "get_interface_request", "0804", get_interface_request },
        { "get_interface_reply",
          "0a4908041203776c33180820c3800228a08004320d0a0b0a070a050d0201a8c010183a1a0a180a1412120a10fe800000000000000203fffe040506071040420602030405060748dc0b500a",
          get_interface_reply },
        { "join_new_network_request", "0a04686f6d651206a0b0c0d0e0f01805220c0801120831323334353637383001",
          join_new_network_request },
        { "known_network_request", "0a04686f6d65", known_network_request },
        { "get_known_networks_reply", "0a0a0a04686f6d65100318010a060a0463616665", get_known_networks_reply },
        { "get_current_network_reply", "0a04686f6d651206a0b0c0d0e0f0180b20c3ffffffffffffffff01",
          get_current_network_reply },
        { "scan_networks_reply",
          "0a1d0a04686f6d651206a0b0c0d0e0f01803200b28c3ffffffffffffffff010a1b0a046361666512060a0b0c0d0e0f200128b0ffffffffffffffff01",
          scan_networks_reply },
        { "set_access_point_request", "080212100a08696e7465726e65741201751a0170", set_access_point_request },
        { "get_access_point_request", "0802", get_access_point_request },
        { "get_access_point_reply", "0a100a08696e7465726e65741201751a0170", get_access_point_reply },
        { "set_active_sim_request", "0802", set_active_sim_request },
        { "get_active_sim_reply", "0801", get_active_sim_reply },
        { "get_iccid_reply",
          "0a143839303134313033323131313138353130373230120f333536393338303335363433383039",
          get_iccid_reply },
};

const size_t n_bodies = ELEMENTSOF(bodies);
