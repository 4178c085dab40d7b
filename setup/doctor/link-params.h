/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parameters that the kernel gives new Low Energy connections of an adapter: what BlueZ's main.conf sets
 * and no D-Bus property tells. Read only. */

#include <stddef.h>
#include <stdint.h>

struct link_params {
        uint32_t interval_min_us, interval_max_us;
        unsigned latency;
        unsigned supervision_ms;
};

/* `adapter` is "hci0". -ENODEV: no such adapter; -EAFNOSUPPORT: no Bluetooth in this kernel; -EPERM,
 * -EOPNOTSUPP: the kernel does not tell; -ETIMEDOUT. */
int link_params_read(const char *adapter, struct link_params *ret);

/* The kernel's answer (the parameters of Read Default System Configuration, kernel document mgmt-api): type
 * u16, length u8, value. Unknown types are skipped. -EBADMSG if it does not add up or lacks one of the four.
 */
int link_params_parse(const uint8_t *data, size_t len, struct link_params *ret);
