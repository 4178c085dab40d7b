/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One LE connection on the virtual air: data passes both ways only on connection events, so many packets
 * each, and a lost one is sent again at the next event. Above it L2CAP: frames of the fixed channels, cut
 * into ACL packets towards the host and put together towards the device. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sd_event;

enum { L2CAP_ATT = 4, L2CAP_SIGNALLING = 5, L2CAP_SECURITY = 6, L2CAP_FRAME_MAX = 600 };

struct air_config {
        struct sd_event *loop; /* what its timers wait on */
        uint16_t handle;
        uint32_t interval_us;
        unsigned packets;      /* per connection event and direction */
        unsigned loss_percent; /* of packets, repeated at the next event */
};

/* Called from the loop. None of them may free the link. */
struct air_ops {
        /* a whole L2CAP frame arrived at the device */
        void (*frame)(void *userdata, unsigned cid, const uint8_t *data, size_t len);
        /* an ACL packet for the host, with its four bytes of header */
        void (*to_host)(void *userdata, const uint8_t *acl, size_t len);
        /* so many of the host's packets left the controller */
        void (*completed)(void *userdata, uint16_t handle, unsigned n);
};

struct air_link;

/* 0 or -ENOMEM. */
int air_link_new(const struct air_config *config, const struct air_ops *ops, void *userdata,
                 struct air_link **ret);
struct air_link *air_link_free(struct air_link *l);
DEFINE_CLEANUP(struct air_link *, air_link_free)

/* From the host: the payload of one ACL packet and whether it continues a frame. -ENOBUFS: the host sent
 * more packets than the controller has. */
int air_link_from_host(struct air_link *l, bool continues, const uint8_t *data, size_t len);

/* From the device: one L2CAP frame. */
int air_link_from_device(struct air_link *l, unsigned cid, const uint8_t *data, size_t len);

void air_link_set_interval(struct air_link *l, uint32_t interval_us);
void air_link_set_loss(struct air_link *l, unsigned percent);

/* Packets that wait towards the host. */
unsigned air_link_pending(const struct air_link *l);
