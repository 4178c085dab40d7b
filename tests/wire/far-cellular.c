/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about SIM and access point as the device reads and writes them, and reading an access point
 * back, which usher never does. */

#include "proto/codec.h"
#include "proto/messages/cellular.pb.h"
#include "tests/wire/far-codec.h"
#include "tests/wire/far-message.h"
#include <errno.h>

/* Takes the password over, or frees it. */
static int get_access_point(const usher_AccessPoint *wire, int sim_type, struct secret *password,
                            struct message_access_point *ret, struct secret **ret_password)
{
        _cleanup_(secret_freep) struct secret *owned = password;
        struct message_access_point m = { .sim_type = sim_type, .use_defaults = wire->use_defaults };
        int r;

        r = codec_get_text(m.apn, sizeof(m.apn), wire->apn);
        if (r < 0)
                return r;
        r = codec_get_text(m.user, sizeof(m.user), wire->user);
        if (r < 0)
                return r;
        *ret = m;
        *ret_password = TAKE_PTR(owned);
        return 0;
}

static int put_access_point(const struct message_access_point *m, const struct secret *password,
                            usher_AccessPoint *wire)
{
        int r;

        if (password && secret_len(password) > ACCESS_POINT_TEXT_MAX)
                return -E2BIG;
        wire->password = codec_encode_secret(password);
        wire->use_defaults = m->use_defaults;
        r = codec_put_text(wire->apn, sizeof(wire->apn), m->apn);
        return r < 0 ? r : codec_put_text(wire->user, sizeof(wire->user), m->user);
}

int message_decode_set_access_point_request(const uint8_t *data, size_t len,
                                            struct message_access_point *ret, struct secret **ret_password)
{
        struct far_secret password = { .max = ACCESS_POINT_TEXT_MAX };
        usher_SetAccessPointRequest wire = { .access_point.password = far_decode_secret(&password) };
        int r;

        r = codec_decode(usher_SetAccessPointRequest_fields, &wire, data, len);
        if (r < 0) {
                secret_free(password.secret);
                return r;
        }
        return get_access_point(&wire.access_point, (int)wire.sim_type, password.secret, ret, ret_password);
}

int message_encode_get_access_point_request(int sim_type, struct buf *out)
{
        usher_GetAccessPointRequest m = { .sim_type = (usher_SimType)sim_type };

        return codec_encode(usher_GetAccessPointRequest_fields, &m, out);
}

int message_decode_get_access_point_request(const uint8_t *data, size_t len, int *ret_sim_type)
{
        usher_GetAccessPointRequest m = usher_GetAccessPointRequest_init_zero;
        int r;

        r = codec_decode(usher_GetAccessPointRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_sim_type = (int)m.sim_type;
        return 0;
}

int message_encode_get_access_point_reply(const struct message_access_point *m,
                                          const struct secret *password, struct buf *out)
{
        usher_GetAccessPointReply wire = { .has_access_point = true };
        int r;

        r = put_access_point(m, password, &wire.access_point);
        return r < 0 ? r : codec_encode(usher_GetAccessPointReply_fields, &wire, out);
}

int message_decode_get_access_point_reply(const uint8_t *data, size_t len, struct message_access_point *ret,
                                          struct secret **ret_password)
{
        struct far_secret password = { .max = ACCESS_POINT_TEXT_MAX };
        usher_GetAccessPointReply wire = { .access_point.password = far_decode_secret(&password) };
        int r;

        r = codec_decode(usher_GetAccessPointReply_fields, &wire, data, len);
        if (r < 0) {
                secret_free(password.secret);
                return r;
        }
        return get_access_point(&wire.access_point, 0, password.secret, ret, ret_password);
}

int message_decode_set_active_sim_request(const uint8_t *data, size_t len, int *ret_sim_type)
{
        usher_SetActiveSimRequest m = usher_SetActiveSimRequest_init_zero;
        int r;

        r = codec_decode(usher_SetActiveSimRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_sim_type = (int)m.sim_type;
        return 0;
}

int message_encode_get_active_sim_reply(int sim_type, struct buf *out)
{
        usher_GetActiveSimReply m = { .sim_type = (usher_SimType)sim_type };

        return codec_encode(usher_GetActiveSimReply_fields, &m, out);
}

int message_encode_get_iccid_reply(const struct message_sim *m, struct buf *out)
{
        usher_GetIccidReply wire = usher_GetIccidReply_init_zero;
        int r;

        r = codec_put_text(wire.iccid, sizeof(wire.iccid), m->iccid);
        if (r < 0)
                return r;
        r = codec_put_text(wire.imei, sizeof(wire.imei), m->imei);
        return r < 0 ? r : codec_encode(usher_GetIccidReply_fields, &wire, out);
}
