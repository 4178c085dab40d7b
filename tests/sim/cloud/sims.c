/* SPDX-License-Identifier: Apache-2.0 */

/* The SIM machine (cloud.md 5): an action takes some GETs ("polls") and some time ("takes_ms") before its
 * goal is reached, may end in an error, and what starts it may be answered 408 or 504 though it goes on. */

#include "tests/sim/cloud/sims.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/routes.h"
#include <ctype.h>
#include <errno.h>

static const char active[] = "active";
static const char inactive[] = "inactive_user_deactivated";

bool sim_is_country(const char *text)
{
        return text && strlen(text) == 2 && isupper((unsigned char)text[0]) &&
               isupper((unsigned char)text[1]);
}

static const char *effect_of(const char *action)
{
        return strcmp(action, "deactivate") == 0 ? "sim-deactivating" : "sim-activating";
}

static int begin(struct vcloud *c, json_t *sim, const char *action, const char *goal)
{
        bool changed = !rec_true(sim, "in_progress") || !rec_is(sim, "goal", goal);
        int r;

        r = rec_set_text(c, sim, "last_action", action);
        if (r == 0)
                r = rec_set_now(c, sim, "last_action_on");
        if (r == 0)
                r = rec_set_text(c, sim, "last_action_error", "no");
        if (r == 0)
                r = rec_set_text(c, sim, "goal", goal);
        if (r == 0)
                r = rec_set_int(c, sim, "polls_left", rec_int(sim, "polls"));
        if (r == 0)
                r = rec_set_time(c, sim, "ready_at", cloud_now_ms(c) + rec_int(sim, "takes_ms"));
        if (r == 0)
                r = rec_set_bool(c, sim, "in_progress", true);
        if (r == 0)
                effect_tell_sim(c, effect_of(action), sim, changed);
        return r;
}

static int reach_goal(struct vcloud *c, json_t *sim)
{
        bool on = rec_is(sim, "goal", active);
        const char *count = on ? "activations_count" : "deactivations_count";
        int r;

        r = rec_set_text(c, sim, "status", rec_text(sim, "goal"));
        if (r == 0)
                r = rec_set_int(c, sim, count, rec_int(sim, count) + 1);
        if (r == 0 && on)
                r = rec_set_now(c, sim, "last_activated_on");
        if (r == 0 && on && !rec_text(sim, "first_activated_on"))
                r = rec_set_now(c, sim, "first_activated_on");
        if (r == 0 && on)
                r = rec_set_text(c, sim, "last_activated_via", "api");
        if (r == 0)
                effect_tell_sim(c, on ? "sim-active" : "sim-inactive", sim, true);
        return r;
}

/* Somebody looks: one poll fewer, and the action's end if it was the last. */
int sim_look(struct vcloud *c, json_t *sim)
{
        int r;

        if (!rec_true(sim, "in_progress"))
                return 0;
        if (rec_int(sim, "polls_left") > 0)
                return rec_set_int(c, sim, "polls_left", rec_int(sim, "polls_left") - 1);
        if (rec_time_ms(sim, "ready_at") > cloud_now_ms(c))
                return 0;
        r = rec_set_bool(c, sim, "in_progress", false);
        if (r == 0)
                r = rec_set_now(c, sim, "updated_at");
        if (r == 0)
                r = rec_true(sim, "fails") ? rec_set_text(c, sim, "last_action_error", "yes")
                                           : reach_goal(c, sim);
        return r;
}

int sim_import(struct vcloud *c, const char *iccid, int64_t product_id, const char *country)
{
        json_t *sim = state_find(c, SIMS, iccid);
        bool changed;
        int r = 0;

        if (!sim)
                r = state_add(c, SIMS, iccid, &sim);
        changed = r == 0 && rec_int(sim, "product_id") != product_id;
        if (r == 0)
                r = rec_set_int(c, sim, "product_id", product_id);
        if (r == 0)
                effect_tell_sim(c, "sim-joined", sim, changed);
        if (r == 0 && !rec_text(sim, "country"))
                r = rec_set_text(c, sim, "country", country);
        if (r == 0 && !rec_is(sim, "status", active))
                r = begin(c, sim, "activate", active);
        return r;
}

/* A key of the answer and the record's field behind it. */
static const struct {
        const char *key, *field;
} fields[] = {
        { "_id", "iccid" },
        { "iccid", "iccid" },
        { "status", "status" },
        { "state_change_in_progress", "in_progress" },
        { "last_status_change_action", "last_action" },
        { "last_status_change_action_error", "last_action_error" },
        { "last_status_change_action_on", "last_action_on" },
        { "activations_count", "activations_count" },
        { "deactivations_count", "deactivations_count" },
        { "base_country_code", "country" },
        { "first_activated_on", "first_activated_on" },
        { "last_activated_on", "last_activated_on" },
        { "last_activated_via", "last_activated_via" },
        { "mb_limit", "mb_limit" },
        { "msisdn", "msisdn" },
        { "carrier", "carrier" },
        { "owner", "owner" },
        { "product_id", "product_id" },
        { "last_device_id", "device" },
        { "updated_at", "updated_at" },
};

json_t *sim_json(struct vcloud *c, const json_t *sim)
{
        const json_t *user = state_find(c, USERS, rec_text(sim, "owner"));
        const json_t *device = state_find(c, DEVICES, rec_text(sim, "device"));
        json_t *out = json_object();

        for (size_t i = 0; i < ELEMENTSOF(fields); i++)
                (void)json_object_set(out, fields[i].key, json_object_get(sim, fields[i].field));
        (void)json_object_set_new(out, "base_monthly_rate", json_integer(299));
        (void)json_object_set_new(out, "overage_monthly_rate", json_integer(40));
        (void)json_object_set_new(out, "stripe_plan_slug", json_string("plan-1"));
        if (device)
                (void)json_object_set(out, "last_device_name", json_object_get(device, "name"));
        if (user)
                (void)json_object_set(out, "user_id", json_object_get(user, "user_id"));
        return out;
}

bool sim_is_mine(const struct call *c, const json_t *sim)
{
        return rec_is(sim, "owner", c->who) && rec_int(sim, "product_id") == 0;
}

int sims_list(struct call *c)
{
        json_t *list = json_array(), *sim;
        const char *key;

        json_object_foreach(state_all(c->cloud, SIMS), key, sim)
                if (sim_is_mine(c, sim) && json_array_append_new(list, sim_json(c->cloud, sim)) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        return answer(c, 200, json_pack("{s:o*}", "sims", list));
}

/* 404 = not in this account, whoever else may have it. */
int sim_get(struct call *c)
{
        json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);
        int r;

        if (!sim || !sim_is_mine(c, sim))
                return refuse(c, SHAPE_SIM_UNKNOWN);
        r = sim_look(c->cloud, sim);
        return r < 0 ? r : answer(c, 200, sim_json(c->cloud, sim));
}

/* No body: 205 active, 200 ready, 403 somebody else's, 404 unknown; a seed may set the contradictory 204. */
int sim_head(struct call *c)
{
        const json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);

        if (!sim)
                return answer_empty(c, 404);
        if (rec_int(sim, "head_answer") != 0)
                return answer_empty(c, (unsigned)rec_int(sim, "head_answer"));
        if (rec_int(sim, "product_id") != 0 || (rec_text(sim, "owner") && !sim_is_mine(c, sim)))
                return answer_empty(c, 403);
        return answer_empty(c, rec_is(sim, "status", active) ? 205 : 200);
}

static int set_limit(struct call *c, json_t *sim)
{
        int64_t mb;
        bool changed;
        int r;

        if (call_int(c, "mb_limit", &mb) < 0 || mb < 1 || mb > 1000)
                return refuse(c, SHAPE_SIM_ACTION);
        changed = rec_int(sim, "mb_limit") != mb;
        r = rec_set_int(c->cloud, sim, "mb_limit", mb);
        if (r == 0)
                effect_tell_sim(c->cloud, "sim-limit", sim, changed);
        return r;
}

static int start(struct call *c, json_t *sim, const char *action)
{
        bool on = strcmp(action, "deactivate") != 0, mine = true;
        unsigned status = (unsigned)rec_int(sim, "put_answer");
        int r;

        if (strcmp(action, "activate") == 0) {
                if (!sim_is_country(call_text(c, "country")))
                        return refuse(c, SHAPE_SIM_COUNTRY);
                mine = rec_is(sim, "owner", c->who);
                r = rec_set_text(c->cloud, sim, "owner", c->who);
                if (r == 0)
                        r = rec_set_text(c->cloud, sim, "country", call_text(c, "country"));
                if (r < 0)
                        return r;
        }
        if (rec_is(sim, "status", active) == on && !rec_true(sim, "in_progress")) {
                effect_tell_sim(c->cloud, effect_of(action), sim, !mine);
                return answer_empty(c, 200); /* nothing to do */
        }
        r = begin(c->cloud, sim, action, on ? active : inactive);
        if (r < 0)
                return r;
        if (status == 200)
                return answer_empty(c, 200);
        return answer(c, status,
                      json_pack("{s:b,s:s}", "ok", 0, "error",
                                status == 408 ? "Request timed out, the SIM may still be changing"
                                              : "Gateway Timeout"));
}

int sim_change(struct call *c, json_t *sim)
{
        const char *action = call_text(c, "action");
        int r;

        if (call_has(c, "mb_limit")) {
                r = set_limit(c, sim);
                if (r < 0 || c->reply->status != 0)
                        return r;
        }
        if (!action)
                return call_has(c, "mb_limit") ? answer_empty(c, 200) : refuse(c, SHAPE_SIM_ACTION);
        if (strcmp(action, "activate") != 0 && strcmp(action, "deactivate") != 0 &&
            strcmp(action, "reactivate") != 0)
                return refuse(c, SHAPE_SIM_ACTION);
        return start(c, sim, action);
}

int sim_put(struct call *c)
{
        json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);

        if (!sim)
                return refuse(c, SHAPE_SIM_UNKNOWN);
        if (rec_int(sim, "product_id") != 0 || (rec_text(sim, "owner") && !sim_is_mine(c, sim)))
                return refuse(c, SHAPE_SIM_FOREIGN);
        return sim_change(c, sim);
}

int sim_release(struct call *c, json_t *sim)
{
        unsigned status = rec_true(sim, "release_pending") ? 202 : 204;
        int r;

        r = rec_set_text(c->cloud, sim, "owner", NULL);
        if (r == 0)
                r = rec_set(c->cloud, sim, "product_id", json_null());
        if (r == 0)
                r = rec_set_text(c->cloud, sim, "status", inactive);
        if (r == 0)
                r = rec_set_bool(c->cloud, sim, "in_progress", false);
        if (r == 0)
                effect_tell_sim(c->cloud, "sim-released", sim, true);
        return r < 0 ? r : answer_empty(c, status);
}

int sim_delete(struct call *c)
{
        json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);

        return sim && sim_is_mine(c, sim) ? sim_release(c, sim) : refuse(c, SHAPE_SIM_UNKNOWN);
}

/* Asynchronous: the first question starts a task, the next one has its answer. Until then all is null. */
int sim_answer_status(struct call *c, json_t *sim)
{
        bool complete = rec_int(sim, "status_asked") != 0, connected = rec_true(sim, "connected");
        int64_t now_ms = cloud_now_ms(c->cloud);
        char made[INSTANT_SIZE], later[INSTANT_SIZE], ends[INSTANT_SIZE];
        json_t *status;
        int r;

        r = rec_set_int(c->cloud, sim, "status_asked", !complete);
        if (r < 0)
                return r;
        status = complete ? json_pack("{s:b,s:b,s:b}", "connected", connected, "gsm_connection", connected,
                                      "data_connection", connected)
                          : json_pack("{s:n,s:n,s:n}", "connected", "gsm_connection", "data_connection");
        return answer(c, complete ? 200 : 202,
                      json_pack("{s:b,s:{s:s,s:s,s:s,s:s,s:s,s:s},s:o*}", "ok", 1, "meta", "created_at",
                                instant_text(now_ms, made), "expires_at",
                                instant_text(now_ms + 180000, ends), "check_again_after",
                                instant_text(now_ms + 2000, later), "state",
                                complete ? "complete" : "pending", "method", "async", "task_id",
                                "5f00000000000000000000aa", "sim_status", status));
}

int sim_status(struct call *c)
{
        json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);

        return sim && sim_is_mine(c, sim) ? sim_answer_status(c, sim) : refuse(c, SHAPE_SIM_UNKNOWN);
}

json_t *sim_usage_days(struct vcloud *c, int64_t mb)
{
        char today[INSTANT_SIZE];

        if (mb == 0)
                return json_array();
        (void)instant_text(cloud_now_ms(c), today);
        today[strlen("2026-01-01")] = 0;
        return json_pack("[{s:s,s:I,s:I}]", "date", today, "mbs_used", (json_int_t)mb, "mbs_used_cumulative",
                         (json_int_t)mb);
}

int sim_answer_usage(struct call *c, const json_t *sim)
{
        return answer(c, 200,
                      json_pack("{s:O,s:o*}", "iccid", json_object_get(sim, "iccid"), "usage_by_day",
                                sim_usage_days(c->cloud, rec_int(sim, "mb_used"))));
}

int sim_usage(struct call *c)
{
        const json_t *sim = state_find(c->cloud, SIMS, c->arg[0]);

        return sim && sim_is_mine(c, sim) ? sim_answer_usage(c, sim) : refuse(c, SHAPE_SIM_UNKNOWN);
}
