/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which Bluetooth adapter to use, or what stands in the way of using one. */

#include "ble/objects.h"

struct adapter_choice {
        char path[BLE_PATH_MAX];
        struct trouble trouble; /* FAULT_NONE: path counts */
};

/* `want` is "hci1" or an adapter's address; NULL takes any. Several that will do: the one with the fewest
 * connections. `sysfs` is "/sys" but in tests. Returns 0 and the path, -EAGAIN while bluetoothd's objects
 * are being loaded, or -ENODEV and the fault. Never switches anything on or off. */
int adapter_choose(const struct objects *o, const char *want, const char *sysfs, struct adapter_choice *ret);

/* "hci0" of "/org/bluez/hci0". */
const char *adapter_name(const char *path);

/* How many devices are connected through the adapter, whoever connected them. */
size_t adapter_connections(const struct objects *o, const char *path);
