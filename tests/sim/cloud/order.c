/* SPDX-License-Identifier: Apache-2.0 */

/* The four orders of the documentation, with its presets (cloud.md 3.5). What a device does not have counts
 * as the smallest; equal ones keep their place. */

#include "tests/sim/cloud/order.h"
#include "tests/sim/cloud/state.h"
#include <errno.h>

struct place {
        const json_t *device;
        size_t at;
        int sign; /* 1: ascending, -1 */
};

static int by_text(const struct place *a, const struct place *b, const char *field)
{
        return strcmp(rec_text(a->device, field) ?: "", rec_text(b->device, field) ?: "");
}

static int by_name(const struct place *a, const struct place *b)
{
        return by_text(a, b, "name");
}

static int by_id(const struct place *a, const struct place *b)
{
        return by_text(a, b, "id");
}

static int by_connection(const struct place *a, const struct place *b)
{
        return by_text(a, b, "last_handshake_at"); /* all instants have one length */
}

static int by_firmware(const struct place *a, const struct place *b)
{
        int64_t left = rec_int(a->device, "firmware_version"),
                right = rec_int(b->device, "firmware_version");

        return (left > right) - (left < right);
}

static const struct {
        const char *name;
        int (*compare)(const struct place *a, const struct place *b);
} orders[] = {
        { "lastConnection", by_connection },
        { "deviceName", by_name },
        { "deviceId", by_id },
        { "firmwareVersion", by_firmware },
};

static int compare(const void *left, const void *right, void *userdata)
{
        int (*const *by)(const struct place *, const struct place *) = userdata;
        const struct place *a = left, *b = right;
        int r = (*by)(a, b);

        return r != 0 ? r * a->sign : (a->at > b->at) - (a->at < b->at);
}

static int sort(json_t *list, int (*by)(const struct place *, const struct place *), int sign)
{
        size_t n = json_array_size(list);
        _cleanup_(freep) struct place *place = calloc(n ?: 1, sizeof(*place));
        _cleanup_(json_decrefp) json_t *copy = json_copy(list);

        if (!place || !copy)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                place[i] = (struct place){ json_array_get(copy, i), i, sign };
        qsort_r(place, n, sizeof(*place), compare, &by);
        for (size_t i = 0; i < n; i++)
                if (json_array_set(list, i, (json_t *)place[i].device) < 0)
                        return -ENOMEM;
        return 0;
}

int order_devices(json_t *list, const char *attr, const char *dir)
{
        bool ascending = dir && strcmp(dir, "asc") == 0;

        if (dir && !ascending && strcmp(dir, "desc") != 0)
                return -EINVAL;
        for (size_t i = 0; i < ELEMENTSOF(orders); i++)
                if (strcmp(attr ?: orders[0].name, orders[i].name) == 0)
                        return sort(list, orders[i].compare, ascending ? 1 : -1);
        return -EINVAL;
}
