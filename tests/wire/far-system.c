/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about the system itself as the device reads and writes them, and replies that usher never asks for.
 */

#include "proto/codec.h"
#include "proto/messages/cloud.pb.h"
#include "proto/messages/config.pb.h"
#include "tests/wire/far-codec.h"
#include "tests/wire/far-message.h"
#include <errno.h>

int message_encode_get_device_id_reply(const char *id, struct buf *out)
{
        usher_GetDeviceIdReply m = usher_GetDeviceIdReply_init_zero;
        int r;

        r = codec_put_text(m.id, sizeof(m.id), id);
        return r < 0 ? r : codec_encode(usher_GetDeviceIdReply_fields, &m, out);
}

int message_encode_get_serial_number_reply(const char *serial, struct buf *out)
{
        usher_GetSerialNumberReply m = usher_GetSerialNumberReply_init_zero;
        int r;

        r = codec_put_text(m.serial, sizeof(m.serial), serial);
        return r < 0 ? r : codec_encode(usher_GetSerialNumberReply_fields, &m, out);
}

int message_encode_get_system_version_reply(const char *version, struct buf *out)
{
        usher_GetSystemVersionReply m = usher_GetSystemVersionReply_init_zero;
        int r;

        r = codec_put_text(m.version, sizeof(m.version), version);
        return r < 0 ? r : codec_encode(usher_GetSystemVersionReply_fields, &m, out);
}

int message_encode_get_ncp_firmware_version_reply(const struct message_ncp_version *m, struct buf *out)
{
        usher_GetNcpFirmwareVersionReply wire = { .module_version = m->module_version };
        int r;

        r = codec_put_text(wire.version, sizeof(wire.version), m->version);
        return r < 0 ? r : codec_encode(usher_GetNcpFirmwareVersionReply_fields, &wire, out);
}

int message_encode_get_system_capabilities_reply(uint32_t flags, struct buf *out)
{
        usher_GetSystemCapabilitiesReply m = { .flags = flags };

        return codec_encode(usher_GetSystemCapabilitiesReply_fields, &m, out);
}

int message_decode_get_system_capabilities_reply(const uint8_t *data, size_t len, uint32_t *ret_flags)
{
        usher_GetSystemCapabilitiesReply m = usher_GetSystemCapabilitiesReply_init_zero;
        int r;

        r = codec_decode(usher_GetSystemCapabilitiesReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_flags = m.flags;
        return 0;
}

int message_decode_set_feature_request(const uint8_t *data, size_t len, int *ret_feature, bool *ret_enabled)
{
        usher_SetFeatureRequest m = usher_SetFeatureRequest_init_zero;
        int r;

        r = codec_decode(usher_SetFeatureRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_feature = (int)m.feature;
        *ret_enabled = m.enabled;
        return 0;
}

int message_decode_get_feature_request(const uint8_t *data, size_t len, int *ret_feature)
{
        usher_GetFeatureRequest m = usher_GetFeatureRequest_init_zero;
        int r;

        r = codec_decode(usher_GetFeatureRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_feature = (int)m.feature;
        return 0;
}

int message_encode_get_feature_reply(bool enabled, struct buf *out)
{
        usher_GetFeatureReply m = { .enabled = enabled };

        return codec_encode(usher_GetFeatureReply_fields, &m, out);
}

int message_encode_get_device_mode_reply(int mode, struct buf *out)
{
        usher_GetDeviceModeReply m = { .mode = (usher_DeviceMode)mode };

        return codec_encode(usher_GetDeviceModeReply_fields, &m, out);
}

int message_decode_set_startup_mode_request(const uint8_t *data, size_t len, int *ret_mode)
{
        usher_SetStartupModeRequest m = usher_SetStartupModeRequest_init_zero;
        int r;

        r = codec_decode(usher_SetStartupModeRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_mode = (int)m.mode;
        return 0;
}

int message_decode_set_device_setup_done_request(const uint8_t *data, size_t len, bool *ret_done)
{
        usher_SetDeviceSetupDoneRequest m = usher_SetDeviceSetupDoneRequest_init_zero;
        int r;

        r = codec_decode(usher_SetDeviceSetupDoneRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_done = m.done;
        return 0;
}

int message_encode_is_device_setup_done_reply(bool done, struct buf *out)
{
        usher_IsDeviceSetupDoneReply m = { .done = done };

        return codec_encode(usher_IsDeviceSetupDoneReply_fields, &m, out);
}

int message_decode_set_claim_code_request(const uint8_t *data, size_t len, struct secret **ret_code)
{
        struct far_secret code = { .max = CLAIM_CODE_MAX };
        usher_SetClaimCodeRequest m = { .code = far_decode_secret(&code) };
        int r;

        r = codec_decode(usher_SetClaimCodeRequest_fields, &m, data, len);
        if (r < 0) {
                secret_free(code.secret);
                return r;
        }
        if (!code.secret)
                return secret_new("", 0, ret_code);
        *ret_code = code.secret;
        return 0;
}

int message_encode_is_claimed_reply(bool claimed, struct buf *out)
{
        usher_IsClaimedReply m = { .claimed = claimed };

        return codec_encode(usher_IsClaimedReply_fields, &m, out);
}

int message_decode_is_claimed_reply(const uint8_t *data, size_t len, bool *ret_claimed)
{
        usher_IsClaimedReply m = usher_IsClaimedReply_init_zero;
        int r;

        r = codec_decode(usher_IsClaimedReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_claimed = m.claimed;
        return 0;
}

int message_encode_get_connection_status_reply(int status, struct buf *out)
{
        usher_GetConnectionStatusReply m = { .status = (usher_ConnectionStatus)status };

        return codec_encode(usher_GetConnectionStatusReply_fields, &m, out);
}
