/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device's setup: what was asked for and what is known so far. Steps fold answers into it, the runner
 * moves through the table with it, the store keeps it, the CLI and the bus show it. Only facts, no
 * mechanics: whatever is here survives a restart, except the secrets, which come back from label and
 * profile. */

#include "proto/base/fault.h"
#include "setup/flow/profile.h"
#include "setup/label/label.h"
#include <stdbool.h>
#include <stdint.h>

enum { JOB_TEXT_MAX = 64, JOB_CAUSE_MAX = 256, JOB_SCAN_MAX = 48, JOB_INTERFACES_MAX = 8 };

enum job_outcome { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_PENDING, JOB_CANCELLED };

enum ownership { OWNER_UNKNOWN, OWNER_NONE, OWNER_ME, OWNER_OTHER };

struct scanned_network {
        uint8_t ssid[WIFI_SSID_MAX];
        size_t ssid_len;
        int security;
        int rssi;
        int channel;
};

struct device_interface {
        int index;
        char name[16];
        int type; /* LOOPBACK 1, THREAD 2, ETHERNET 4, WIFI 8, PPP 16 (section 1.1) */
};

struct job {
        /* asked for */
        struct label label;
        struct profile profile;

        /* known from the cloud */
        char user[JOB_TEXT_MAX]; /* the account that the token belongs to */
        char cloud_id[25];       /* device id by serial number, lower-case hex; "" = unknown */
        unsigned platform_id;    /* 0 = unknown */
        enum ownership owner;
        char owner_name[JOB_TEXT_MAX];
        char cloud_name[JOB_TEXT_MAX];
        struct secret *claim_code;
        bool cloud_online; /* the cloud has seen a handshake since we began */

        /* known from the device */
        char peer_name[JOB_TEXT_MAX]; /* advertised name */
        int peer_rssi;                /* dBm; 0 = unknown */
        char device_id[25];
        char os_version[24];
        struct device_interface interfaces[JOB_INTERFACES_MAX];
        size_t n_interfaces;
        struct scanned_network scan[JOB_SCAN_MAX];
        size_t n_scan;
        int network; /* index into profile.networks that is being joined; -1 = none chosen */
        bool claim_code_set, joined, setup_done, listening_stopped, device_connected, named;

        /* how it ended */
        enum job_outcome outcome;
        enum fault fault;
        char cause[JOB_CAUSE_MAX]; /* in words, no secret; "" if there is nothing to add to the fault */
        unsigned exchanges;        /* from the first handshake byte to stop listening */
};

/* Takes the label over (moves its secret). */
void job_init(struct job *j, struct label *label, struct profile *profile);
void job_done(struct job *j);
