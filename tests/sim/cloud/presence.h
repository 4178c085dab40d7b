/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Devices that come and go: the cloud's end of a device's own connection. */

#include "tests/sim/cloud/state.h"

/* What a device says when it connects. Anything may be NULL. */
struct arrival {
        const char *claim_code;
        bool full_handshake; /* false: session resumption, on which no claim code travels */
        const char *serial, *mobile_secret, *iccid, *imei, *os;
        int64_t platform_id; /* 0 = not said */
        int64_t product_id;  /* that its firmware is built for; 0 = none */
        uint64_t late_ms;    /* the cloud takes notice only then */
};

/* The device has been made: the cloud knows it from then on, as the real one knows what left the factory. An
 * arrival that the option "auto_register" does not let in is -ENOENT. */
int presence_made(struct vcloud *c, const char *id, const struct arrival *a);

/* Registers a device that nobody knew if the option "auto_register" says so, else -ENOENT. */
int presence_online(struct vcloud *c, const char *id, const struct arrival *a, bool *ret_claimed);

/* -ENOENT for a device that nobody knows. `silently`: the cloud goes on believing it is online. */
int presence_offline(struct vcloud *c, const char *id, bool silently);

/* Does what is due by now. */
int presence_tick(struct vcloud *c);

/* Sets the alarm for what is due first; at start and whenever the clock was moved. */
int presence_arm(struct vcloud *c);
