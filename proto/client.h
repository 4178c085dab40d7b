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

/* The longest payload of a request on a link with such writes: its frame fits the device's pool unread, for
 * when the device reads is never guessed (device.md 3.3, rule 3). 915 for 244. */
size_t client_max_payload(size_t max_write);

/* Queues one request; the id comes back for matching. -ENOTCONN before CLIENT_OPENED, -EMSGSIZE beyond
 * client_max_payload(), -ENOBUFS beyond CLIENT_MAX_OUTSTANDING requests.
 * Requests queued together leave together, as many in one write as fit ("one flight"). A slow request
 * (control_info()->slow) holds back what is queued behind it until its reply; and no request begins to leave
 * before there is room for all of it. */
enum { CLIENT_MAX_OUTSTANDING = 64 };
int client_request(struct client *c, uint16_t type, const uint8_t *payload, size_t len, uint16_t *ret_id);

/* The next ATT write, at most max_write bytes (-EINVAL if `size` is less). -EAGAIN: nothing to send, or the
 * pool has no room until the device answers something. The cost of everything unread stays <= 1024. */
int client_take_write(struct client *c, uint8_t *buf, size_t size, size_t *ret_len);

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
