/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A virtual device's presence in the virtual cloud: what the device says when it comes and goes, as the
 * messages of `usher-sim cloud`'s own endpoint, and back whether it is claimed. */

#include "tests/sim/cli/post.h"
#include "tests/sim/device/device.h"

/* The device has left the factory: the cloud can look its serial number up. Calls done when the cloud has
 * answered, or does not. */
int report_made(struct poster *p, const struct vdevice *d, const struct vdevice_config *config, post_fn done,
                void *userdata);

/* To be told on vdevice_ops.online and .offline. `d` outlives the poster. */
int report_online(struct poster *p, struct vdevice *d, const struct vdevice_online *online);
int report_offline(struct poster *p, const char *device_id);
