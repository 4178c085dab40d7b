/* SPDX-License-Identifier: Apache-2.0 */

/* The one that is proven is never passed over: it may restart, and lose its link, too. */

#include "setup/flow/candidates.h"
#include <stdio.h>
#include <string.h>

static bool is_proven(const struct candidates *c, const struct candidate *one)
{
        return c->proven[0] && strcmp(c->proven, one->address) == 0;
}

void candidates_meet(struct candidates *c, const struct port_peer *peer)
{
        c->met = (struct candidate){ .rssi = peer->rssi };
        (void)snprintf(c->met.address, sizeof(c->met.address), "%s", peer->address);
        (void)snprintf(c->met.name, sizeof(c->met.name), "%s", peer->name);
}

void candidates_prove(struct candidates *c)
{
        memcpy(c->proven, c->met.address, sizeof(c->proven));
}

/* Its entry; NULL: there is no room for one. */
static struct candidate *entry(struct candidates *c)
{
        for (size_t i = 0; i < c->n; i++)
                if (strcmp(c->refused[i].address, c->met.address) == 0)
                        return &c->refused[i];
        if (c->n == PORT_AVOID_MAX)
                return NULL;
        c->refused[c->n] = c->met;
        return &c->refused[c->n++];
}

static bool has_chance(const struct candidates *c)
{
        for (size_t i = 0; i < c->n; i++)
                if (c->refused[i].refused < CANDIDATE_CHANCES)
                        return true;
        return false;
}

bool candidates_refuse(struct candidates *c, enum fault fault)
{
        struct candidate *one = entry(c);

        if (!one || one->refused >= CANDIDATE_CHANCES)
                return false;
        one->refused = fault == FAULT_DEVICE_NO_SECRET ? CANDIDATE_CHANCES : one->refused + 1;
        one->fault = fault;
        one->rssi = c->met.rssi;
        if (is_proven(c, one))
                return one->refused < CANDIDATE_CHANCES;
        return has_chance(c) || !c->again || c->proven[0];
}

size_t candidates_avoid(const struct candidates *c, const char *ret[static PORT_AVOID_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < c->n; i++)
                if (!is_proven(c, &c->refused[i]) &&
                    c->refused[i].refused >= (c->again ? CANDIDATE_CHANCES : 1))
                        ret[n++] = c->refused[i].address;
        return n;
}

/* One that refused once and is gone may restart, and is waited for like any other. */
bool candidates_are_near(const struct candidates *c)
{
        const char *avoid[PORT_AVOID_MAX];

        return !c->proven[0] && candidates_avoid(c, avoid) > 0;
}

bool candidates_look_again(struct candidates *c)
{
        bool before = c->again;

        c->again = true;
        return !before && has_chance(c);
}

void candidates_blame(const struct candidates *c, struct trouble *ret)
{
        struct trouble t = {};

        for (size_t i = 0; c->n > 1 && i < c->n; i++) {
                const struct candidate *one = &c->refused[i];

                trouble_add(&t, "%s\"%s\" (", i ? ", " : "", one->name);
                if (strcmp(one->name, one->address) != 0)
                        trouble_add(&t, "%s, ", one->address);
                if (one->rssi)
                        trouble_add(&t, "%d dBm)", one->rssi);
                else
                        trouble_add(&t, "signal unknown)");
        }
        if (c->n > 1)
                trouble_add(&t, " have this setup code and refuse the secret of this label");
        t.fault = c->n == 1 ? c->refused[0].fault : FAULT_SECRET_MISMATCH;
        *ret = t;
}
