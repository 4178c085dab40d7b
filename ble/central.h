/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The gateway's side of Bluetooth LE: finds devices in setup mode, connects to them, leaves nothing behind.
 * One central serves any number of setups at once. It never pairs, and never switches an adapter on or off.
 */

#include "ble/link.h"
#include "ble/match.h"

struct central;

struct central_config {
        sd_event *loop;        /* outlives the central */
        const char *adapter;   /* "hci1" or an address; NULL: any that will do */
        const char *state_dir; /* this user's, for the record of device objects; NULL: none is kept */
        const char *lock_dir;  /* for all users; NULL is "/run/lock" */
        const char *sysfs;     /* NULL is "/sys" */
};

/* 0 or -ENOMEM: whatever is wrong with the adapter or bluetoothd is an answer of the operations. */
int central_new(const struct central_config *config, struct central **ret);

/* No operation is under way and no link is left. Asks bluetoothd to disconnect and forget what was
 * connected, without waiting for it. Takes NULL, returns NULL. Not from inside one of its callbacks. */
struct central *central_free(struct central *c);
DEFINE_CLEANUP(struct central *, central_free)

struct objects *central_objects(struct central *c);

/* searching */
struct central_found {
        struct trouble trouble;          /* FAULT_NONE: `device` counts */
        const struct ble_device *device; /* valid during the callback */
};

typedef void (*central_found_fn)(void *userdata, const struct central_found *f);

/* Looks until the device that is wanted is heard, or the operation is dropped. Of several that are heard
 * within one interval of their adverts the strongest. */
int central_find(struct central *c, const struct ble_mode *mode, const struct ble_want *want,
                 central_found_fn done, void *userdata, struct op **ret);

/* Looks until dropped, and tells every device in setup mode each time something of it is told; `device` NULL
 * without a fault: one is gone, or all may have changed. A fault is the end. */
int central_browse(struct central *c, const struct ble_mode *mode, central_found_fn told, void *userdata,
                   struct op **ret);

/* connecting */
struct central_connected {
        struct trouble trouble; /* FAULT_NONE: `link` belongs to the callee; a cause then names the process
                                   after which the turn could not be waited for any longer */
        struct link *link;
};

typedef void (*central_connected_fn)(void *userdata, const struct central_connected *a);

/* `address` of a device that central_find() has found; -ENOENT otherwise. Tries again what is worth it,
 * within about 18 s, and as long as it waits for its turn (ble/turn.h): everything but the adapter's
 * absence. Freeing the link disconnects in the background. */
int central_connect(struct central *c, const char *address, central_connected_fn done, void *userdata,
                    struct op **ret);

/* How long a central_connect(), whose operation that is, has waited for its turn so far, in ms. */
uint64_t central_waited_ms(const struct op *connecting);
