/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Does the device cloud answer from this network? Resolves its name and sends a DTLS ClientHello by UDP, as
 * a device would; a firewall that lets nothing back is the most frequent reason for a device that blinks
 * cyan (device.md 5.4). */

#include "proto/base/op.h"
#include "proto/base/trouble.h"
#include <stdint.h>

/* Any device id resolves below udp.particle.io; the addresses change, so the name is asked each time. */
#define PROBE_HOST "usher.udp.particle.io"

enum { PROBE_HOST_MAX = 255 };
enum { PROBE_PORT = 5684, PROBE_RESOLVE_MS = 8000, PROBE_TRIES = 4, PROBE_TRY_MS = 1500 };

/* Valid during the callback. FAULT_NONE: a DTLS server answered. FAULT_DEVICE_NO_INTERNET: the name does not
 * resolve or there is no route; FAULT_DEVICE_CLOUD_BLOCKED: resolved, but nothing or something else comes
 * back. */
struct probe_answer {
        struct trouble trouble; /* its cause is what was seen, also on success */
        const char *address;    /* numeric, "" if the name did not resolve */
        uint64_t ms;            /* from the first datagram to the answer */
};

/* "host:port", "[::1]:port". -EINVAL: it is neither, or too long; nothing has changed then. */
int probe_address(const char *text, char ret_host[static PROBE_HOST_MAX + 1], uint16_t *ret_port);

struct sd_event;

typedef void (*probe_fn)(void *userdata, const struct probe_answer *a);

/* `loop` outlives the operation. host: a name or a numeric address. */
int probe_start(struct sd_event *loop, const char *host, uint16_t port, probe_fn done, void *userdata,
                struct op **ret);
