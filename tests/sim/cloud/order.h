/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* In which order lists of devices come. */

#include <jansson.h>

/* Sorts an array of device records. `attr`: deviceName, deviceId, firmwareVersion or lastConnection (NULL);
 * `dir`: asc or desc (NULL). -EINVAL: another word; -ENOMEM. */
int order_devices(json_t *list, const char *attr, const char *dir);
