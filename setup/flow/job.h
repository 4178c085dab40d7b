/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device's setup: what was asked for and what is known so far. Steps fold answers into it, the runner
 * moves through the table with it, the store keeps it, the CLI and the bus show it. Only facts, no
 * mechanics: whatever is here survives a restart, except the secrets, which come back from label and
 * profile, and what is marked as being true only now. */

#include "proto/base/bytes.h"
#include "proto/base/fault.h"
#include "proto/message.h"
#include "setup/flow/ports.h"
#include "setup/flow/profile/profile.h"
#include "setup/label/label.h"
#include <stdbool.h>
#include <stdint.h>

enum { JOB_TEXT_MAX = 64, JOB_CAUSE_MAX = 256, JOB_FIRMWARE_MAX = 2 << 20 };

enum job_outcome { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_PENDING, JOB_CANCELLED };

enum ownership {
        OWNER_UNKNOWN, /* not asked yet */
        OWNER_NONE,
        OWNER_ME, /* as it should be: the account's, the customer's; in a product the member's that the
                   * profile names, or anybody's if it names none */
        OWNER_OTHER,
        OWNER_HIDDEN, /* nobody's, somebody else's or unknown: the cloud does not tell which (3.5) */
};

/* Bits: what a device can be connected by (device reference, section 2.4). */
enum family {
        FAMILY_WIFI = 1,
        FAMILY_CELLULAR = 2,
        FAMILY_ETHERNET = 4,
        FAMILY_ANY = 7,
};

/* What is to be done with the device. Each is the same table with other rows. */
enum task {
        TASK_SETUP,
        TASK_REPAIR_SIM,        /* back to the internal SIM, or to the profile's */
        TASK_REPAIR_SETUP_DONE, /* out of listening mode for good */
        TASK_WIFI_LIST,         /* -> known */
        TASK_WIFI_FORGET,       /* the profile's networks */
        TASK_WIFI_CLEAR,
        TASK_INSPECT, /* -> everything that the device tells of itself */
        TASK_UPDATE,  /* its firmware, until the cloud has nothing newer */
};

/* Restarting the device: into listening mode again, by itself. */
enum restart {
        RESTART_NONE,
        RESTART_WANTED,
        RESTART_SENT,
};

/* Whether the device looks for an Ethernet adapter. */
enum feature {
        FEATURE_UNKNOWN,
        FEATURE_OFF,
        FEATURE_ON,
        FEATURE_MISSING, /* its firmware has no such thing */
};

/* What the device last said about its way to the cloud (device reference, section 3.7). */
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
        int uptime_before_s;
        bool restarted; /* without being asked to */
        bool listening; /* it is in listening mode, again or still */
        bool forgotten; /* the network that it joined is not in its list */
};

/* What TASK_INSPECT reads besides; -1 = unknown. */
struct inspection {
        bool asked;
        int mode;       /* enum device_mode */
        int setup_done; /* 0, 1 */
        int protection; /* 0, 1 */
        int connection; /* enum connection_status */
        struct message_modules modules;
        char *diagnostics; /* the device's own text, JSON; NULL = none */
};

/* Firmware over Bluetooth (device reference, section 1.5). */
enum update_state {
        UPDATE_VERSIONS, /* what the Wi-Fi coprocessor runs is to be asked */
        UPDATE_ASK,      /* the cloud is to be asked for the next file */
        UPDATE_START,    /* the file is here */
        UPDATE_SEND,     /* the device takes chunks */
        UPDATE_FINISH,   /* it has all of them */
        UPDATE_CURRENT,  /* the cloud has nothing newer, or the version asked for is there */
};

struct update {
        enum update_state state;
        char ncp_version[VERSION_MAX + 1]; /* "" = none */
        unsigned ncp_module_version;
        struct buf file;
        size_t sent;
        uint32_t chunk;   /* bytes that the device takes at once */
        unsigned session; /* in which the device began to take the file */
        unsigned applied; /* files */
};

/* How far joining the chosen network has come. */
enum join_state {
        JOIN_UNTRIED,
        JOIN_SENT,    /* the request is out */
        JOIN_UNSURE,  /* its answer was lost: the device must be asked what came of it */
        JOIN_REFUSED, /* the device said no: its scan must explain why */
        JOIN_DONE,
};

struct job {
        /* asked for */
        enum task task;
        struct label label;
        struct profile profile;
        bool inspect;    /* what TASK_INSPECT asks is asked in passing, too: for a report */
        unsigned number; /* for {n} in the profile's name */

        /* known from the cloud */
        bool account_known;               /* the token is good */
        char user[JOB_TEXT_MAX];          /* the account that the token belongs to; "" = an API user */
        bool product_known;               /* the profile's product is there */
        unsigned product_platform;        /* of its members; 0 = not said */
        bool member_asked;                /* whether the device is one, by serial number */
        bool limit_asked;                 /* one more device would not be too many */
        bool imported;                    /* it was made a member of the product */
        char cloud_id[DEVICE_ID_LEN + 1]; /* device id by serial number, lower-case hex; "" = unknown */
        unsigned platform_id;             /* 0 = unknown */
        char cloud_iccid[SIM_NUMBER_MAX +
                         1]; /* of its own SIM, which need not be the one in use; "" = unknown */
        bool serial_asked, serial_unknown; /* the cloud was asked; does not know the serial number */
        enum ownership owner;
        char owner_name[JOB_TEXT_MAX];
        char cloud_name[JOB_TEXT_MAX];
        struct secret *claim_code;
        bool was_online;      /* the cloud saw it online before we touched it */
        int64_t handshake_s;  /* the last one that the cloud saw before we touched it; 0 = unknown */
        bool cloud_online;    /* the cloud has seen it come online since we began */
        unsigned owner_polls; /* looks at the owner since the device should be online */
        bool claim_sent;      /* claiming by id was asked for; the owner says what came of it */
        bool named;
        unsigned marked; /* bits: what the product keeps of it that is set (steps-product.c) */

        /* its SIM card in the cloud */
        bool sim_asked;  /* the rest counts */
        bool sim_before; /* it was activated before */
        bool sim_wanted; /* it is to be activated */
        bool sim_pending;
        enum fault sim_fault;          /* why it cannot be used; told when the device has all it needs */
        char sim_cause[JOB_CAUSE_MAX]; /* without a fault: what is told of a modem that finds no network */

        /* known from the device */
        char peer_name[JOB_TEXT_MAX]; /* advertised name; "" = look for it (again) */
        int peer_rssi;                /* dBm; 0 = unknown */
        bool absent;                  /* not found nearby; the cloud may know it all the same */
        unsigned mismatches;          /* handshakes that ended as a wrong secret ends them */
        char device_id[DEVICE_ID_LEN + 1];
        char os_version[VERSION_MAX + 1];
        bool protected; /* refuses what device protection forbids (section 4.6) */
        struct message_interfaces interfaces;
        unsigned families; /* bits of enum family: how it is to be connected; 0 = unknown */
        bool stale;        /* it restarted since it was asked who it is */
        bool claim_code_set;

        enum feature ethernet;
        enum restart restart;
        unsigned restarts;
        int active_sim; /* enum sim_type; 0 = unknown */
        bool sim_set, access_point_set;
        char iccid[SIM_NUMBER_MAX + 1];
        char imei[SIM_NUMBER_MAX + 1]; /* "" before 5.9 and 6.1 */
        bool iccid_asked;
        unsigned modem_errors;

        struct message_known_networks known; /* asked for by TASK_WIFI_LIST */
        bool known_asked, forgot;
        struct message_networks scan;
        bool scanned;
        int network;    /* index into profile.networks that is being joined; -1 = none chosen */
        unsigned tried; /* bits: networks that could not be joined */
        enum join_state join;
        int32_t join_result;   /* of the last join that was refused */
        enum fault join_fault; /* why the best network could not be joined */
        char join_cause[JOB_CAUSE_MAX];
        bool saved;     /* the profile's other networks, too */
        unsigned waits; /* looks at the connection while it is still in listening mode */
        bool waited;
        bool setup_done;
        bool stop_sent;         /* leaving listening mode was asked for; whether it did is unknown */
        bool listening_stopped; /* it does not advertise any more: no new connection is possible */
        bool device_connected;  /* it says itself that it is connected to its cloud */
        bool released;          /* the link was ended on purpose */
        unsigned polls;         /* looks at the connection since */
        struct diagnosis diagnosis;
        struct inspection inspection;
        struct update update;

        /* true only now: does not survive a restart */
        bool linked, session;
        unsigned sessions; /* so far */

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

/* "argon": by platform id, else by the label's prefix; "" = unknown */
const char *job_platform(const struct job *j);

/* Somebody has seen the device online since it was set up: itself or the cloud. */
bool job_is_online(const struct job *j);

/* Nothing more can be asked of the device, or need be: it left setup mode, or was never there. */
bool job_is_over(const struct job *j);

/* The interface of that type (enum interface_type), or NULL. */
const struct message_interface_entry *job_interface(const struct job *j, int type);

/* Whether the device's firmware is that version or newer; an unknown one counts as new. */
bool job_os_at_least(const struct job *j, unsigned major, unsigned minor, unsigned patch);
