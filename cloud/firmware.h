/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Firmware for updates over Bluetooth (cloud.md 7): which file a device needs next, and the
 * file. */

#include "cloud/client.h"

enum { FIRMWARE_FILE_MAX = 2 << 20 };

struct firmware_query {
        unsigned platform_id;
        const char *os_version;  /* as the device tells it: "3.3.1" */
        const char *ncp_version; /* of the Wi-Fi coprocessor; NULL = it has none of its own */
        unsigned ncp_module_version;
};

/* data NULL: up to date. The bytes are valid during the callback. */
typedef void (*cloud_firmware_fn)(void *userdata, const struct cloud_error *e, const uint8_t *data,
                                  size_t len);

/* Asks for the next file and fetches it. The file's host never sees the token; it must be https, or
 * loopback. */
int cloud_firmware(struct cloud_client *c, const struct firmware_query *query, cloud_firmware_fn done,
                   void *userdata, struct op **ret);
