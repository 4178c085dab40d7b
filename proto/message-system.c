/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about the system itself: identity, features, modes, claim, cloud connection. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/cloud.pb.h"
#include "proto/messages/config.pb.h"
#include <errno.h>

int message_decode_get_device_id_reply(const uint8_t *data, size_t len,
                                       char ret_id[static DEVICE_ID_LEN + 1])
{
        usher_GetDeviceIdReply m = usher_GetDeviceIdReply_init_zero;
        int r;

        r = codec_decode(usher_GetDeviceIdReply_fields, &m, data, len);
        return r < 0 ? r : codec_get_text(ret_id, sizeof(m.id), m.id);
}

int message_decode_get_serial_number_reply(const uint8_t *data, size_t len,
                                           char ret_serial[static SERIAL_NUMBER_MAX + 1])
{
        usher_GetSerialNumberReply m = usher_GetSerialNumberReply_init_zero;
        int r;

        r = codec_decode(usher_GetSerialNumberReply_fields, &m, data, len);
        return r < 0 ? r : codec_get_text(ret_serial, sizeof(m.serial), m.serial);
}

int message_decode_get_system_version_reply(const uint8_t *data, size_t len,
                                            char ret_version[static VERSION_MAX + 1])
{
        usher_GetSystemVersionReply m = usher_GetSystemVersionReply_init_zero;
        int r;

        r = codec_decode(usher_GetSystemVersionReply_fields, &m, data, len);
        return r < 0 ? r : codec_get_text(ret_version, sizeof(m.version), m.version);
}

int message_decode_get_ncp_firmware_version_reply(const uint8_t *data, size_t len,
                                                  struct message_ncp_version *ret)
{
        usher_GetNcpFirmwareVersionReply wire = usher_GetNcpFirmwareVersionReply_init_zero;
        struct message_ncp_version m;
        int r;

        r = codec_decode(usher_GetNcpFirmwareVersionReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        r = codec_get_text(m.version, sizeof(m.version), wire.version);
        if (r < 0)
                return r;
        m.module_version = wire.module_version;
        *ret = m;
        return 0;
}

int message_encode_set_feature_request(int feature, bool enabled, struct buf *out)
{
        usher_SetFeatureRequest m = { .feature = (usher_Feature)feature, .enabled = enabled };

        return codec_encode(usher_SetFeatureRequest_fields, &m, out);
}

int message_encode_get_feature_request(int feature, struct buf *out)
{
        usher_GetFeatureRequest m = { .feature = (usher_Feature)feature };

        return codec_encode(usher_GetFeatureRequest_fields, &m, out);
}

int message_decode_get_feature_reply(const uint8_t *data, size_t len, bool *ret_enabled)
{
        usher_GetFeatureReply m = usher_GetFeatureReply_init_zero;
        int r;

        r = codec_decode(usher_GetFeatureReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_enabled = m.enabled;
        return 0;
}

int message_decode_get_device_mode_reply(const uint8_t *data, size_t len, int *ret_mode)
{
        usher_GetDeviceModeReply m = usher_GetDeviceModeReply_init_zero;
        int r;

        r = codec_decode(usher_GetDeviceModeReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_mode = (int)m.mode;
        return 0;
}

int message_encode_set_startup_mode_request(int mode, struct buf *out)
{
        usher_SetStartupModeRequest m = { .mode = (usher_DeviceMode)mode };

        return codec_encode(usher_SetStartupModeRequest_fields, &m, out);
}

int message_encode_set_device_setup_done_request(bool done, struct buf *out)
{
        usher_SetDeviceSetupDoneRequest m = { .done = done };

        return codec_encode(usher_SetDeviceSetupDoneRequest_fields, &m, out);
}

int message_decode_is_device_setup_done_reply(const uint8_t *data, size_t len, bool *ret_done)
{
        usher_IsDeviceSetupDoneReply m = usher_IsDeviceSetupDoneReply_init_zero;
        int r;

        r = codec_decode(usher_IsDeviceSetupDoneReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_done = m.done;
        return 0;
}

int message_decode_get_protected_state_reply(const uint8_t *data, size_t len,
                                             struct message_protected_state *ret)
{
        usher_GetProtectedStateReply wire = usher_GetProtectedStateReply_init_zero;
        int r;

        r = codec_decode(usher_GetProtectedStateReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        *ret = (struct message_protected_state){ .state = wire.state, .overridden = wire.overridden };
        return 0;
}

int message_encode_set_claim_code_request(const struct secret *code, struct buf *out)
{
        usher_SetClaimCodeRequest m = { .code = codec_encode_secret(code) };

        if (secret_len(code) > CLAIM_CODE_MAX)
                return -E2BIG;
        return codec_encode(usher_SetClaimCodeRequest_fields, &m, out);
}

int message_decode_get_connection_status_reply(const uint8_t *data, size_t len, int *ret_status)
{
        usher_GetConnectionStatusReply m = usher_GetConnectionStatusReply_init_zero;
        int r;

        r = codec_decode(usher_GetConnectionStatusReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_status = (int)m.status;
        return 0;
}
