/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which of the devices around is the one on the label, and which are in setup mode at all (device.md 3.1).
 * Pure. */

#include "ble/objects.h"

enum { BLE_SETUP_CODE_LEN = 6 };

/* How devices in setup mode are recognised. Listening mode has Particle's own values; product firmware in
 * BLE provisioning mode may use others (device.md 4.4). */
struct ble_mode {
        char service[BLE_UUID_MAX];
        char version[BLE_UUID_MAX]; /* "" = the product has none */
        char tx[BLE_UUID_MAX];      /* device to gateway, notified */
        char rx[BLE_UUID_MAX];      /* gateway to device, written */
        uint16_t company;
};

enum { BLE_AVOID_MAX = 8 };

/* Which device is looked for. */
struct ble_want {
        char setup_code[BLE_SETUP_CODE_LEN + 1];
        char only[BLE_ADDRESS_MAX]; /* the one with this address; "" = any that has the code */
        char avoid[BLE_AVOID_MAX][BLE_ADDRESS_MAX]; /* but none of these; "" = none */
};

/* Listening mode. */
struct ble_mode ble_mode_listening(void);

/* True if the device's adverts are those of setup mode: the service, or manufacturer data of the company. */
bool ble_is_setup_device(const struct ble_device *d, const struct ble_mode *mode);

/* True if it is the one with this setup code and was heard during the scan that is on. The name counts only
 * together with the service or the company in the same object. */
bool ble_is_target(const struct ble_device *d, const struct ble_mode *mode,
                   const char setup_code[static BLE_SETUP_CODE_LEN]);

/* As ble_is_target(), but without asking whether it was heard: for a device that is connected and therefore
 * silent. */
bool ble_is_known_target(const struct ble_device *d, const struct ble_mode *mode,
                         const char setup_code[static BLE_SETUP_CODE_LEN]);

/* Whether the address is one of those that are looked for. */
bool ble_is_wanted(const struct ble_device *d, const struct ble_want *want);

/* The six characters of a device in setup mode, from its manufacturer data or its name. -ENOENT if neither
 * tells. `ret` gets a NUL. */
int ble_setup_code(const struct ble_device *d, const struct ble_mode *mode,
                   char ret[static BLE_SETUP_CODE_LEN + 1]);

/* Platform id from the manufacturer data; 0 if not told. */
unsigned ble_platform_id(const struct ble_device *d, const struct ble_mode *mode);
