/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The devices that have the label's setup code. The code is only the end of the serial number, so that two
 * devices beside each other may have the same one; which of them is meant is proven by the secret alone.
 * Whoever refuses it is passed over until nobody else is heard; then each gets its second chance, because a
 * link that is lost by chance at that moment looks the same. */

#include "setup/flow/ports.h"

enum { CANDIDATE_CHANCES = 2 };

struct candidate {
        char address[PORT_NAME_MAX], name[PORT_NAME_MAX];
        int rssi;         /* dBm when it was last found; 0 = unknown */
        unsigned refused; /* handshakes; without a secret of its own: all chances at once */
        enum fault fault; /* how it did */
};

/* All zero at first. */
struct candidates {
        struct candidate met;       /* the one that was found last */
        char proven[PORT_NAME_MAX]; /* address of the one that took the secret; "" = none yet */
        struct candidate refused[PORT_AVOID_MAX];
        size_t n;
        bool again; /* nobody else is heard: the second chances */
};

void candidates_meet(struct candidates *c, const struct port_peer *peer);

/* The one that was met has taken the secret. */
void candidates_prove(struct candidates *c);

/* The one that was met has refused: FAULT_SECRET_MISMATCH, or FAULT_DEVICE_NO_SECRET. True: somebody has a
 * chance left, or may be there. */
bool candidates_refuse(struct candidates *c, enum fault fault);

/* Addresses that find() is to pass over; valid as long as `c` is. The number of them. */
size_t candidates_avoid(const struct candidates *c, const char *ret[static PORT_AVOID_MAX]);

/* Whether to look only for as long as it takes to hear those that are there. */
bool candidates_are_near(const struct candidates *c);

/* Nobody but those to be passed over is heard. True: look again, for those that have a chance left. */
bool candidates_look_again(struct candidates *c);

/* All that refused, if there are several: FAULT_SECRET_MISMATCH with their names, addresses and signal
 * strengths; of one alone its fault says it all. */
void candidates_blame(const struct candidates *c, struct trouble *ret);
