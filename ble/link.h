/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A link to one device that is connected and whose services are known: ATT values go both ways through two
 * sockets that bluetoothd hands out, or through D-Bus calls where it does not. Never blocks. */

#include "ble/match.h"
#include "ble/objects.h"
#include "proto/base/op.h"

struct link;

enum { LINK_WRITE_MIN = 20, LINK_WRITE_MAX = 244, LINK_VALUE_MAX = 512 };

/* Acquires the device's two pipes and reads its version. Without trouble `link` belongs to the callee. */
struct link_answer {
        struct trouble trouble;
        struct link *link;
};

typedef void (*link_fn)(void *userdata, const struct link_answer *a);

/* -ENOENT: the service or one of its characteristics is not in the mirror. */
int link_acquire(struct objects *o, const char *device_path, const struct ble_mode *mode, link_fn done,
                 void *userdata, struct op **ret);

/* True if all characteristics of setup are in the mirror. */
bool link_is_possible(const struct objects *o, const char *device_path, const struct ble_mode *mode);

/* From the loop, never from inside a call on the link; each may free it. Data that came before the loss is
 * delivered before lost(), which is the last. */
struct link_events {
        void (*data)(void *userdata, const uint8_t *data, size_t len);
        void (*writable)(void *userdata);
        void (*lost)(void *userdata, const struct trouble *why);
};

/* Until then nothing is delivered, and nothing is lost. */
void link_start(struct link *l, const struct link_events *events, void *userdata);

/* One ATT write of at most link_max_write() bytes. -EAGAIN: writable() will tell when; -ENOTCONN: it is
 * lost. */
int link_write(struct link *l, const uint8_t *data, size_t len);

size_t link_max_write(const struct link *l);
uint8_t link_version(const struct link *l);

/* Called once, when the link is freed. */
void link_on_free(struct link *l, void (*freed)(void *userdata, const char *device_path), void *userdata);

/* Takes NULL, returns NULL. Closes the pipes; the connection is its owner's business. */
struct link *link_free(struct link *l);
DEFINE_CLEANUP(struct link *, link_free)
