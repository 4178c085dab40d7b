/* SPDX-License-Identifier: Apache-2.0 */

/* Chooses a radio by its spec, and nothing else: what the two radios have in common is their header. */

#include "setup/ports/radio-private.h"
#include <string.h>

int radio_new(struct sd_event *loop, const char *spec, struct radio **ret, struct trouble *ret_trouble)
{
        if (!spec)
                spec = "bluez";
        if (strncmp(spec, "sim:", 4) == 0 && spec[4])
                return radio_sim_new(loop, spec + 4, ret);
        if (strcmp(spec, "bluez") == 0)
                return radio_bluez_new(loop, NULL, ret);
        if (strncmp(spec, "bluez:", 6) == 0 && spec[6])
                return radio_bluez_new(loop, spec + 6, ret);
        return trouble_set(ret_trouble, FAULT_CONFIG, "the radio must be bluez, bluez:ADAPTER or sim:DIR");
}
