/* SPDX-License-Identifier: Apache-2.0 */

/* Serial number to device id, and the rest of a mobile secret that a label shows in part (cloud.md 4.2). */

#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/state.h"
#include <errno.h>

static json_t *recovered_secret(const json_t *device, const char *part)
{
        const char *secret = rec_text(device, "mobile_secret");
        size_t len = strlen(part);

        if (!secret || len < 12 || len > 14 || strncmp(secret, part, len) != 0 ||
            !rec_true(device, "secret_recoverable"))
                return json_null();
        return json_string(secret);
}

int serial_get(struct call *c)
{
        json_t *device = state_find_by(c->cloud, DEVICES, "serial", c->arg[0]);
        const char *spelling = json_string_value(state_option(c->cloud, "serial_field"));
        const char *part = call_text(c, "mobile_secret");
        _cleanup_(json_decrefp) json_t *out = NULL;

        if (!device)
                return refuse(c, SHAPE_SERIAL_UNKNOWN);
        out = json_pack("{s:b}", "ok", 1);
        if (strcmp(spelling, "device_id") != 0 &&
            json_object_set(out, "deviceID", json_object_get(device, "id")) < 0)
                return -ENOMEM;
        if (strcmp(spelling, "deviceID") != 0 &&
            json_object_set(out, "device_id", json_object_get(device, "id")) < 0)
                return -ENOMEM;
        if (json_object_set(out, "iccid", json_object_get(device, "iccid")) < 0 ||
            json_object_set(out, "platform_id", json_object_get(device, "platform_id")) < 0)
                return -ENOMEM;
        if (part && json_object_set_new(out, "mobile_secret", recovered_secret(device, part)) < 0)
                return -ENOMEM;
        return answer(c, 200, TAKE_PTR(out));
}
