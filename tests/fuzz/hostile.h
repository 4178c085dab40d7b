/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A device and a cloud that answer what a fuzzer's input says. A byte of 0, which also stands behind the end
 * of the input, is the good answer: an empty input is a setup that works, and each byte that is not 0 is one
 * step away from it. What a world has said is remembered, so that the end can be held against it. */

#include "proto/base/bytes.h"
#include "setup/flow/ports.h"

/* The input. */
struct hostile {
        const uint8_t *at;
        size_t left;
        char text[256];
};

uint8_t hostile_byte(struct hostile *h);

/* 0: `good`, which may be NULL. Else something that somebody else might have said, cleaned as the seams do;
 * valid until the next call. */
const char *hostile_text(struct hostile *h, const char *good);

/* hostile-device.c: what the device is and what it has said. */
struct hostile_device {
        struct hostile *in;
        bool joined, stopped;
        unsigned polls, connects_after; /* looks at the connection before it is connected */
        bool said_connected;
        uint8_t ssid[32];
        size_t ssid_len;
};

/* Appends the reply to `out`; the result goes with it. */
int32_t hostile_reply(struct hostile_device *d, const struct port_request *q, struct buf *out);

/* hostile-cloud.c */
struct hostile_cloud {
        struct hostile *in;
        const char *owner; /* NULL = nobody */
        bool online;
        bool said_mine, said_online; /* in the last answer about the device; in any */
        const char *me;              /* whoever it should belong to */
        const struct hostile_device *device;
};

/* Answers one question; `q` and the texts in it are only looked at during the call. */
void hostile_answer(struct hostile_cloud *c, const struct port_query *q, answer_fn done, void *userdata);
