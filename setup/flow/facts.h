/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is known of one device's setup and survives a restart, a part for each file of steps: that file
 * alone decides what stands in its part, whoever likes may read it. Only single values, so that each is one
 * field of the job's record; no secret. What is not known is 0, false or "" unless something else is said.
 */

#include "proto/base/trouble.h"
#include "proto/message.h"
#include <stdbool.h>
#include <stdint.h>

enum { JOB_TEXT_MAX = 64 };

/* steps-radio.c */
struct job_radio {
        int rssi; /* dBm; 0 = unknown */
};

/* Bits: what a device can be connected by (device.md 2.4). */
enum family {
        FAMILY_WIFI = 1,
        FAMILY_CELLULAR = 2,
        FAMILY_ETHERNET = 4,
};

/* steps-identity.c: what the device says of itself */
struct job_identity {
        char id[DEVICE_ID_LEN + 1];
        char os[VERSION_MAX + 1];
        bool protected;    /* refuses what device protection forbids (device.md 4.6) */
        unsigned families; /* bits of enum family: how it is to be connected; 0 = unknown */
};

enum ownership {
        OWNER_UNKNOWN, /* not asked yet */
        OWNER_NONE,
        OWNER_ME, /* as it should be: the account's, the customer's; in a product the member's that the
                   * profile names, or anybody's if it names none */
        OWNER_OTHER,
        OWNER_HIDDEN, /* nobody's, somebody else's or unknown: the cloud does not tell which (cloud.md 3.5)
                       */
};

/* steps-cloud.c: what the cloud knows of account and device before that is touched */
struct job_cloud {
        char user[JOB_TEXT_MAX];        /* the account that the token belongs to; "" = an API user */
        bool limit_asked;               /* one more device would not be too many */
        bool serial_asked;              /* which device has the serial number */
        bool serial_unknown;            /* it does not know */
        char id[DEVICE_ID_LEN + 1];     /* device id by serial number, lower-case hex */
        unsigned platform_id;           /* 0 = unknown */
        char iccid[SIM_NUMBER_MAX + 1]; /* of its own SIM, which need not be the one in use */
        enum ownership owner;
        char owner_name[JOB_TEXT_MAX];
        char name[JOB_TEXT_MAX];
        bool was_online;     /* the cloud saw it online before we touched it */
        int64_t handshake_s; /* the last one that the cloud saw before we touched it; 0 = unknown */
};

/* steps-product.c */
struct job_product {
        bool known;        /* the profile's product is there */
        unsigned platform; /* of its members; 0 = not said */
        bool member_asked; /* whether the device is one, by serial number */
        bool imported;     /* it was made a member of the product */
        unsigned marked;   /* bits of enum mark: what the product keeps of it that is set */
};

/* steps-claim.c */
struct job_claim {
        bool code_set; /* the device has its claim code, or does without */
        bool sent;     /* claiming by id was asked for; the owner says what came of it */
        bool online;   /* the cloud has seen it come online since we began */
        bool named;
        unsigned number; /* that was taken for {n} in the profile's name */
};

/* steps-sim.c: its SIM card in the cloud */
struct job_sim {
        bool asked;  /* the rest counts */
        bool before; /* it was activated before */
        bool wanted; /* it is to be activated */
        bool pending;
        struct trouble trouble; /* why it cannot be used; told when the device has all it needs. Without a
                                 * fault: what is told of a modem that finds no network */
};

/* steps-cellular.c: SIM and modem as the device sees them */
struct job_modem {
        int active_sim; /* enum sim_type; 0 = unknown */
        bool sim_set;
        bool access_point_set;
        bool iccid_asked;
        char iccid[SIM_NUMBER_MAX + 1];
        char imei[SIM_NUMBER_MAX + 1]; /* "" before 5.9 and 6.1 */
        unsigned errors;
};

/* Whether the device looks for an Ethernet adapter. */
enum feature {
        FEATURE_UNKNOWN,
        FEATURE_OFF,
        FEATURE_ON,
        FEATURE_MISSING, /* its firmware has no such thing */
};

/* Restarting the device: into listening mode again, by itself. */
enum restart {
        RESTART_NONE,
        RESTART_WANTED,
        RESTART_SENT,
};

/* steps-restart.c */
struct job_restart {
        enum feature ethernet;
        enum restart state;
        unsigned count;
};

/* steps-update.c */
struct job_update {
        char ncp_version[VERSION_MAX + 1]; /* "" = none */
        unsigned ncp_module_version;
        unsigned applied; /* files */
};

/* How far joining the chosen network has come. */
enum join_state {
        JOIN_UNTRIED,
        JOIN_SENT,    /* the request is out */
        JOIN_UNSURE,  /* its answer was lost: the device must be asked what came of it */
        JOIN_REFUSED, /* the device said no: its scan must explain why */
        JOIN_DONE,
        JOIN_ASTRAY, /* it joined and does not find the network again: its scan must tell */
};

/* steps-wifi.c */
struct job_wifi {
        int network;    /* index into profile.networks that is being joined; -1 = none chosen */
        unsigned tried; /* bits: networks that could not be joined */
        enum join_state join;
        int32_t join_result;             /* of the last join that was refused */
        struct trouble join_trouble;     /* why the best network could not be joined */
        bool hidden;                     /* it joined a network that is in no scan */
        bool saved;                      /* the profile's other networks, too, but for the unsaved */
        char unsaved[TROUBLE_CAUSE_MAX]; /* which of them are not saved, and why; "" = none */
};

/* steps-device.c */
struct job_device {
        bool forgot; /* the networks that it was to forget */
};

/* steps-finish.c */
struct job_finish {
        bool stop_sent; /* leaving listening mode was asked for; whether it did is unknown */
        bool setup_done;
        bool listening_stopped; /* it does not advertise any more: no new connection is possible */
};

/* steps-online.c */
struct job_online {
        bool connected; /* it says itself that it is connected to its cloud */
};

/* diagnosis.c: what the device last said about its way to the cloud (device.md 3.7) */
struct diagnosis {
        bool asked;
        bool association_known, associated;
        int rssi; /* dBm; 0 = unknown */
        bool address_known, has_address;
        bool counters_known; /* the rest counts */
        int net_status;      /* 3 connecting, 4 connected */
        int cloud_attempts;
        int cloud_error; /* of the last handshake; 0 = none */
        int uptime_s;    /* -1 = unknown */
        bool restarted;  /* without being asked to */
        bool listening;  /* it is in listening mode, again or still */
        bool forgotten;  /* the network that it joined is not in its list */
        bool power_known;
        bool on_battery; /* and on nothing else */
        unsigned charge; /* percent */
};

enum job_outcome { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_PENDING, JOB_CANCELLED };

/* runner.c: how it ended */
struct job_end {
        enum job_outcome outcome;
        struct trouble trouble;
        bool verified;      /* all that the outcome says was read back: from the device, or from the cloud */
        unsigned exchanges; /* from the first handshake byte to stop listening */
};
