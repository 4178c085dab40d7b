/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Devices that the account may see. */

#include "cloud/client.h"

struct cloud_device {
        bool known; /* false: unknown to the cloud or somebody else's, it does not tell which (cloud.md 3.5);
                       then nothing below counts */
        const char *id;
        const char *name;         /* NULL = none */
        const char *owner;        /* user name; NULL = nobody */
        const char *serial;       /* NULL = not said */
        const char *iccid;        /* NULL = none, or not said */
        const char *os_version;   /* NULL = not said */
        unsigned platform_id;     /* 0 = not said */
        unsigned product_id;      /* 0 = none (the sandbox) */
        bool online;              /* may stay true for 46 min after the device has gone (cloud.md 3.5) */
        bool development;         /* product: marked as a development device */
        bool quarantined;         /* product: waits for approval */
        int64_t last_handshake_s; /* 0 = never, or not said */
};

typedef void (*cloud_device_fn)(void *userdata, const struct cloud_error *e, const struct cloud_device *d);
typedef void (*cloud_devices_fn)(void *userdata, const struct cloud_error *e, const struct cloud_device *d,
                                 size_t n);

int cloud_device(struct cloud_client *c, const char *device_id, cloud_device_fn done, void *userdata,
                 struct op **ret);

/* FAULT_CLOUD_NOT_FOUND: not visible, as above. */
int cloud_rename(struct cloud_client *c, const char *device_id, const char *name, cloud_done_fn done,
                 void *userdata, struct op **ret);
int cloud_unclaim(struct cloud_client *c, const char *device_id, cloud_done_fn done, void *userdata,
                  struct op **ret);

/* Lets the device's light shout rainbows, or ends it. FAULT_DEVICE_OFFLINE: it does not answer. */
int cloud_signal(struct cloud_client *c, const char *device_id, bool on, cloud_done_fn done, void *userdata,
                 struct op **ret);
