/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The far end of a client: a device's session behind an input pool of 1024 bytes, written from device.md 3.3
 * and not from proto/pool. It echoes every request, when and in what order the test says. */

#include "proto/session.h"

enum { FAR_WRITES_MAX = 64, FAR_HELD_MAX = 64 };

struct far_request {
        uint16_t id, type;
        uint8_t payload[2048];
        size_t len;
};

struct far_end {
        struct session *session;

        /* input pool */
        struct {
                size_t left; /* bytes not read yet; the whole write is held until there are none */
                size_t cost;
        } write[FAR_WRITES_MAX];
        size_t n_writes, used, highest;
        struct buf unread;

        /* what was read and not answered */
        struct far_request held[FAR_HELD_MAX];
        size_t n_held;
        struct buf frame; /* a frame that is not complete yet (only if it reads eagerly) */
        bool eager;       /* reads what there is, not only whole messages */
        struct buf out;
};

/* scalars NULL = random */
void far_init(struct far_end *f, const struct secret *mobile_secret, const struct ecjpake_scalars *scalars);
void far_done(struct far_end *f);

/* One ATT write. Fails the test if the pool overflows. */
void far_write(struct far_end *f, const uint8_t *data, size_t len);

/* Reads one message, if it is there: a handshake message, or a request, which is then held. False if there
 * is none. `ret` is what session_feed() or session_open() said. */
bool far_read(struct far_end *f, int *ret);

/* Answers the i-th of the held requests with `result`; the payload is the request's. */
void far_answer(struct far_end *f, size_t i, int32_t result);

/* The next notification, at most `max` bytes; 0 if there is none. */
size_t far_notify(struct far_end *f, uint8_t *ret, size_t max);
