/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A virtual device on the table: one client beside it, on the virtual clock. The client is proto/client,
 * which was pinned to vectors of its own; everything below the handshake can also be written by hand. */

#include "proto/client.h"
#include "tests/device/device.h"

enum { LAB_LINKS = 8 };

struct lab {
        struct vdevice *device;
        struct world *world;
        struct client *client; /* of the last lab_open() */
        unsigned link;         /* the last one that came up */
        bool up[LAB_LINKS];
        bool advertising;
        struct vdevice_advert advert;
        unsigned drops;
        struct buf heard; /* notifications of the last link while there is no client */
        unsigned notifications;
        uint64_t last_notify_ms;
        int client_error;
        unsigned online, offline;
        bool full_handshake, with_code;
        char code[80];
        struct buf reply; /* of the last lab_ask() */
};

/* NULLs and zeros: an Argon with 6.2.0, listening, in the world without a file. `world`: text of a world
 * file. */
struct lab_config {
        const char *platform, *os, *world;
        struct mishap mishap[4];
        size_t n_mishaps;
        struct vdevice_config device;
};

void lab_init(struct lab *l, const struct lab_config *config);
void lab_done(struct lab *l);

/* A new link, with notifications on; its number. Fails the test if the device does not take it. */
unsigned lab_connect(struct lab *l);

/* Connects and shakes hands; false: the link ended. */
bool lab_open(struct lab *l, const char *secret);

/* The result, or LAB_LOST if the link ended first; l->reply holds the payload. */
enum { LAB_LOST = 1000, LAB_SILENT = 1001 };
int32_t lab_ask(struct lab *l, uint16_t type, const uint8_t *payload, size_t len);

/* The same with a body made by one of the encoders: spent afterwards. */
int32_t lab_ask_body(struct lab *l, uint16_t type, struct buf *body);

int32_t lab_join(struct lab *l, const char *ssid, int security, const char *password, bool hidden);

/* Runs the clock until the device is online, or for at most `ms`. */
bool lab_wait_online(struct lab *l, uint64_t ms);

struct vdevice_facts lab_facts(const struct lab *l);

#define LAB_SECRET "ABCDEFGHJKLMNPQ"
