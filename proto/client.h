/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The gateway's end of a link as a pure machine: feed it what the device notifies, take from it what to
 * write. It runs the handshake, numbers requests, matches replies by id (they are decrypted in arrival
 * order), and paces writes so that the device's 1024-byte input pool never overflows (device.md 3.3). */

#include "proto/control.h"
#include "proto/session.h"

struct client;

enum client_event_kind {
        CLIENT_OPENED, /* the handshake is done */
        CLIENT_REPLY,
};

struct client_event {
        enum client_event_kind kind;
        uint16_t id;
        uint16_t type; /* of the request that this answers */
        int32_t result;
        const uint8_t *payload; /* valid until the next call on the client */
        size_t len;
};

/* max_write: what one ATT write may hold (MTU - 3, 20..244). The handshake's first message is at once ready
 * to be taken. scalars NULL = random. */
int client_new(const struct secret *mobile_secret, size_t max_write, const struct ecjpake_scalars *scalars,
               struct client **ret);
struct client *client_free(struct client *c);
DEFINE_CLEANUP(struct client *, client_free)

/* Queues one request; the id comes back for matching. -ENOTCONN before CLIENT_OPENED, -EMSGSIZE beyond
 * SESSION_MAX_PAYLOAD, -ENOBUFS beyond CLIENT_MAX_OUTSTANDING requests or CLIENT_MAX_QUEUED bytes that wait.
 * Requests queued together leave together, as many in one write as fit ("one flight"). A slow request
 * (control_info()->slow) holds back what is queued behind it until its reply. */
enum { CLIENT_MAX_OUTSTANDING = 64, CLIENT_MAX_QUEUED = 128 * 1024 };
int client_request(struct client *c, uint16_t type, const uint8_t *payload, size_t len, uint16_t *ret_id);

/* The next ATT write, at most max_write bytes (-EINVAL if `size` is less). -EAGAIN: nothing to send, or the
 * pool has no room until the device answers. The cost of everything unread stays <= 1024. */
int client_take_write(struct client *c, uint8_t *buf, size_t size, size_t *ret_len);

/* A frame that is larger than the pool (only FirmwareUpdateData is) cannot go out under this rule: the
 * device answers no frame that it has not got whole. client_is_stalled() is true when that is why
 * client_take_write() says -EAGAIN. The I/O layer then pauses for one connection interval since its last
 * write (at least 20 ms), calls client_relieve(), which takes the oldest unread write for read, and goes on
 * taking writes (device.md 3.3, rule 3). -EINVAL unless stalled: whatever fits the pool never needs it. */
bool client_is_stalled(const struct client *c);
int client_relieve(struct client *c);

/* One ATT notification. -EBADMSG: not the protocol, or it does not authenticate, or a reply that nobody
 * asked for; -EKEYREJECTED: the device's confirmation is wrong; -ENOMEM. The client has failed then:
 * everything but the facts returns the same error from now on, and the link is useless. */
int client_feed(struct client *c, const uint8_t *data, size_t len);

/* -EAGAIN when there is none. Events that came before a failure can still be taken. */
int client_next_event(struct client *c, struct client_event *ret);

/* facts */
/* True between sending our confirmation and its answer: a link that drops now means "wrong secret"
 * (device.md 3.4). */
bool client_awaits_confirm(const struct client *c);

/* Requests without a reply yet. */
size_t client_outstanding(const struct client *c);

/* How often the client had to wait for the device so far: a flight of writes answered by a flight of
 * notifications counts one. */
unsigned client_exchanges(const struct client *c);
