/* SPDX-License-Identifier: Apache-2.0 */

/* Platforms by id. A platform that is not here yet is taken for what its interfaces say. */

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

const struct platform *platform_of(const struct job *j)
{
        unsigned id = j->cloud.platform_id;

        if (id == 0)
                (void)label_model_hint(&j->asked.label, &id);
        return platform_by_id(id);
}

static unsigned interface_families(const struct job *j)
{
        unsigned families = 0;

        for (size_t i = 0; i < j->now.interfaces.n; i++) {
                int type = j->now.interfaces.entry[i].type;

                if (type == INTERFACE_WIFI)
                        families |= FAMILY_WIFI;
                if (type == INTERFACE_PPP)
                        families |= FAMILY_CELLULAR;
                if (type == INTERFACE_ETHERNET)
                        families |= FAMILY_ETHERNET;
        }
        return families;
}

/* The device lists an interface only where the hardware is there, the platform says what it is good for:
 * both together where both are known. A device that can do without Wi-Fi is not asked to join any when no
 * network was given. */
void platform_find_families(struct job *j)
{
        const struct platform *p = platform_of(j);
        unsigned listed = interface_families(j);

        if (p && listed && (p->families & listed))
                j->identity.families = p->families & listed;
        else if (listed)
                j->identity.families = listed;
        else if (p)
                j->identity.families = p->families & ~(unsigned)FAMILY_ETHERNET;
        else if (j->asked.profile.n_networks > 0)
                j->identity.families =
                        FAMILY_WIFI; /* somebody thinks so, and the device will say no if not */
        if (j->asked.profile.n_networks == 0 && (j->identity.families & ~(unsigned)FAMILY_WIFI))
                j->identity.families &= ~(unsigned)FAMILY_WIFI;
}
