/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The virtual LE controller: HCI commands in, HCI events out, peripherals in range. */

#include "tests/sim/vhci/peripheral.h"

struct controller_config {
        struct sd_event *loop; /* what its timers wait on, and its peripherals' */
        uint8_t address[6];    /* public, little-endian */
        unsigned adv_ms;       /* how often each peripheral advertises */
        unsigned packets;      /* per connection event and direction */
        unsigned links_max;    /* the controller's connection slots */
};

/* One HCI packet for the host, type byte first. */
typedef void (*controller_send_fn)(void *userdata, const uint8_t *packet, size_t len);

/* 0 or -ENOMEM. */
int controller_new(const struct controller_config *config, controller_send_fn send, void *userdata,
                   struct controller **ret);

/* Frees the peripherals too. */
struct controller *controller_free(struct controller *c);
DEFINE_CLEANUP(struct controller *, controller_free)

/* Takes the peripheral over. */
void controller_add(struct controller *c, struct peripheral *p);

/* NULL past the end. */
struct peripheral *controller_at(struct controller *c, size_t i);

/* One HCI packet of the host. Malformed ones are answered as the specification says, or dropped. */
void controller_receive(struct controller *c, const uint8_t *packet, size_t len);

/* Connections fail as if all slots were taken (HCI error 0x09). */
void controller_set_full(struct controller *c, bool full);

/* A peripheral advertises other things than before, or not any more. */
void controller_adverts_changed(struct controller *c);

/* facts */
struct controller_facts {
        unsigned scans, connects, cancels, links, unknown_commands;
        bool scanning, initiating;
};
void controller_facts(const struct controller *c, struct controller_facts *ret);
