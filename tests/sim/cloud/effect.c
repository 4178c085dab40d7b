/* SPDX-License-Identifier: Apache-2.0 */

/* Effects are told by the handlers and not by rec_set(): one request sets several fields that mean one
 * thing, and the request that finds all of it done sets none. */

#include "tests/sim/cloud/effect.h"
#include "proto/base/cleanup.h"
#include "tests/sim/cloud/state.h"
#include <errno.h>
#include <stdio.h>

void effect_tell(struct vcloud *c, const char *name, const json_t *device, const char *to, bool changed)
{
        const struct vcloud_effect effect = {
                .name = name,
                .serial = device ? rec_text(device, "serial") ?: rec_text(device, "id") : NULL,
                .to = to,
                .changed = changed,
        };

        if (c->effect.told)
                c->effect.told(c->effect.userdata, &effect);
}

static int join(const json_t *list, char **ret)
{
        _cleanup_(freep) char *text = strdup("");
        char *longer;
        json_t *item;
        size_t i;

        json_array_foreach((json_t *)list, i, item) {
                if (!text || asprintf(&longer, "%s%s%s", text, i ? "," : "", json_string_value(item)) < 0)
                        return -ENOMEM;
                free(text);
                text = longer;
        }
        *ret = TAKE_PTR(text);
        return *ret ? 0 : -ENOMEM;
}

int effect_tell_value(struct vcloud *c, const char *name, const json_t *device, const json_t *to,
                      bool changed)
{
        _cleanup_(freep) char *text = NULL;
        int r = 0;

        if (json_is_array(to))
                r = join(to, &text);
        else if (!json_is_string(to) && !json_is_null(to))
                r = (text = json_dumps(to, JSON_ENCODE_ANY)) ? 0 : -ENOMEM;
        if (r == 0)
                effect_tell(c, name, device, text ?: json_string_value(to), changed);
        return r;
}

void effect_tell_sim(struct vcloud *c, const char *name, const json_t *sim, bool changed)
{
        const char *iccid = rec_text(sim, "iccid");

        effect_tell(c, name, state_find_by(c, DEVICES, "iccid", iccid), iccid, changed);
}
