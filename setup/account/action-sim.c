/* SPDX-License-Identifier: Apache-2.0 */

/* SIM cards. Only an action of its own ever changes one. */

#include "cloud/sim.h"
#include "setup/account/action-private.h"
#include <stdio.h>

static const char *state_text(enum cloud_sim_state state)
{
        switch (state) {
        case SIM_NOT_OURS: return "not in this account";
        case SIM_NEW: return "never activated";
        case SIM_INACTIVE: return "inactive";
        case SIM_ACTIVATING: return "being activated";
        case SIM_ACTIVE: return "active";
        case SIM_FAILED: return "activation failed";
        case _SIM_STATE_MAX: break;
        }
        return "unknown";
}

static const char *state_word(enum cloud_sim_state state)
{
        switch (state) {
        case SIM_NOT_OURS: return "not-ours";
        case SIM_NEW: return "new";
        case SIM_INACTIVE: return "inactive";
        case SIM_ACTIVATING: return "activating";
        case SIM_ACTIVE: return "active";
        case SIM_FAILED: return "failed";
        case _SIM_STATE_MAX: break;
        }
        return NULL;
}

enum fault run_say_sim(struct run *r, const struct cloud_sim *sim)
{
        struct action_facts *f = &r->end.facts;

        f->sim = state_word(sim->state);
        (void)snprintf(f->sim_status, sizeof(f->sim_status), "%s", sim->status ? sim->status : "");
        if (sim->iccid)
                (void)snprintf(f->iccid, sizeof(f->iccid), "%s", sim->iccid);
        trouble_add(&r->end.trouble, "%s", state_text(sim->state));
        if (sim->status)
                trouble_add(&r->end.trouble, " (%s)", sim->status);
        if (sim->state == SIM_NEW || sim->state == SIM_INACTIVE)
                trouble_add(&r->end.trouble, "; 'usher cloud sim activate' activates it");
        return sim->state == SIM_ACTIVATING ? FAULT_PENDING
               : sim->state == SIM_FAILED   ? FAULT_SIM
                                            : FAULT_NONE;
}

static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim *sim)
{
        struct run *r = userdata;
        enum fault fault;

        if (run_failed(r, e))
                return;
        fault = run_say_sim(r, sim);
        if (sim->device_id)
                trouble_add(&r->end.trouble, ", in device %s", sim->device_id);
        run_end_here(r, fault);
}

int run_sim_status(struct run *r, struct op **ret)
{
        return cloud_sim(r->client, r->params->product_id, r->item->text, on_sim, r, ret);
}

static void on_activated(void *userdata, const struct cloud_error *e,
                         const struct cloud_sim_outcome *outcome)
{
        struct run *r = userdata;

        if (run_failed(r, e))
                return;
        if (outcome->pending)
                run_end(r, FAULT_PENDING, "being activated: look again later");
        else
                run_end(r, FAULT_NONE, "active%s", outcome->asked ? "" : " already");
}

int run_sim_activate(struct run *r, struct op **ret)
{
        struct cloud_sim_wish wish = { .product_id = r->params->product_id,
                                       .iccid = r->item->text,
                                       .country = r->params->country,
                                       .wait_ms = r->params->wait_ms };

        return cloud_sim_activate(r->client, &wish, on_activated, r, ret);
}

int run_sim_deactivate(struct run *r, struct op **ret)
{
        return cloud_sim_deactivate(r->client, r->params->product_id, r->item->text, run_on_done, r, ret);
}

int run_sim_release(struct run *r, struct op **ret)
{
        return cloud_sim_release(r->client, r->params->product_id, r->item->text, run_on_done, r, ret);
}
