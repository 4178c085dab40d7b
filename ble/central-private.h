/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the central's files share. */

#include "ble/adapter.h"
#include "ble/central.h"
#include "ble/discovery.h"
#include "ble/owned.h"
#include "ble/turn.h"
#include "proto/base/timer.h"

/* A device that was found. It is known by its object path; found anew it may have another. */
struct peer {
        struct central *central;
        struct peer *next;
        struct ble_mode mode;
        char setup_code[BLE_SETUP_CODE_LEN + 1];
        char address[BLE_ADDRESS_MAX];
        char path[BLE_PATH_MAX];
        unsigned users;      /* operations and links */
        bool kept;           /* bluetoothd keeps its object because of us */
        struct timer *timer; /* then it is forgotten */
};

struct central {
        sd_event *loop;
        struct objects *objects;
        struct turn *turn;
        struct discovery *discovery;
        struct owned *owned;
        char want[64], sysfs[128];
        char adapter[BLE_PATH_MAX]; /* in use; "" = none */
        bool had_adapter, adopted;
        struct objects_watch watch;
        struct peer *peers;
};

/* The adapter in use, chosen anew if it must be. As adapter_choose(). */
int central_adapter(struct central *c, struct adapter_choice *ret);

/* How long to wait for an adapter before the fault is told: long once there was one (it may be reset, or
 * bluetoothd restarted), short at the start. */
uint64_t central_patience_ms(const struct central *c, enum fault fault);

/* Whether somebody uses the device behind the path: an operation or link of this central, or another usher.
 */
bool central_path_is_used(struct central *c, const char *path);

/* peers */
int peer_found(struct central *c, const struct ble_mode *mode, const char *setup_code,
               const struct ble_device *d, struct peer **ret);
struct peer *peer_by_address(struct central *c, const char *address);
void peer_use(struct peer *p);
void peer_unuse(struct peer *p);

/* From now on bluetoothd keeps the object: to be called before Connect. */
int peer_keep(struct peer *p);

/* Ends the connection in the background; bluetoothd takes two seconds for it (bluez.md 21). */
void peer_hang_up(struct peer *p);

void central_call_device(struct central *c, const char *path, const char *method);
void central_remove_device(struct central *c, const char *path);
