/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What link-acquire.c makes and link.c runs. */

#include "ble/link.h"
#include "proto/base/timer.h"
#include <systemd/sd-event.h>

struct link_packet {
        struct link_packet *next;
        size_t len;
        uint8_t data[];
};

struct link {
        struct objects *objects;
        char device[BLE_PATH_MAX];
        char tx[BLE_PATH_MAX], rx[BLE_PATH_MAX]; /* characteristics */
        size_t max_write;
        uint8_t version;

        int write_fd, notify_fd; /* -1: the other way, WriteValue and signals */
        sd_event_source *write_io, *notify_io;
        sd_bus_slot *write_call;
        struct link_packet *first, **last; /* values that signals brought */

        bool blocked; /* writable() is owed */
        bool lost;
        struct trouble trouble;
        struct timer *soon; /* delivers packets and the loss from the loop */
        bool calling, dead; /* freed by its owner while it calls him */
        struct objects_watch watch;

        const struct link_events *events;
        void *userdata;
        void (*on_free)(void *userdata, const char *device_path);
        void *on_free_userdata;
};

/* A link without pipes. 0 or -ENOMEM. */
int link_new(struct objects *o, const char *device_path, const char *tx, const char *rx, struct link **ret);

/* Takes both descriptors over and begins to watch them. */
int link_set_fds(struct link *l, int write_fd, int notify_fd);

void link_set_mtu(struct link *l, uint16_t mtu);
