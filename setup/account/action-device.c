/* SPDX-License-Identifier: Apache-2.0 */

/* Claiming looks first: whether asking again for a device of one's own works is not documented, and an
 * answer that was lost may have done it (cloud.md 3.3). */

#include "cloud/claim.h"
#include "cloud/product.h"
#include "setup/account/action-private.h"
#include <string.h>

int run_look(struct run *r, cloud_device_fn done, struct op **ret)
{
        if (r->params->product_id)
                return cloud_product_device(r->client, r->params->product_id, r->end.id, done, r, ret);
        return cloud_device(r->client, r->end.id, done, r, ret);
}

bool run_is_mine(const struct run *r, const struct cloud_device *d)
{
        return d->known && d->owner && r->params->user && strcasecmp(d->owner, r->params->user) == 0;
}

/* claim */

static void on_second_look(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct run *r = userdata;

        if (e->trouble.fault == FAULT_NONE && run_is_mine(r, d))
                run_end(r, FAULT_NONE, "claimed");
        else
                run_end_here(r, r->end.trouble.fault); /* of the claim */
}

static int look_again(struct run *r, struct op **ret)
{
        return run_look(r, on_second_look, ret);
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        struct run *r = userdata;

        if (e->unsure) {
                action_tell_error(e, &r->end);
                run_next(r, look_again);
        } else if (run_failed(r, e)) {
                return;
        } else if (claim->transfer_requested) {
                run_end(r, FAULT_PENDING, "the owner was asked to transfer it");
        } else {
                run_end(r, FAULT_NONE, "claimed");
        }
}

static int claim_now(struct run *r, struct op **ret)
{
        return cloud_claim(r->client, r->end.id, r->params->request_transfer, on_claim, r, ret);
}

static void on_first_look(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct run *r = userdata;

        if (run_failed(r, e))
                return;
        if (run_is_mine(r, d))
                run_end(r, FAULT_NONE, "this account's already");
        else
                run_next(r, claim_now);
}

int run_claim(struct run *r, struct op **ret)
{
        return run_look(r, on_first_look, ret);
}

/* the others */

int run_unclaim(struct run *r, struct op **ret)
{
        if (r->params->product_id)
                return cloud_product_unclaim(r->client, r->params->product_id, r->end.id, run_on_done, r,
                                             ret);
        return cloud_unclaim(r->client, r->end.id, run_on_done, r, ret);
}

int run_rename(struct run *r, struct op **ret)
{
        struct cloud_product_change change = { .name = r->item->name };

        if (r->params->product_id)
                return cloud_product_set(r->client, r->params->product_id, r->end.id, &change, run_on_done,
                                         r, ret);
        return cloud_rename(r->client, r->end.id, r->item->name, run_on_done, r, ret);
}

int run_signal(struct run *r, struct op **ret)
{
        return cloud_signal(r->client, r->end.id, !r->params->off, run_on_done, r, ret);
}

int run_remove(struct run *r, struct op **ret)
{
        return cloud_product_remove(r->client, r->params->product_id, r->end.id, run_on_done, r, ret);
}
