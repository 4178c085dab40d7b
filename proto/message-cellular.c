/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about SIM and access point. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/cellular.pb.h"
#include <errno.h>

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

int message_encode_set_access_point_request(const struct message_access_point *m,
                                            const struct secret *password, struct buf *out)
{
        usher_SetAccessPointRequest wire = {
                .sim_type = (usher_SimType)m->sim_type,
                .has_access_point = true,
        };
        int r;

        r = put_access_point(m, password, &wire.access_point);
        return r < 0 ? r : codec_encode(usher_SetAccessPointRequest_fields, &wire, out);
}

int message_encode_set_active_sim_request(int sim_type, struct buf *out)
{
        usher_SetActiveSimRequest m = { .sim_type = (usher_SimType)sim_type };

        return codec_encode(usher_SetActiveSimRequest_fields, &m, out);
}

int message_decode_get_active_sim_reply(const uint8_t *data, size_t len, int *ret_sim_type)
{
        usher_GetActiveSimReply m = usher_GetActiveSimReply_init_zero;
        int r;

        r = codec_decode(usher_GetActiveSimReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_sim_type = (int)m.sim_type;
        return 0;
}

int message_decode_get_iccid_reply(const uint8_t *data, size_t len, struct message_sim *ret)
{
        usher_GetIccidReply wire = usher_GetIccidReply_init_zero;
        struct message_sim m;
        int r;

        r = codec_decode(usher_GetIccidReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        r = codec_get_text(m.iccid, sizeof(m.iccid), wire.iccid);
        if (r < 0)
                return r;
        r = codec_get_text(m.imei, sizeof(m.imei), wire.imei);
        if (r == 0)
                *ret = m;
        return r;
}
