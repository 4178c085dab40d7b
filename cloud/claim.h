/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Making a device the account's: with a code that the device shows to the cloud, or by its id. */

#include "cloud/client.h"

typedef void (*cloud_claim_code_fn)(void *userdata, const struct cloud_error *e, const struct secret *code);

/* Valid for one hour and one device: ask late. product_id 0: for the account itself. */
int cloud_claim_code(struct cloud_client *c, unsigned product_id, cloud_claim_code_fn done, void *userdata,
                     struct op **ret);

struct cloud_claim {
        bool transfer_requested; /* not claimed yet: the owner decides by e-mail */
        bool online;
};

typedef void (*cloud_claim_fn)(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim);

/* Claims by id; the device must be online unless it is in a product of the account.
 *   FAULT_CLAIM_OFFLINE    the cloud does not see it online (yet): wait and ask again
 *   FAULT_CLAIM_FOREIGN    somebody else's; request_transfer asks the owner by e-mail
 *   FAULT_CLOUD_NOT_FOUND  unknown; the cloud is vague here, it may also be offline
 *   FAULT_CLAIM_LIMIT, FAULT_CLAIM_REFUSED, FAULT_TOKEN_SCOPE (API users cannot claim)
 * Never repeated after an answer was lost: e->unsure says that the owner must be read first. */
int cloud_claim(struct cloud_client *c, const char *device_id, bool request_transfer, cloud_claim_fn done,
                void *userdata, struct op **ret);
