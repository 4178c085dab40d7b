/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Word from the cloud that a device is worth asking for again, so that waiting for it does not mean asking
 * every two seconds. One event stream (cloud/events.h) serves everybody who waits: it is opened when the
 * first one does and closed a little after the last one did. An unclaimed device outside of products sends
 * nothing there (cloud.md 6). */

#include "cloud/client.h"

enum { NEWS_LINGER_MS = 30000 };

/* What the stream last said of a device since the last wait for it ended. */
enum news_heard { HEARD_NOTHING, HEARD_OFFLINE, HEARD_ONLINE };

typedef void (*news_fn)(void *userdata, enum news_heard heard);

struct news;

/* Loop and client stay the caller's and outlive it. -ENOMEM. */
int news_new(struct sd_event *loop, struct cloud_client *client, struct news **ret);

/* Takes NULL, returns NULL. Nobody waits any more. */
struct news *news_free(struct news *n);
DEFINE_CLEANUP(struct news *, news_free)

/* Ends when the device should be asked for:
 *  - at once, if anything may have happened since the last wait for it ended: the first time, after an event
 *    of it, and after the stream was opened, as whatever was before is lost;
 *  - at once as well while there is no stream to wait for (being opened, broken, refused): the caller then
 *    polls at its own pace;
 *  - when one of these happens;
 *  - after `ms` in any case.
 * product_id 0: the account's own devices. The stream follows the product of who waits alone; who waits for
 * another product than somebody else already does has no stream. 0, -EINVAL (the id), -ENOMEM. */
int news_wait(struct news *n, unsigned product_id, const char *device_id, uint64_t ms, news_fn done,
              void *userdata, struct op **ret);
