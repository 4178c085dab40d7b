/* SPDX-License-Identifier: Apache-2.0 */

/* The product's filter also finds parts of serial numbers, so that its answer is compared. */

#include "setup/account/lookup.h"
#include "cloud/lookup.h"
#include "cloud/product.h"
#include <errno.h>
#include <string.h>

struct lookup {
        struct op op;
        const char *serial;
        lookup_fn done;
        void *userdata;
        struct op *verb;
};

static void lookup_free(struct op *op)
{
        struct lookup *l = container_of(op, struct lookup, op);

        op_free(l->verb);
        free(l);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *s)
{
        struct lookup *l = userdata;
        struct cloud_error busy = *e;

        if (e->trouble.fault != FAULT_CLOUD_BUSY) {
                l->done(l->userdata, e, s ? s->device_id : NULL);
                return;
        }
        (void)trouble_set(
                &busy.trouble, FAULT_CLOUD_BUSY,
                "Nothing is done with it: the cloud looks up 50 serial numbers an hour. Run the same "
                "command again in %u minutes, or give device ids.",
                e->retry_after_s ? (e->retry_after_s + 59) / 60 : 60);
        l->done(l->userdata, &busy, NULL);
}

static void on_members(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        struct lookup *l = userdata;
        struct cloud_error unknown = *e;

        if (e->trouble.fault != FAULT_NONE) {
                l->done(l->userdata, e, NULL);
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (d[i].serial && strcasecmp(d[i].serial, l->serial) == 0) {
                        l->done(l->userdata, e, d[i].id);
                        return;
                }
        (void)trouble_set(&unknown.trouble, FAULT_CLOUD_NOT_FOUND,
                          "No device of the product has this serial number.");
        l->done(l->userdata, &unknown, NULL);
}

int lookup_start(struct cloud_client *client, unsigned product_id, const char *serial, lookup_fn done,
                 void *userdata, struct op **ret)
{
        struct lookup *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        *l = (struct lookup){ .op.free = lookup_free, .serial = serial, .done = done, .userdata = userdata };
        if (product_id)
                r = cloud_product_find(client, product_id, serial, on_members, l, &l->verb);
        else
                r = cloud_serial(client, serial, NULL, true, on_serial, l, &l->verb);
        if (r < 0)
                lookup_free(&l->op);
        else
                *ret = &l->op;
        return r;
}
