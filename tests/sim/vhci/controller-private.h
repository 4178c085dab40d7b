/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What controller.c (events, scanning, links) and commands.c (the command table) share. */

#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "tests/sim/vhci/controller.h"

struct controller {
        struct controller_config config;
        controller_send_fn send;
        void *userdata;
        struct peripheral *peripherals;
        struct timer *advert; /* runs while scanning or connecting needs it */

        bool scanning, active, filter_duplicates, accept_list_only;
        bool full;

        bool initiating;
        uint8_t peer_type, peer[6];
        bool peer_from_list;
        uint32_t interval_us;
        unsigned supervision_ms;

        uint16_t next_handle;
        struct controller_facts facts;
};

/* events */
void controller_event(struct controller *c, uint8_t code, const void *data, size_t len);
void controller_complete(struct controller *c, uint16_t opcode, const void *ret, size_t len);
void controller_status(struct controller *c, uint16_t opcode, uint8_t status);

/* One command with `len` bytes of parameters. */
void controller_command(struct controller *c, uint16_t opcode, const uint8_t *p, size_t len);

struct peripheral *controller_by_handle(struct controller *c, uint16_t handle);
struct peripheral *controller_by_address(struct controller *c, uint8_t type,
                                         const uint8_t address[static 6]);

/* The peripheral's link, if it has one, is over. */
void controller_link_ended(struct controller *c, struct peripheral *p, uint8_t reason);

/* LE Connection Complete with this status, for the peripheral or, if NULL, for the address asked for. */
void controller_connection_complete(struct controller *c, struct peripheral *p, uint8_t status);
