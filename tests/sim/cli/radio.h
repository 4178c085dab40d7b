/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The device's end of the sim radio (design.md 3): a listening AF_UNIX SOCK_SEQPACKET socket in a
 * folder, named as the device advertises, there only while it advertises; so a device that has all its links
 * is not seen, as in the air. One record is one ATT value; the first one to a client is the version
 * characteristic's byte. */

#include "tests/sim/device/device.h"

struct sim_radio;

/* The folder must exist; the loop outlives it. */
int sim_radio_new(struct sd_event *loop, const char *dir, struct sim_radio **ret);

/* Removes its socket, closes its links. */
struct sim_radio *sim_radio_free(struct sim_radio *r);
DEFINE_CLEANUP(struct sim_radio *, sim_radio_free)

/* Whose radio it is; before the loop runs. */
void sim_radio_set_device(struct sim_radio *r, struct vdevice *d);

/* What the device does (struct vdevice_ops). A name that another device's socket has is an error, which
 * sim_radio_error() tells. */
void sim_radio_advertise(struct sim_radio *r, const struct vdevice_advert *advert);
void sim_radio_notify(struct sim_radio *r, unsigned link, const uint8_t *data, size_t len);
void sim_radio_drop_link(struct sim_radio *r, unsigned link);
int sim_radio_error(const struct sim_radio *r);
