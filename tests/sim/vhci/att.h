/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The ATT server of one virtual device: a fixed table of attributes with Device OS's setup service, and the
 * answer to each request. Pure: PDUs in, PDUs out. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ATT_MTU_MIN = 23, ATT_MTU_MAX = 247, ATT_ATTRIBUTES_MAX = 24, ATT_VALUE_MAX = 40 };

/* What the server tells of what a client did. */
struct att_ops {
        void (*mtu)(void *userdata, unsigned mtu);
        void (*subscribed)(void *userdata, bool on);                      /* CCCD of TX */
        void (*written)(void *userdata, const uint8_t *data, size_t len); /* RX */
};

/* service, version, TX, RX as 16 bytes, little-endian */
struct att_uuids {
        uint8_t service[16], version[16], tx[16], rx[16];
};
extern const struct att_uuids att_uuids_listening;

enum att_layout {
        ATT_LAYOUT_PLAIN,
        ATT_LAYOUT_SHIFTED, /* other handles: for stale caches of the client */
        ATT_LAYOUT_OTHER,   /* no setup service at all */
};

struct att_attribute {
        uint8_t type[16], type_len;
        uint8_t value[ATT_VALUE_MAX], len;
};

struct att {
        const struct att_ops *ops;
        void *userdata;
        struct att_attribute attribute[ATT_ATTRIBUTES_MAX]; /* handle = index + 1 */
        unsigned n;
        uint16_t version, tx, tx_cccd, rx, changed_cccd; /* handles; 0 = none */
        unsigned max_mtu, mtu;
        bool subscribed;
};

void att_init(struct att *a, const char *name, const struct att_uuids *uuids, enum att_layout layout,
              unsigned max_mtu, const struct att_ops *ops, void *userdata);

/* A new connection: MTU 23, nothing subscribed. */
void att_reset(struct att *a);

void att_set_version(struct att *a, uint8_t version);

/* Answers one PDU: *ret_len bytes in `ret`, 0 for commands and confirmations. */
void att_handle(struct att *a, const uint8_t *pdu, size_t len, uint8_t ret[static ATT_MTU_MAX],
                size_t *ret_len);

/* Makes the notification of TX; -ENOTCONN when nobody has subscribed, -EMSGSIZE beyond the MTU. */
int att_notification(const struct att *a, const uint8_t *data, size_t len, uint8_t ret[static ATT_MTU_MAX],
                     size_t *ret_len);
