/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The seam under the ports: a radio finds devices in setup mode and connects to them, a link carries ATT
 * values. Two implementations: radio-sim.c (AF_UNIX sockets, design.md 3) and the one over BlueZ. One radio
 * may serve several setups at once: it keeps no "current device", every operation stands alone. The
 * operations follow the rules of proto/base/op.h; budgets belong to whoever started them. */

#include "proto/base/trouble.h"
#include "setup/flow/ports.h"

struct radio;
struct radio_link;

/* `link` is NULL unless there is no trouble; it then belongs to the callee. */
typedef void (*radio_connect_fn)(void *userdata, const struct answer *a, struct radio_link *link);

/* A hall with a pallet of devices: more than a controller can tell apart for long. A list has 40 KiB. */
enum { HEARD_MAX = 256, HEARD_TEXT_MAX = 64 };

/* A device in setup mode that can be heard. */
struct heard_device {
        char name[HEARD_TEXT_MAX];    /* "" = not told */
        char address[HEARD_TEXT_MAX]; /* Bluetooth address, or the socket's name */
        char setup_code[7];           /* "" = not told */
        unsigned platform_id;         /* 0 = not told */
        int rssi;                     /* dBm; 0 = unknown */
        bool connectable;             /* a setup may begin */
        const char *why;              /* not connectable: in words; else NULL */
};

/* All that are heard now, at most HEARD_MAX, in no order; valid during the call. A fault is the end. */
typedef void (*radio_heard_fn)(void *userdata, const struct answer *a, const struct heard_device *list,
                               size_t n);

enum { RADIO_CHECK_MS = 5000 };

struct radio_ops {
        /* Could it be used for a setup right now? Answers within RADIO_CHECK_MS, asks no device. FAULT_NONE:
         * it could, and the cause names what would be used ("hci0, powered, 0 connections"). */
        int (*check)(struct radio *r, answer_fn done, void *userdata, struct op **ret);

        /* Looks until the target is seen (answers with a->peer) or the operation is dropped. */
        int (*find)(struct radio *r, const struct port_target *target, answer_fn done, void *userdata,
                    struct op **ret);

        /* Tells what is heard, again and again, until the operation is dropped. The padding of the list's
         * entries is zero, so that they may be compared as bytes. */
        int (*listen)(struct radio *r, radio_heard_fn told, void *userdata, struct op **ret);

        /* `address`: of a peer that find() answered with. Answers when the link can carry data in both
         * directions and the version characteristic has been read. */
        int (*connect)(struct radio *r, const char *address, radio_connect_fn done, void *userdata,
                       struct op **ret);

        /* How long a connect() that is under way, or has answered, has waited for others that connect on the
         * adapter, in ms. NULL: it never waits for any. */
        uint64_t (*waited_ms)(const struct op *connecting);

        /* No operation is under way and no link is up any more. */
        void (*free)(struct radio *r);
};

/* Embedded as the first member of an implementation. */
struct radio {
        const struct radio_ops *ops;
};

/* `loop` outlives it. "bluez[:hciN]" or "sim:DIR" (design.md 3); NULL is "bluez". Touches no hardware: what
 * is wrong with the adapter is what find() answers. -EINVAL: FAULT_CONFIG. */
int radio_new(struct sd_event *loop, const char *spec, struct radio **ret, struct trouble *ret_trouble);

/* Takes NULL, returns NULL. */
static inline struct radio *radio_free(struct radio *r)
{
        if (r)
                r->ops->free(r);
        return NULL;
}

DEFINE_CLEANUP(struct radio *, radio_free)

enum { RADIO_WRITE_MAX = 244 };

struct radio_link_ops {
        /* One ATT write of at most max_write bytes. -EAGAIN: not now, on_writable() will tell when;
         * -ENOTCONN: the link is gone, on_lost() tells why (or has told). */
        int (*write)(struct radio_link *l, const uint8_t *data, size_t len);

        /* Ends the link without waiting for it; none of its callbacks is called afterwards. */
        void (*free)(struct radio_link *l);
};

/* What its owner hears from a link: from the loop, never from inside a call on the link. Each may free the
 * link, so the implementation does not touch it after calling. Data that arrived before the link was lost is
 * delivered before on_lost(), which comes at most once and is the last. */
struct radio_link_events {
        void (*on_data)(void *userdata, const uint8_t *data, size_t len); /* one notification */
        void (*on_writable)(void *userdata);
        void (*on_lost)(void *userdata, const struct trouble *why);
};

/* Embedded as the first member of an implementation. Nothing is delivered before `events` is set, which the
 * owner does inside or right after the connect callback; nothing is lost until then. */
struct radio_link {
        const struct radio_link_ops *ops;
        const struct radio_link_events *events;
        void *userdata;
        size_t max_write; /* 20..RADIO_WRITE_MAX */
        uint8_t version;  /* value of the version characteristic */
};

/* Takes NULL, returns NULL. */
static inline struct radio_link *radio_link_free(struct radio_link *l)
{
        if (l)
                l->ops->free(l);
        return NULL;
}

DEFINE_CLEANUP(struct radio_link *, radio_link_free)
