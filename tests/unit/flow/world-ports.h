/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A whole setup without a loop, a socket or a second of real time: the flow and the gateway's real protocol
 * machine (setup/ports/device.h) on one side, the virtual device (tests/sim/device) on the other, between
 * them a link that is a pair of function calls, beside them a cloud that is a record. Everything on the
 * virtual clock. */

#include "setup/flow/runner.h"
#include "setup/ports/radio.h"
#include "tests/sim/device/device.h"

enum { WORLD_EVENTS_MAX = 32768 };

struct device; /* setup/ports/device.h */

struct world_link {
        struct radio_link link;
        struct world_ports *ports;
        unsigned id;
};

struct world_ports {
        struct ports ports;
        struct world *world;
        struct vdevice *vdevice;
        struct device *device;
        struct world_link *up; /* NULL: none */
        unsigned links;
        bool advertised;
        char name[ADVERT_NAME_MAX + 1];
        struct world_op *finding;
        unsigned ops;

        /* the cloud's record of the device */
        char id[32], serial[16];
        unsigned platform_id;
        unsigned lost;      /* how often it went offline */
        bool online, asked; /* asked: a claim code was handed out */
        char owner[64], device_name[64];
        int64_t handshake_s;

        /* its firmware files: the next one for a version, firmware_len bytes; NULL = up to date */
        const uint8_t *(*firmware)(const char *os_version);
        size_t firmware_len;
        unsigned firmware_asks;

        /* what happened */
        size_t to_device, to_client; /* bytes of all links */
        unsigned handled;
};

struct world_scene {
        struct world_ports world;
        struct job job;
        struct runner *runner;
        char events[WORLD_EVENTS_MAX];
        bool over;
        uint64_t ms;
        unsigned starts; /* steps that were begun, retries included */
};

/* What a scene is made of; zero is an Argon with 6.2.0 in listening mode, Wi-Fi "usher-lab", account. */
struct world_config {
        const char *platform, *os;
        const char *profile; /* NULL: usher-lab with its password; the right one for the platform's family */
        const char *password;        /* for the first network of the profile; NULL: the right one */
        const char *second_password; /* for the second network; NULL: none */
        const char *world;           /* as tests/sim/device/world.h describes it; NULL: the default one */
        const char *secret;          /* of the device, when the label's is wrong */
        enum task task;
        struct mishap mishap[4];
        size_t n_mishaps;
        struct vdevice_config device; /* start, protected, setup_done, active_sim, ethernet_detection */
};

void world_scene_init(struct world_scene *s, const struct world_config *config);

/* Forgets the job and starts another one in the same world, as the same command run again. */
void world_scene_again(struct world_scene *s, const struct world_config *config);

void world_scene_start(struct world_scene *s);

/* False: not over within the limit. */
bool world_scene_run(struct world_scene *s, uint64_t limit_ms);

/* Insists that neither operation nor timer nor link is left. */
void world_scene_done(struct world_scene *s);
