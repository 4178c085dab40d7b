/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the flow needs from the world, as one table of functions: a radio (BlueZ or sim), an encrypted
 * session with one device, and the cloud. setup/ports implements it for real; unit tests script it; nothing
 * else knows both sides. Every function starts one operation (proto/base/op.h holds the rules) that answers
 * once. */

#include "proto/base/op.h"
#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include "setup/flow/ports-cloud.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an operation ended. Pointers are valid during the callback only. */
struct answer {
        struct trouble trouble; /* FAULT_NONE: it worked, and the payload below counts */
        bool link_lost; /* the link ended under the operation: it may be tried again after a new connect */
        bool unheard;   /* and the device had not said a word on it */

        union {
                const struct port_peer *peer;   /* find */
                const struct port_link *link;   /* connect */
                const struct port_replies *ask; /* ask */
                const struct port_cloud *cloud; /* cloud */
        };
};

typedef void (*answer_fn)(void *userdata, const struct answer *a);

/* radio */
enum { PORT_AVOID_MAX = 8 };

struct port_target {
        const char *setup_code; /* six characters: the advertised name ends in "-XXXXXX" */

        /* Addresses of devices with this code that are not meant; at most PORT_AVOID_MAX. */
        const char *const *avoid;
        size_t n_avoid;

        /* provisioning mode of product firmware (device.md 4.4); NULL or 0: listening mode's own */
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

/* A device in setup mode that the radio hears. */
enum { PORT_HEARD_MAX = 8, PORT_NAME_MAX = 64 };
struct port_heard {
        char name[PORT_NAME_MAX];
        char setup_code[7]; /* "" = not told */
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
        uint16_t type;  /* of the request */
        int32_t result; /* enum control_result; < 0 is the device's refusal */
        const uint8_t *payload;
        size_t len;
};

struct port_replies {
        const struct port_reply *reply; /* in the order of the requests */
        size_t n;
};

struct ports;
struct sd_event;

struct ports_ops {
        /* Looks until the target is seen or the operation is dropped. Of several that are seen at once, the
         * strongest. Names and addresses in `target` are copied. */
        int (*find)(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                    struct op **ret);

        /* What was heard of devices in setup mode while find() last looked, strongest first; the number of
         * them. */
        size_t (*heard)(struct ports *p, struct port_heard ret[static PORT_HEARD_MAX]);

        /* Connects to what find() saw last, and reads the version characteristic. The link then belongs to
         * the ports until hang_up() or until it is lost. */
        int (*connect)(struct ports *p, answer_fn done, void *userdata, struct op **ret);

        /* How long connects of this job have waited for others to connect first, all of them together and
         * the one under way with them, in ms: no budget counts it. NULL: nobody else connects. */
        uint64_t (*waited_ms)(struct ports *p);

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

        /* One question. Without an account: FAULT_TOKEN_MISSING. */
        int (*cloud)(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                     struct op **ret);
};

/* Embedded as the first member of an implementation. */
struct ports {
        const struct ports_ops *ops;
        struct sd_event *loop; /* what the flow's timers wait on */

        /* Set by the runner: called from the loop when the link ends while no operation uses it. NULL before
         * and after a job. */
        void (*link_lost)(void *userdata);
        void *userdata;
};
