/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Server-sent events (cloud.md 6): one hub, and a stream for every client that listens. */

#include "tests/sim/cloud/state.h"

struct event {
        const char *name;
        const char *data; /* NULL = null */
        const char *coreid;
        const char *owner;  /* whose streams hear it; NULL: nobody's, as with an unclaimed sandbox device */
        int64_t product_id; /* whose product's streams hear it; 0 = none */
};

int hub_new(struct sd_event *loop, struct hub **ret);
/* Ends what is still open; the streams stay with those who hold them. */
struct hub *hub_free(struct hub *h);

int hub_publish(struct vcloud *c, const struct event *e);
/* The same, filled in from the device. */
int hub_publish_device(struct vcloud *c, const json_t *device, const char *name, const char *data);

/* Ends every open stream in order, as the real cloud does now and then. */
void hub_end_all(struct hub *h);
/* [{"peer":...,"who":...,"events":n}] */
json_t *hub_report(const struct hub *h);
