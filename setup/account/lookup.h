/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The device that a serial number belongs to. */

#include "cloud/client.h"

typedef void (*lookup_fn)(void *userdata, const struct cloud_error *e, const char *device_id);

/* One operation (proto/base/op.h). With a product its list is searched, which no limit counts; product_id 0:
 * the lookup of which the cloud answers 50 an hour, kept on disk where the client does so. FAULT_CLOUD_BUSY:
 * the hour is used up, and the cause says when to come again; FAULT_CLOUD_NOT_FOUND. */
int lookup_start(struct cloud_client *client, unsigned product_id, const char *serial, lookup_fn done,
                 void *userdata, struct op **ret);
