/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Virtual Particle devices (tests/sim/device) as peripherals of the virtual controller. */

#include "tests/sim/vhci/controller.h"

struct app_devices;

/* The loop outlives them. NULL: out of memory. */
struct app_devices *app_devices_new(struct sd_event *loop);

/* After the controller's end. */
struct app_devices *app_devices_free(struct app_devices *a);
DEFINE_CLEANUP(struct app_devices *, app_devices_free)

/* From the command line; these say on standard error what is wrong and return -EINVAL. */
int app_devices_add(struct app_devices *a, const char *spec);
int app_devices_world(struct app_devices *a, const char *path);
int app_devices_cloud(struct app_devices *a, const char *url);

/* Of all devices' loops (device.h), to be changed before they start. */
unsigned *app_devices_loop_ms(struct app_devices *a);

/* Puts all into range. */
int app_devices_start(struct app_devices *a, struct controller *c, unsigned max_mtu);
