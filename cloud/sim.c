/* SPDX-License-Identifier: Apache-2.0 */

/* SIM cards: single requests. The activation, which is a small machine over them, is in sim-activate.c. */

#include "cloud/sim.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "cloud/sim-request.h"
#include <ctype.h>
#include <errno.h>

bool sim_is_iccid(const char *iccid)
{
        size_t len = 0;

        while (isdigit((unsigned char)iccid[len]))
                len++;
        return len >= 18 && len <= 22 && !iccid[len];
}

int sim_request_start(struct cloud_client *c, const struct call_request *request, call_done_fn done,
                      void *userdata, struct op **ret, unsigned product_id, const char *iccid)
{
        if (!product_id)
                return call_start(c, request, done, userdata, ret, "/v1/sims/%s", iccid);
        return call_start(c, request, done, userdata, ret, "/v1/products/%u/sims/%s", product_id, iccid);
}

bool sim_read(struct call_end *end, struct cloud_sim *ret)
{
        if (end->error->fault == FAULT_CLOUD_NOT_FOUND) {
                *ret = (struct cloud_sim){ .state = SIM_NOT_OURS, .iccid = end->subject };
                end->error->fault = FAULT_NONE;
        } else if (end->error->fault == FAULT_NONE && reply_sim(end->json, end->subject, ret) < 0)
                call_end_unreadable(end);
        return end->error->fault == FAULT_NONE;
}

static void read_sim(struct call_end *end)
{
        cloud_sim_fn done = (cloud_sim_fn)end->done;
        struct cloud_sim sim;
        bool ok = sim_read(end, &sim);

        done(end->userdata, end->error, ok ? &sim : NULL);
}

int cloud_sim(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_sim_fn done,
              void *userdata, struct op **ret)
{
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_SIM,
                .subject = iccid,
                .read = read_sim,
        };

        if (!sim_is_iccid(iccid))
                return -EINVAL;
        return sim_request_start(c, &request, (call_done_fn)done, userdata, ret, product_id, iccid);
}

int cloud_sim_precheck(struct cloud_client *c, const char *iccid, cloud_done_fn done, void *userdata,
                       struct op **ret)
{
        const struct call_request request = {
                .method = "HEAD",
                .endpoint = ENDPOINT_SIM,
                .read = call_read_done,
        };

        if (!sim_is_iccid(iccid))
                return -EINVAL;
        return sim_request_start(c, &request, (call_done_fn)done, userdata, ret, 0, iccid);
}

int cloud_sim_deactivate(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_done_fn done,
                         void *userdata, struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "PUT",
                .endpoint = ENDPOINT_SIM,
                .retry = RETRY_UNTOUCHED,
                .body = &body,
                .read = call_read_done,
        };
        int r;

        if (!sim_is_iccid(iccid))
                return -EINVAL;
        r = call_json_body(json_pack("{s:s}", "action", "deactivate"), &body);
        if (r < 0)
                return r;
        return sim_request_start(c, &request, (call_done_fn)done, userdata, ret, product_id, iccid);
}

int cloud_sim_release(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_done_fn done,
                      void *userdata, struct op **ret)
{
        const struct call_request request = {
                .method = "DELETE",
                .endpoint = ENDPOINT_SIM,
                .retry = RETRY_UNTOUCHED,
                .read = call_read_done,
        };

        if (!sim_is_iccid(iccid))
                return -EINVAL;
        return sim_request_start(c, &request, (call_done_fn)done, userdata, ret, product_id, iccid);
}
