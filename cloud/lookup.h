/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which device has this serial number. */

#include "cloud/client.h"

struct cloud_serial {
        const char *device_id;              /* lower case */
        const char *iccid;                  /* NULL: none, or not said */
        unsigned platform_id;               /* 0 = not said */
        const struct secret *mobile_secret; /* only if asked with a partial one; NULL: the cloud cannot
                                               complete it */
};

typedef void (*cloud_serial_fn)(void *userdata, const struct cloud_error *e, const struct cloud_serial *s);

/* FAULT_CLOUD_NOT_FOUND for an unknown one. Limited to 50 an hour and account, so what is known from before
 * is not asked again, unless a secret is to be completed. FAULT_CLOUD_BUSY once they are used up: then also
 * the following ones end so at once, until retry_after_s of the error are over. `needed`: the client's
 * patience is for limits, too; else the first refusal is the answer. */
int cloud_serial(struct cloud_client *c, const char *serial, const struct secret *partial_secret,
                 bool needed, cloud_serial_fn done, void *userdata, struct op **ret);
