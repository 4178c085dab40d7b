/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the flow needs from the world, as one table of functions: a radio (BlueZ or sim), an encrypted
 * session with one device, and the cloud. setup/ports implements it for real; unit tests script it; nothing
 * else knows both sides. Every function starts one operation (proto/base/op.h holds the rules) that answers
 * once. */

#include "proto/base/fault.h"
#include "proto/base/op.h"
#include "proto/base/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an operation ended. Pointers are valid during the callback only. */
struct answer {
        enum fault fault;  /* FAULT_NONE: it worked, and the payload below counts */
        const char *cause; /* in words for a person, never with a secret; NULL if the fault says it all */
        bool link_lost; /* the link ended under the operation: it may be tried again after a new connect */

        union {
                const struct port_peer *peer;   /* find */
                const struct port_link *link;   /* connect */
                const struct port_replies *ask; /* ask */
                const struct port_cloud *cloud; /* cloud */
        };
};

typedef void (*answer_fn)(void *userdata, const struct answer *a);

/* radio */
struct port_target {
        const char *setup_code; /* six characters: the advertised name ends in "-XXXXXX" */

        /* provisioning mode of product firmware (section 4.4); NULL or 0: listening mode's own */
        const char *service_uuid;
        const char *version_uuid;
        const char *tx_uuid; /* device to us */
        const char *rx_uuid;
        unsigned company_id; /* of the manufacturer data */
};

struct port_peer {
        const char *name;
        const char *address; /* BlueZ address or socket name */
        int rssi;            /* dBm, 0 = unknown */
};

struct port_link {
        uint8_t version; /* value of the version characteristic; 2 is the only one known */
        size_t max_write;
};

/* session */
struct port_request {
        uint16_t type; /* enum control_type */
        const uint8_t *payload;
        size_t len;
};

struct port_reply {
        int32_t result; /* enum control_result; < 0 is the device's refusal */
        const uint8_t *payload;
        size_t len;
};

struct port_replies {
        const struct port_reply *reply; /* in the order of the requests */
        size_t n;
};

/* cloud */
enum cloud_ask {
        CLOUD_ACCOUNT, /* is the token good, and whose is it?           -> user, token_expires_s */
        CLOUD_SERIAL,  /* serial number -> device_id, platform_id, iccid, mobile_secret if a partial one was
                          given */
        CLOUD_DEVICE,  /* one device as this account sees it            -> owner, name, online,
                          last_handshake_s, iccid */
        CLOUD_CLAIM_CODE, /* -> claim_code */
        CLOUD_CLAIM,      /* claim by id; the device must be online            -> transfer_requested */
        CLOUD_RENAME,
        CLOUD_FIRMWARE,     /* the next file for a device -> firmware; NULL: up to date */
        CLOUD_LIMIT,        /* -> limit_reached: the account has as many devices as it may */
        CLOUD_PRODUCT,      /* -> platform_id that its members have; 0 = not said */
        CLOUD_MEMBER,       /* a device of the product by serial number; as CLOUD_DEVICE, and device_id,
                               platform_id */
        CLOUD_IMPORT,       /* makes a device a member, gives it the owner claim_user, approves it. A member
                               already: no fault. That it cannot be one is a fault, too, when the cloud says so */
        CLOUD_MARK,         /* name, notes, groups, development in the product; what is NULL stays */
        CLOUD_SIM,          /* -> sim, sim_status, sim_before */
        CLOUD_SIM_ACTIVATE, /* asks for it if it is needed, and waits for it -> sim_pending */
        _CLOUD_ASK_MAX,
};

struct port_query {
        enum cloud_ask ask;
        const char *serial;                  /* CLOUD_SERIAL */
        const struct secret *partial_secret; /* CLOUD_SERIAL; NULL if the label is complete */
        const char *device_id; /* CLOUD_DEVICE, CLOUD_CLAIM, CLOUD_RENAME, CLOUD_IMPORT, CLOUD_MARK */
        uint32_t news_ms; /* CLOUD_DEVICE: waits so long for news of the device, where the cloud would send
                   any, and asks then in any case; 0: asks at once */
        const char *name; /* CLOUD_RENAME, CLOUD_MARK */
        unsigned product_id;       /* whose: 0 = the account's own */
        bool request_transfer;     /* CLOUD_CLAIM: ask the owner if it is somebody else's */
        const char *claim_user;    /* CLOUD_IMPORT; NULL: nobody */
        bool import_sims;          /* CLOUD_IMPORT: activate the built-in SIM, too */
        const char *notes;         /* CLOUD_MARK, like the next two */
        const char *const *groups; /* ends with NULL */
        const bool *development;
        const char *iccid;    /* CLOUD_SIM, CLOUD_SIM_ACTIVATE */
        const char *country;  /* CLOUD_SIM_ACTIVATE; NULL: none */
        const char *sku;      /* CLOUD_SIM_ACTIVATE: how long it may take follows from that; NULL: unknown */
        bool sim_before;      /* CLOUD_SIM_ACTIVATE: and from this */
        unsigned platform_id; /* CLOUD_FIRMWARE, like what follows */
        const char *os_version;
        const char *ncp_version; /* NULL: no Wi-Fi coprocessor with a firmware of its own */
        unsigned ncp_module_version;
};

/* A SIM card as this account sees it (cloud reference, section 5). */
enum port_sim {
        PORT_SIM_OTHERS,      /* a Particle SIM of somebody else: nothing can be said of it */
        PORT_SIM_UNSEEN,      /* not in the product; whose it is the token may not ask */
        PORT_SIM_THIRD_PARTY, /* no Particle SIM at all */
        PORT_SIM_NEW,
        PORT_SIM_INACTIVE, /* was active; the status says why it is not */
        PORT_SIM_ACTIVATING,
        PORT_SIM_ACTIVE,
        PORT_SIM_FAILED, /* the last activation did */
};

struct port_cloud {
        const char *user;        /* NULL: a user of a product's API */
        int64_t token_expires_s; /* 0 = never */
        const char *device_id;
        unsigned platform_id;
        const char *iccid; /* of its own SIM; NULL = none, or unknown */
        const struct secret *mobile_secret;
        bool known;        /* CLOUD_DEVICE: the account may see it. False = unknown or somebody else's: the
                            * cloud does not tell which (cloud reference, 3.5) */
        const char *owner; /* NULL = nobody */
        const char *name;
        bool online;
        bool came_online; /* CLOUD_DEVICE with news_ms: the cloud has told that it came online, just now */
        bool quarantined; /* a member that waits for approval */
        int64_t last_handshake_s; /* 0 = unknown */
        const struct secret *claim_code;
        bool transfer_requested;
        bool limit_reached;
        enum port_sim sim;
        const char *sim_status; /* the cloud's own word; NULL = none */
        bool sim_before;        /* it was activated before */
        bool sim_pending;
        const uint8_t *firmware;
        size_t firmware_len;
};

struct ports;

struct ports_ops {
        /* Looks until the target is seen or the operation is dropped. */
        int (*find)(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                    struct op **ret);

        /* Connects to what find() saw last, and reads the version characteristic. The link then belongs to
         * the ports until hang_up() or until it is lost. */
        int (*connect)(struct ports *p, answer_fn done, void *userdata, struct op **ret);

        /* The handshake. FAULT_SECRET_MISMATCH when the device drops the link on our confirmation (which may
         * also be a link that was really lost: the flow tries once more). */
        int (*open)(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                    struct op **ret);

        /* One flight of requests, answered when the last reply is there. Payloads are copied. Refusals are
         * replies, not faults. Dropping the operation leaves replies behind that nobody waits for, so
         * hang_up() follows. */
        int (*ask)(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                   void *userdata, struct op **ret);

        /* Ends the link, if there is one, without waiting for it. */
        void (*hang_up)(struct ports *p);

        /* Exchanges on the link since the first handshake byte (proto/client.h), all connections of this
         * job. */
        unsigned (*exchanges)(struct ports *p);

        int (*cloud)(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                     struct op **ret);
};

/* Embedded as the first member of an implementation. */
struct ports {
        const struct ports_ops *ops;

        /* Set by the runner: called from the loop when the link ends while no operation uses it. NULL before
         * and after a job. */
        void (*link_lost)(void *userdata);
        void *userdata;
};
