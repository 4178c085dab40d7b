/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the verbs on devices share with those on a product's. */

#include "cloud/call.h"
#include "cloud/device.h"

/* Readers of verbs whose done is a cloud_device_fn or a cloud_devices_fn. */
void device_read(struct call_end *end);
void device_read_list(struct call_end *end);
