/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A virtual device's presence in the virtual cloud: what the device says when it comes and goes, as the
 * messages of `usher-sim cloud`'s own endpoint, and back whether it is claimed. */

#include "tests/device/device.h"
#include "tests/sim/post.h"

/* To be told on vdevice_ops.online and .offline. `d` outlives the poster. */
int report_online(struct poster *p, struct vdevice *d, const struct vdevice_online *online);
int report_offline(struct poster *p, const char *device_id);
