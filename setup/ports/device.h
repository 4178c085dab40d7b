/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device at the other end of a link: joins the link (setup/ports/radio.h) to the pure client
 * (proto/client.h) and answers the flow's `open` and `ask`. Survives its links: after one is lost the next
 * is attached to the same device. */

#include "setup/ports/radio.h"

struct device;
struct sd_event;

/* `lost` is called when the link ends while no operation uses it; see struct ports. */
int device_new(struct sd_event *loop, void (*lost)(void *userdata), void *userdata, struct device **ret);

/* Takes NULL, returns NULL; hangs up. No operation is under way any more. */
struct device *device_free(struct device *d);
DEFINE_CLEANUP(struct device *, device_free)

/* Takes the link over; the one before is hung up. */
void device_attach(struct device *d, struct radio_link *link);

/* Ends the link, if there is one, without waiting for it and without a word to `lost`. */
void device_hang_up(struct device *d);

/* As ports.h has them. One operation at a time: -EBUSY. Every reply has its deadline, the timeout_ms of the
 * first request that is still without one (proto/control.h): FAULT_LINK_SILENT, and the link is hung up. The
 * handshake has none of its own. */
int device_open(struct device *d, const struct secret *mobile_secret, answer_fn done, void *userdata,
                struct op **ret);
int device_ask(struct device *d, const struct port_request *requests, size_t n, answer_fn done,
               void *userdata, struct op **ret);

/* Exchanges on all links so far (proto/client.h). */
unsigned device_exchanges(const struct device *d);
