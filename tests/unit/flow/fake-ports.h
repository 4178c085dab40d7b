/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A scripted world behind ports.h, on the virtual clock. Without rules it is a good one: an Argon in
 * listening mode, a network "Home" with password, a cloud that knows the device and claims it. Rules spoil
 * single answers. It keeps the rules of op.h, and insists that its user does: one radio operation at a time,
 * none without a link. */

#include "proto/message.h"
#include "setup/flow/ports.h"

enum fake_kind { FAKE_FIND, FAKE_CONNECT, FAKE_OPEN, FAKE_ASK, FAKE_CLOUD };

enum fake_what {
        FAKE_FAULT,     /* the operation ends with `fault` */
        FAKE_RESULT,    /* ASK: the reply to `type` has `result` and no payload */
        FAKE_BODY,      /* ASK: the reply to `type` has `body` (a text of `body_len` bytes) */
        FAKE_LOST,      /* the link ends instead of the answer; `fault` if given */
        FAKE_LATE_LOST, /* the device did it, but the link ends before the answer */
        FAKE_SILENT,    /* never answers */
        FAKE_DELAY,     /* the good answer, `delay_ms` later */
};

struct fake_rule {
        enum fake_kind kind;
        int type;       /* ASK: of a request in the flight; CLOUD: enum cloud_ask */
        unsigned first; /* leaves so many operations alone */
        unsigned times; /* 0 = 1; FAKE_ALWAYS */
        enum fake_what what;
        enum fault fault;
        int32_t result;
        uint64_t delay_ms;
        const char *cause;
        const char *body;
        size_t body_len;
};

enum { FAKE_ALWAYS = 1000000, FAKE_RULES_MAX = 16, FAKE_LOG_MAX = 8192 };

struct fake_ports {
        struct ports ports;

        /* The world, and what has become of it; fake_init() makes a good one. */
        struct {
                const char *serial, *id, *os, *secret;
                unsigned platform_id;
                uint8_t version;   /* of the protocol */
                int interfaces[4]; /* types */
                bool resumes;      /* its cloud session: the claim code is never asked for */
                bool rtl; /* the link ends on 71, and listening mode does not keep it from the cloud */
                bool protected;
                const char *diagnostics; /* 100; NULL: -120 */
                bool associated, addressed;
                bool listening, startup_listening, setup_done, claim_code;
                unsigned restarts;
                struct timer *restart;
                uint64_t free_at_ms; /* when it could begin to connect to its cloud */
        } device;
        struct {
                struct message_networks air;
                char password[65];        /* of "Home" */
                struct message_join sent; /* the last join as it was asked for */
                struct message_known_networks kept;
                bool joined;
                uint8_t current[32];
                size_t current_len;
                unsigned saved, forgotten;
        } wifi;
        struct {
                int sim, next_sim; /* in use; after the next restart */
                char apn[512];
                unsigned errors; /* ICCID refused until it has restarted so often */
        } modem;
        struct {
                bool on, wing, found;
        } ethernet;
        struct {
                const char *user;
                int64_t token_expires_s;
                bool limit_reached;
                const char *owner; /* of the device; NULL = nobody */
                const char *name;
                int64_t handshake_s;
                bool online;
                unsigned product_platform;
                bool member, quarantined; /* in the product */
                const char *claim_user;   /* its owner after an import for somebody */
        } cloud;
        struct { /* the SIM in the cloud */
                enum port_sim state;
                const char *status, *iccid;
                bool before, pending;
        } card;
        struct {
                uint64_t online_ms; /* from the join (and, but for RTL872x, leaving listening mode) to the
                                       cloud */
                uint64_t claim_ms;  /* from there until the claim code has worked */
                uint64_t radio_ms, cloud_ms; /* one operation */
                uint64_t turn_ms;            /* others connect first */
        } takes;
        bool linked, opened;
        struct trouble beside; /* without a fault: what there is to say of a connection */
        const char *heard[4];  /* names of what is in setup mode beside it */

        /* bookkeeping */
        unsigned alive, radio_alive, exchanges, hang_ups;
        uint64_t waited_ms,
                turn_since_ms;  /* for the turn to connect; since when it waits now, 0: it does not */
        char log[FAKE_LOG_MAX]; /* "find;connect;open;ask 20 21 30 400;cloud owner;..." */
        struct fake_rule rules[FAKE_RULES_MAX];
        size_t n_rules;
};

void fake_init(struct fake_ports *f);
void fake_add(struct fake_ports *f, struct fake_rule rule);

extern const struct ports_ops fake_ops; /* of fake_init() */

/* fake-device.c: what the device does with one request. */
int32_t fake_execute(struct fake_ports *f, const struct port_request *q, struct buf *out);
bool fake_device_online(const struct fake_ports *f);

/* The link ends while nobody uses it. */
void fake_drop_link(struct fake_ports *f);
