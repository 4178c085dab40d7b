/* SPDX-License-Identifier: Apache-2.0 */

/* Platforms by id. One that is not here yet is taken for what its interfaces say (steps-identity.c). */

#include "setup/flow/platform.h"
#include "proto/base/cleanup.h"

static const struct platform platforms[] = {
        { 6, "photon", 0, false },
        { 8, "p1", 0, false },
        { 10, "electron", 0, false },
        { 12, "argon", FAMILY_WIFI | FAMILY_ETHERNET, false },
        { 13, "boron", FAMILY_CELLULAR | FAMILY_ETHERNET, false },
        { 14, "xenon", 0, false }, /* no firmware since Device OS 2.0 */
        { 15, "esomx", FAMILY_CELLULAR | FAMILY_ETHERNET, false },
        { 22, "asom", FAMILY_WIFI | FAMILY_ETHERNET, false },
        { 23, "bsom", FAMILY_CELLULAR | FAMILY_ETHERNET, false },
        { 25, "b5som", FAMILY_CELLULAR | FAMILY_ETHERNET, false },
        { 26, "tracker", FAMILY_CELLULAR | FAMILY_ETHERNET, false }, /* its Wi-Fi only finds places */
        { 28, "trackerm", FAMILY_CELLULAR | FAMILY_WIFI, true },
        { 32, "p2", FAMILY_WIFI | FAMILY_ETHERNET, true },
        { 35, "msom", FAMILY_WIFI | FAMILY_CELLULAR | FAMILY_ETHERNET, true },
};

const struct platform *platform_by_id(unsigned id)
{
        for (size_t i = 0; i < ELEMENTSOF(platforms); i++)
                if (platforms[i].id == id)
                        return &platforms[i];
        return NULL;
}
