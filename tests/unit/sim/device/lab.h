/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A bench for one virtual device on the virtual clock, with a client of its own made from proto/session: it
 * keeps no rule of the pool unless a test does, so that tests can break every one of them. */

#include "proto/base/bytes.h"
#include "proto/control.h"
#include "proto/message.h"
#include "proto/session.h"
#include "tests/sim/device/device.h"

enum { LAB_MTU = 247, LAB_VALUE = 244, LAB_MINUTE = 60000 };

#define LAB_SECRET "ABCDEFGHJKLMNPQ"

struct lab {
        struct vdevice *device;
        struct world *world;
        struct secret *secret; /* the client's; equal to the device's unless a test changes it */

        /* the link that the client uses */
        unsigned link, links;
        uint8_t version;
        size_t value; /* what one write may hold */
        bool paced;   /* a millisecond between writes; else all at once, whatever becomes of it */
        struct session *session;
        struct buf in;
        uint16_t id;

        /* the last reply */
        uint16_t reply_id;
        struct buf payload;

        /* what the device did */
        struct vdevice_advert advert;
        char advert_name[ADVERT_NAME_MAX + 1];
        unsigned adverts; /* changes */
        unsigned lost;    /* number of the link that it dropped last; 0 = none */
        unsigned notifications;
        size_t longest; /* notification */
        uint64_t notified_ms;
        unsigned online, offline;
        char claim_code[65]; /* that came with the last `online`; "" = none */
        bool full_handshake;
        unsigned handled;
        unsigned effects;
        char effect[80]; /* the last: "NAME TO", then " again" where it changed nothing */
};

/* What the device is made of; zero is an Argon with 6.2.0 in listening mode and the default world. Without a
 * timing it has no loop, so that tests can say to the millisecond what follows what; test-device-loop.c has
 * the loop. */
struct lab_config {
        const char *platform, *os, *world;
        struct mishap mishap[4]; /* those with arg, result or times set, or a kind other than the first */
        size_t n_mishaps;
        struct vdevice_config device;
};

/* life: the device is there and, if it ever will, advertises. */
void lab_start(struct lab *l, const struct lab_config *config);
void lab_done(struct lab *l);

/* link */
int lab_link_up(struct lab *l, unsigned mtu);
void lab_link_down(struct lab *l);
bool lab_has_link(const struct lab *l);
int lab_write(struct lab *l, const uint8_t *data, size_t len); /* cut into values */
void lab_run(uint64_t ms);

/* True once the device has dropped the client's link, waiting for at most that long. */
bool lab_is_dropped(struct lab *l, uint64_t limit_ms);

/* session: link up and handshake; insists that both work. lab_try_open() says whether they did. */
void lab_open(struct lab *l);
bool lab_try_open(struct lab *l, uint64_t limit_ms);

/* requests: lab_send() returns the id. lab_next() insists on a reply within the limit and gives its result,
 * or LAB_LOST if the device drops the link first; lab_silent() insists that none comes. lab_ask_bytes() is
 * for bodies made by hand. */
enum { LAB_LOST = 1000 };
uint16_t lab_send(struct lab *l, uint16_t type, const struct buf *body);
int32_t lab_next(struct lab *l, uint64_t limit_ms);
void lab_silent(struct lab *l, uint64_t ms);
int32_t lab_ask(struct lab *l, uint16_t type, const struct buf *body);
int32_t lab_ask_bytes(struct lab *l, uint16_t type, const void *body, size_t len);

/* Often asked */
int32_t lab_join(struct lab *l, const char *ssid, int security, const char *password, bool hidden);
int lab_cloud_status(struct lab *l);
bool lab_wait_online(struct lab *l, uint64_t limit_ms); /* true: it is */
bool lab_is_listening(struct lab *l);
struct vdevice_facts lab_facts(const struct lab *l);
