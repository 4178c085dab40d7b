/* SPDX-License-Identifier: Apache-2.0 */

/* What claiming answers is only a beginning: who owns the device is read from the device (device.h). */

#include "cloud/claim.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "cloud/url.h"
#include <errno.h>

int reply_claim_code(const json_t *j, struct secret **ret)
{
        const char *code = cloud_json_text(j, "claim_code");
        size_t len = code ? strlen(code) : 0;

        /* 63 characters today; what a device can store is what SET_CLAIM_CODE takes (cloud.md 3.1) */
        if (len == 0 || len > 63)
                return -EBADMSG;
        return secret_new(code, len, ret);
}

static void read_claim_code(struct call_end *end)
{
        cloud_claim_code_fn done = (cloud_claim_code_fn)end->done;
        _cleanup_(secret_freep) struct secret *code = NULL;

        if (end->error->trouble.fault == FAULT_NONE && reply_claim_code(end->json, &code) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, code);
}

int cloud_claim_code(struct cloud_client *c, unsigned product_id, cloud_claim_code_fn done, void *userdata,
                     struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_CLAIM_CODE,
                .body = &body,
                .read = read_claim_code,
        };
        int r;

        r = call_json_body(json_object(), &body);
        if (r < 0)
                return r;
        if (!product_id)
                return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/device_claims");
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/device_claims",
                          product_id);
}

int reply_claim(const json_t *j, const char *id, struct cloud_claim *ret)
{
        struct cloud_claim c = { 0 };

        if (!json_is_object(j) || !reply_is_about(j, id))
                return -EBADMSG;
        c.transfer_requested = cloud_json_text(j, "transfer_id") != NULL;
        c.online = cloud_json_true(j, "connected") || cloud_json_true(j, "online");
        if (!c.transfer_requested && !cloud_json_true(j, "ok") && !cloud_json_text(j, "id"))
                return -EBADMSG;
        *ret = c;
        return 0;
}

static void read_claim(struct call_end *end)
{
        cloud_claim_fn done = (cloud_claim_fn)end->done;
        struct cloud_claim claim;

        if (end->error->trouble.fault == FAULT_NONE && reply_claim(end->json, end->subject, &claim) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &claim : NULL);
}

int cloud_claim(struct cloud_client *c, const char *device_id, bool request_transfer, cloud_claim_fn done,
                void *userdata, struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_CLAIM,
                .retry = RETRY_UNTOUCHED,
                .body = &body,
                .subject = id,
                .read = read_claim,
        };
        int r;

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        r = call_json_body(request_transfer ? json_pack("{s:s, s:b}", "id", id, "request_transfer", 1)
                                            : json_pack("{s:s}", "id", id),
                           &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices");
}
