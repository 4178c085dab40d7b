/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the flow asks the cloud, and what it is told. Every question has a struct of its own with what it
 * needs, and one with what it answers, if it answers more than that it is done. Nothing else can be given or
 * read:
 *
 *      step_cloud(run, ASK_SIM(.iccid = number), r)            a step asks
 *      SAID_SIM(.state = PORT_SIM_NEW, .status = NULL)         ports answer
 *      said_sim(a->cloud)->state                               the step reads
 *
 * Questions and answers live as long as the block that they are written in; who keeps something copies it.
 * A product_id of 0 means the account's own devices and cards, where there need not be a product. */

#include "proto/base/secret.h"
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cloud_ask {
        CLOUD_ACCOUNT,    /* is the token good, and whose is it? */
        CLOUD_SERIAL,     /* which device has this serial number? */
        CLOUD_DEVICE,     /* one device as this account sees it */
        CLOUD_CLAIM_CODE, /* a code that a device may claim itself with */
        CLOUD_CLAIM,      /* claims by id; the device must be online */
        CLOUD_RENAME,
        CLOUD_FIRMWARE,     /* the next file for a device */
        CLOUD_LIMIT,        /* has the account as many devices as it may? */
        CLOUD_PRODUCT,      /* is there such a product, and of what? */
        CLOUD_MEMBER,       /* a device of the product by its serial number */
        CLOUD_IMPORT,       /* makes a device a member, gives it an owner, approves it. A member already: no
                               fault. That it cannot be one is a fault, too, when the cloud says so */
        CLOUD_MARK,         /* sets what a product keeps of a member */
        CLOUD_SIM,          /* a SIM card as this account sees it (cloud.md 5) */
        CLOUD_SIM_ACTIVATE, /* asks for it if it is needed, and waits for it */
        _CLOUD_ASK_MAX,
};

struct said_account {
        const char *user;        /* NULL: a user of a product's API */
        int64_t token_expires_s; /* since 1970; 0 = never */
};

struct ask_serial {
        const char *serial;
        const struct secret *partial_secret; /* NULL if the label is complete */
};

struct said_serial {
        const char *device_id;
        unsigned platform_id;               /* 0 = unknown */
        const char *iccid;                  /* of its own SIM; NULL = none, or unknown */
        const struct secret *mobile_secret; /* if a partial one was given; NULL: cannot be completed */
};

struct ask_device {
        const char *device_id;
        unsigned product_id;
        uint32_t news_ms; /* waits so long for news of the device, where the cloud would send any, and asks
                             then in any case; 0: asks at once */
};

struct said_device {
        bool known;        /* the account may see it; nothing else counts if not. False = unknown or somebody
                            * else's: the cloud does not tell which (cloud.md 3.5) */
        const char *owner; /* NULL = nobody */
        const char *name;
        bool online;
        bool came_online;         /* asked with news_ms: the cloud has told that it came online, just now */
        bool quarantined;         /* it waits for the approval of that product's team */
        unsigned product_id;      /* 0 = none, or not said */
        int64_t last_handshake_s; /* since 1970; 0 = unknown */
};

struct ask_claim_code {
        unsigned product_id;
};

struct said_claim_code {
        const struct secret *code;
};

struct ask_claim {
        const char *device_id;
        bool request_transfer; /* ask the owner if it is somebody else's */
};

struct said_claim {
        bool transfer_requested; /* the owner was asked; nothing is claimed yet */
};

struct ask_rename {
        const char *device_id;
        const char *name;
};

struct ask_firmware {
        unsigned platform_id;
        const char *os_version;
        const char *ncp_version; /* NULL: no Wi-Fi coprocessor with a firmware of its own */
        unsigned ncp_module_version;
};

struct said_firmware {
        const uint8_t *data; /* NULL: up to date */
        size_t len;
};

struct said_limit {
        bool reached;
};

struct ask_product {
        unsigned product_id;
};

struct said_product {
        unsigned platform_id; /* that its members have; 0 = not said */
};

struct ask_member {
        unsigned product_id;
        const char *serial;
};

struct said_member {
        bool known; /* it is one; nothing else counts if not */
        const char *device_id;
        unsigned platform_id; /* 0 = unknown */
        const char *iccid;    /* of its own SIM; NULL = none, or unknown */
};

struct ask_import {
        unsigned product_id;
        const char *device_id;
        const char *claim_user; /* its owner; NULL: nobody */
        bool sims;              /* activate the built-in SIM, too */
};

struct ask_mark {
        unsigned product_id;
        const char *device_id;
        const char *name; /* NULL: stays as it is, like all that follows */
        const char *notes;
        const char *const *groups; /* ends with NULL */
        const bool *development;
};

struct ask_sim {
        unsigned product_id;
        const char *iccid;
};

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

struct said_sim {
        enum port_sim state;
        const char *status; /* the cloud's own word; NULL = none */
        bool before;        /* it was activated before */
};

struct ask_sim_activate {
        unsigned product_id;
        const char *iccid;
        const char *country; /* NULL: none is given, it is only waited for */
        const char *sku;     /* how long it may take follows from that; NULL: unknown */
        bool before;         /* and from this: it was activated before */
};

struct said_sim_activate {
        bool pending; /* asked for, and not active yet */
};

/* A question. CLOUD_ACCOUNT and CLOUD_LIMIT need nothing. */
struct port_query {
        enum cloud_ask ask;

        union {
                struct ask_serial serial;
                struct ask_device device;
                struct ask_claim_code claim_code;
                struct ask_claim claim;
                struct ask_rename rename;
                struct ask_firmware firmware;
                struct ask_product product;
                struct ask_member member;
                struct ask_import import;
                struct ask_mark mark;
                struct ask_sim sim;
                struct ask_sim_activate sim_activate;
        };
};

#define _ASK(tag, member, ...) (&(const struct port_query){ .ask = CLOUD_##tag, .member = { __VA_ARGS__ } })

#define ASK_ACCOUNT()         (&(const struct port_query){ .ask = CLOUD_ACCOUNT })
#define ASK_SERIAL(...)       _ASK(SERIAL, serial, __VA_ARGS__)
#define ASK_DEVICE(...)       _ASK(DEVICE, device, __VA_ARGS__)
#define ASK_CLAIM_CODE(...)   _ASK(CLAIM_CODE, claim_code, __VA_ARGS__)
#define ASK_CLAIM(...)        _ASK(CLAIM, claim, __VA_ARGS__)
#define ASK_RENAME(...)       _ASK(RENAME, rename, __VA_ARGS__)
#define ASK_FIRMWARE(...)     _ASK(FIRMWARE, firmware, __VA_ARGS__)
#define ASK_LIMIT()           (&(const struct port_query){ .ask = CLOUD_LIMIT })
#define ASK_PRODUCT(...)      _ASK(PRODUCT, product, __VA_ARGS__)
#define ASK_MEMBER(...)       _ASK(MEMBER, member, __VA_ARGS__)
#define ASK_IMPORT(...)       _ASK(IMPORT, import, __VA_ARGS__)
#define ASK_MARK(...)         _ASK(MARK, mark, __VA_ARGS__)
#define ASK_SIM(...)          _ASK(SIM, sim, __VA_ARGS__)
#define ASK_SIM_ACTIVATE(...) _ASK(SIM_ACTIVATE, sim_activate, __VA_ARGS__)

/* An answer, when there was no fault. CLOUD_RENAME, CLOUD_IMPORT and CLOUD_MARK are done, and no more. */
struct port_cloud {
        enum cloud_ask ask;

        union {
                struct said_account account;
                struct said_serial serial;
                struct said_device device;
                struct said_claim_code claim_code;
                struct said_claim claim;
                struct said_firmware firmware;
                struct said_limit limit;
                struct said_product product;
                struct said_member member;
                struct said_sim sim;
                struct said_sim_activate sim_activate;
        };
};

#define _SAID(tag, member, ...) (&(const struct port_cloud){ .ask = CLOUD_##tag, .member = { __VA_ARGS__ } })

#define SAID_ACCOUNT(...)      _SAID(ACCOUNT, account, __VA_ARGS__)
#define SAID_SERIAL(...)       _SAID(SERIAL, serial, __VA_ARGS__)
#define SAID_DEVICE(...)       _SAID(DEVICE, device, __VA_ARGS__)
#define SAID_CLAIM_CODE(...)   _SAID(CLAIM_CODE, claim_code, __VA_ARGS__)
#define SAID_CLAIM(...)        _SAID(CLAIM, claim, __VA_ARGS__)
#define SAID_RENAME()          (&(const struct port_cloud){ .ask = CLOUD_RENAME })
#define SAID_FIRMWARE(...)     _SAID(FIRMWARE, firmware, __VA_ARGS__)
#define SAID_LIMIT(...)        _SAID(LIMIT, limit, __VA_ARGS__)
#define SAID_PRODUCT(...)      _SAID(PRODUCT, product, __VA_ARGS__)
#define SAID_MEMBER(...)       _SAID(MEMBER, member, __VA_ARGS__)
#define SAID_IMPORT()          (&(const struct port_cloud){ .ask = CLOUD_IMPORT })
#define SAID_MARK()            (&(const struct port_cloud){ .ask = CLOUD_MARK })
#define SAID_SIM(...)          _SAID(SIM, sim, __VA_ARGS__)
#define SAID_SIM_ACTIVATE(...) _SAID(SIM_ACTIVATE, sim_activate, __VA_ARGS__)

/* Reading the answer to another question than was asked is a mistake of the program, and ends it. */
#define _TOLD(tag, member)                                                                                  \
        static inline const struct said_##member *said_##member(const struct port_cloud *c)                 \
        {                                                                                                   \
                assert(c->ask == CLOUD_##tag);                                                              \
                return &c->member;                                                                          \
        }

_TOLD(ACCOUNT, account)
_TOLD(SERIAL, serial)
_TOLD(DEVICE, device)
_TOLD(CLAIM_CODE, claim_code)
_TOLD(CLAIM, claim)
_TOLD(FIRMWARE, firmware)
_TOLD(LIMIT, limit)
_TOLD(PRODUCT, product)
_TOLD(MEMBER, member)
_TOLD(SIM, sim)
_TOLD(SIM_ACTIVATE, sim_activate)
