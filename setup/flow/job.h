/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device's setup, in three: what was asked for, which comes back from label and profile; what is known
 * so far (facts.h), which the store keeps; and what is true only now, which the steps find out again. Steps
 * fold answers into it, the runner moves through the table with it, the CLI and the bus show it. */

#include "proto/base/bytes.h"
#include "setup/flow/candidates.h"
#include "setup/flow/facts.h"
#include "setup/flow/profile/profile.h"
#include "setup/label/label.h"

enum { JOB_FIRMWARE_MAX = 2 << 20 };

/* What is to be done with the device. Each is the same table with other rows. */
enum task {
        TASK_SETUP,
        TASK_REPAIR_SIM,        /* back to the internal SIM, or to the profile's */
        TASK_REPAIR_SETUP_DONE, /* out of listening mode for good */
        TASK_WIFI_LIST,         /* -> now.known */
        TASK_WIFI_FORGET,       /* the profile's networks */
        TASK_WIFI_CLEAR,
        TASK_INSPECT, /* -> everything that the device tells of itself */
        TASK_UPDATE,  /* its firmware, until the cloud has nothing newer */
        _TASK_MAX,
};

struct job_asked {
        enum task task;
        struct label label;
        struct profile profile;
        bool inspect;       /* what TASK_INSPECT asks is asked in passing, too: for a report */
        int64_t finished_s; /* when this very setup was finished on this machine before, by its clock; 0: it
                             * was not, as far as is known */
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

/* Firmware over Bluetooth (device.md 1.5). */
enum update_state {
        UPDATE_VERSIONS, /* what the Wi-Fi coprocessor runs is to be asked */
        UPDATE_ASK,      /* the cloud is to be asked for the next file */
        UPDATE_START,    /* the file is here */
        UPDATE_SEND,     /* the device takes chunks */
        UPDATE_FINISH,   /* it has all of them */
        UPDATE_CURRENT,  /* the cloud has nothing newer, or the version asked for is there */
};

struct transfer {
        enum update_state state;
        struct buf file;
        size_t sent;
        uint32_t chunk;   /* bytes that the device takes at once */
        unsigned session; /* in which the device began to take the file */
};

/* Looking for the device. */
struct job_search {
        enum look { LOOK_FIRST, LOOK_LISTEN, LOOK_LONG, LOOK_OVER } look; /* how far it has come */
        char others[TROUBLE_CAUSE_MAX]; /* what is heard instead, in words; "" = nothing */
        struct candidates candidates;
};

/* The networks that the device kept before it joined one. */
struct job_kept {
        bool asked, known;
        struct message_known_networks list;
};

/* All zero at first: nothing is known, nothing is under way. */
struct job_now {
        /* steps-radio.c, with the runner */
        char peer_name[JOB_TEXT_MAX]; /* advertised name; "" = look for it (again) */
        struct job_search search;
        bool linked, session;
        unsigned sessions; /* so far */
        size_t max_write;  /* bytes, on this link */
        unsigned unheard;  /* handshakes in a row that ended before the device had said a word */
        bool absent;       /* not found nearby; the cloud may know it all the same */
        bool released;     /* the link was ended on purpose */

        /* steps-identity.c */
        struct message_interfaces interfaces;
        bool identified; /* it was asked who it is, and has not restarted since */
        bool resumed;    /* an attempt before may have had an effect that no record tells of */

        /* steps-cloud.c, steps-claim.c */
        bool account_known; /* the token is good */
        struct secret *claim_code;
        bool by_id;           /* there are no codes: claiming by id is the only way */
        unsigned owner_polls; /* looks at the owner since the device should be online */
        uint64_t owner_ms;    /* when the first of them came */

        /* steps-wifi.c */
        struct message_networks scan;
        bool scanned;
        bool looked;          /* at the network that a join may have led to */
        unsigned empty_scans; /* in a row */
        bool unseen;          /* the last scan did not show the network that could not be joined */
        unsigned detached;    /* looks in a row at a device that joined and is not associated */
        struct job_kept kept;

        /* steps-online.c */
        struct {
                unsigned waits; /* looks at the connection while it is still in listening mode */
                bool waited;
                unsigned polls;      /* looks at the connection since */
                unsigned starved;    /* looks at its power in a row that found hardly any */
                uint64_t looking_ms; /* when it was first asked; 0: not yet */
                enum fault proven;  /* what every look since then has told; FAULT_NONE: nothing that lasts */
                uint64_t proven_ms; /* since when */
        } online;

        /* steps-device.c */
        struct message_known_networks known; /* asked for by TASK_WIFI_LIST */
        bool known_asked;
        struct inspection inspection;

        struct transfer transfer; /* steps-update.c */
};

/* What only an operator can tell. */
enum question_kind { QUESTION_WIFI_NETWORK, QUESTION_WIFI_PASSWORD };

struct platform;

struct job {
        struct job_asked asked;

        /* facts, each in the record */
        struct job_radio radio;
        struct job_identity identity;
        struct job_cloud cloud;
        struct job_product product;
        struct job_claim claim;
        struct job_sim sim;
        struct job_modem modem;
        struct job_restart restart;
        struct job_update update;
        struct job_wifi wifi;
        struct job_device device;
        struct job_finish finish;
        struct job_online online;
        struct diagnosis diagnosis;
        struct job_end end;

        struct job_now now;
};

/* One of which nothing is known, but what is asked for. */
#define JOB_NEW                                                                                             \
        {                                                                                                   \
                .wifi.network = -1                                                                          \
        }

/* Takes over label and profile (both are empty afterwards). */
void job_init(struct job *j, struct label *label, struct profile *profile);
void job_done(struct job *j);

/* The id that the device or the cloud told; "" if neither has. */
const char *job_device_id(const struct job *j);

/* What the cloud told, else what the label hints at (platform.h); NULL if unknown. */
const struct platform *job_model(const struct job *j);

/* "argon": by platform id, else by the label's prefix; "" = unknown */
const char *job_platform(const struct job *j);

/* The profile's name for this device, filled in (profile/name.h). -ENOENT: the profile has none. */
int job_name(const struct job *j, char ret[static PROFILE_NAME_MAX]);

/* Somebody has seen the device online since it was set up: itself or the cloud. */
bool job_is_online(const struct job *j);

/* Nothing more can be asked of the device, or need be: it left setup mode, or was never there. */
bool job_is_over(const struct job *j);

/* A setup that leaves nothing to ask the cloud. */
bool job_is_local(const struct job *j);

/* The interface of that type (enum interface_type), or NULL. */
const struct message_interface_entry *job_interface(const struct job *j, int type);

/* Whether the device's firmware is that version or newer; an unknown one counts as new. */
bool job_os_at_least(const struct job *j, unsigned major, unsigned minor, unsigned patch);
