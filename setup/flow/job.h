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

/* Bits: what a device can be connected by (device reference, section 2.4). */
enum family {
        FAMILY_WIFI = 1,
        FAMILY_CELLULAR = 2,
        FAMILY_ETHERNET = 4,
        FAMILY_ANY = 7,
};

/* How far joining the chosen network has come. */
enum join_state {
        JOIN_UNTRIED,
        JOIN_SENT, /* asked for; what came of it is unknown until the answer is there */
        JOIN_REFUSED,
        JOIN_DONE,
};

struct job {
        /* asked for */
        struct label label;
        struct profile profile;

        /* known from the cloud */
        char user[JOB_TEXT_MAX]; /* the account that the token belongs to */
        char cloud_id[25];       /* device id by serial number, lower-case hex; "" = unknown */
        unsigned platform_id;    /* 0 = unknown */
        bool serial_unknown;     /* the cloud does not know the serial number */
        enum ownership owner;
        char owner_name[JOB_TEXT_MAX];
        char cloud_name[JOB_TEXT_MAX];
        struct secret *claim_code;
        int64_t handshake_s; /* of the device with its cloud, as it was before we touched it */
        bool was_online;     /* the cloud saw it online before we touched it */
        bool cloud_online;   /* the cloud has seen a handshake since we began */

        /* known from the device */
        char peer_name[JOB_TEXT_MAX]; /* advertised name; "" = look for it (again) */
        int peer_rssi;                /* dBm; 0 = unknown */
        char device_id[25];
        char os_version[32];
        bool protected; /* refuses what device protection forbids (section 4.6) */
        struct device_interface interfaces[JOB_INTERFACES_MAX];
        size_t n_interfaces;
        unsigned families; /* enum family; 0 = unknown */
        struct scanned_network scan[JOB_SCAN_MAX];
        size_t n_scan;
        bool scanned;
        int network;    /* index into profile.networks that is being joined; -1 = none chosen */
        unsigned tried; /* bits: networks that could not be joined */
        enum join_state join;
        int32_t join_result; /* of the last join that was refused */
        bool claim_code_set, setup_done, device_connected, named;
        bool stop_sent;         /* leaving listening mode was asked for; whether it happened is unknown */
        bool listening_stopped; /* it does not advertise any more: no new connection is possible */
        bool absent;            /* not found nearby; the cloud may know it all the same */
        unsigned mismatches;    /* handshakes that ended as a wrong secret does */
        unsigned owner_polls;   /* looks at the owner since the device should be online */

        /* now: does not survive a restart */
        bool linked, session;

        /* how it ended */
        enum job_outcome outcome;
        enum fault fault;
        char cause[JOB_CAUSE_MAX]; /* in words, no secret; "" if there is nothing to add to the fault */
        unsigned exchanges;        /* from the first handshake byte to stop listening */
};

/* Takes over label and profile (both are empty afterwards). */
void job_init(struct job *j, struct label *label, struct profile *profile);
void job_done(struct job *j);

/* The id that the device or the cloud told; "" if neither has. */
const char *job_device_id(const struct job *j);

/* "argon" by platform id, else by the label's prefix; "" = unknown */
const char *job_platform(const struct job *j);
