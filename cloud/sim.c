/* SPDX-License-Identifier: Apache-2.0 */

/* SIM cards: single requests. The activation, which is a small machine over them, is in sim-activate.c. */

#include "cloud/reply.h"
#include "cloud/sim-private.h"
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

static bool is_yes(const json_t *j, const char *key)
{
        const char *text = cloud_json_text(j, key);

        return cloud_json_true(j, key) || (text && strcmp(text, "yes") == 0);
}

/* What the status alone does not tell: an activation under way, or one that failed. */
static enum cloud_sim_state sim_state(const json_t *j, const char *status)
{
        const char *action = cloud_json_text(j, "last_status_change_action");
        bool activating = action && (strcmp(action, "activate") == 0 || strcmp(action, "reactivate") == 0);

        if (strcmp(status, "active") == 0)
                return SIM_ACTIVE;
        if (activating && is_yes(j, "state_change_in_progress"))
                return SIM_ACTIVATING;
        if (activating && is_yes(j, "last_status_change_action_error"))
                return SIM_FAILED;
        return strcmp(status, "never_before_activated") == 0 ? SIM_NEW : SIM_INACTIVE;
}

int reply_sim(const json_t *j, const char *iccid, struct cloud_sim *ret)
{
        struct cloud_sim sim = { .iccid = iccid };

        sim.status = cloud_json_text(j, "status");
        if (!sim.status || !reply_is_about(j, iccid))
                return -EBADMSG;
        sim.state = sim_state(j, sim.status);
        sim.owner = cloud_json_text(j, "owner");
        sim.device_id = cloud_json_text(j, "last_device_id");
        sim.carrier = cloud_json_text(j, "carrier");
        sim.product_id = cloud_json_number(j, "product_id");
        sim.changed_s = cloud_json_time(j, "last_status_change_action_on");
        sim.activations = cloud_json_number(j, "activations_count");
        *ret = sim;
        return 0;
}

bool sim_read(struct call_end *end, struct cloud_sim *ret)
{
        if (end->error->trouble.fault == FAULT_CLOUD_NOT_FOUND) {
                *ret = (struct cloud_sim){ .state = SIM_NOT_OURS, .iccid = end->subject };
                end->error->trouble.fault = FAULT_NONE;
        } else if (end->error->trouble.fault == FAULT_NONE && reply_sim(end->json, end->subject, ret) < 0)
                call_end_unreadable(end);
        return end->error->trouble.fault == FAULT_NONE;
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
                .endpoint = ENDPOINT_SIM_CHANGE,
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
                .endpoint = ENDPOINT_SIM_CHANGE,
                .retry = RETRY_UNTOUCHED,
                .read = call_read_done,
        };

        if (!sim_is_iccid(iccid))
                return -EINVAL;
        return sim_request_start(c, &request, (call_done_fn)done, userdata, ret, product_id, iccid);
}
