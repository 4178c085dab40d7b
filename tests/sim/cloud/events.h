/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Server-sent events (cloud.md 6): one hub, and a stream for every client that listens. */

#include "tests/sim/cloud/state.h"

int hub_new(struct sd_event *loop, struct hub **ret);
/* Ends what is still open; the streams stay with those who hold them. */
struct hub *hub_free(struct hub *h);

/* Tells the streams whom it concerns of an event of this device, filled in from its record. */
int hub_publish_device(struct vcloud *c, const json_t *device, const char *name, const char *data);

/* Ends every open stream in order, as the real cloud does now and then. */
void hub_end_all(struct hub *h);
/* [{"peer":...,"who":...,"events":n}] */
json_t *hub_report(const struct hub *h);
