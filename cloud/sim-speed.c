/* SPDX-License-Identifier: Apache-2.0 */

/* The vendor's table of how long activation takes, by the beginning of the SKU. Devices of the 402, 310 and
 * 523 modem families are the slow ones, and only when the card was active before. */

#include "cloud/sim.h"
#include <string.h>
#include <strings.h>

static const struct {
        const char *sku; /* what it begins with */
        enum sim_speed speed;
} speeds[] = {
        { "B404", SIM_FAST },
        { "B524", SIM_FAST },
        { "BRN404", SIM_FAST },
        { "BRN314", SIM_FAST },
        { "E404", SIM_FAST },
        { "E314", SIM_FAST },
        { "ELC314", SIM_FAST },
        { "ELC404", SIM_FAST },
        { "ONE404", SIM_FAST },
        { "ONE524", SIM_FAST },
        { "T404", SIM_FAST },
        { "T524", SIM_FAST },
        { "ASSET", SIM_USUALLY_FAST },
        { "E260", SIM_USUALLY_FAST },
        { "E270", SIM_USUALLY_FAST },
        { "E310", SIM_USUALLY_FAST },
        { "E350", SIM_USUALLY_FAST },
        { "SNSRKIT", SIM_USUALLY_FAST },
        { "B402", SIM_SOMETIMES_SLOW },
        { "B523", SIM_SOMETIMES_SLOW },
        { "BRN402", SIM_SOMETIMES_SLOW },
        { "BRN310", SIM_SOMETIMES_SLOW },
        { "E313", SIM_SOMETIMES_SLOW },
        { "E402", SIM_SOMETIMES_SLOW },
        { "ELC402", SIM_SOMETIMES_SLOW },
        { "ONE402", SIM_SOMETIMES_SLOW },
        { "ONE523", SIM_SOMETIMES_SLOW },
        { "T402", SIM_SOMETIMES_SLOW },
        { "T523", SIM_SOMETIMES_SLOW },
};

enum sim_speed sim_speed(const char *sku)
{
        for (size_t i = 0; sku && i < ELEMENTSOF(speeds); i++)
                if (strncasecmp(sku, speeds[i].sku, strlen(speeds[i].sku)) == 0)
                        return speeds[i].speed;
        return SIM_USUALLY_FAST;
}

uint64_t sim_deadline_ms(enum sim_speed speed, bool activated_before)
{
        switch (speed) {
        case SIM_FAST: return 120000;
        case SIM_USUALLY_FAST: return 600000;
        case SIM_SOMETIMES_SLOW: return activated_before ? 600000 : 120000;
        }
        return 600000;
}
