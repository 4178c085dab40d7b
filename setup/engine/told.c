/* SPDX-License-Identifier: Apache-2.0 */

/* Built with jansson in the order of the table in event-keys.c. */

#include "setup/engine/told.h"
#include "setup/engine/event.h"
#include "setup/engine/record-json.h"
#include "setup/flow/job.h"
#include "setup/flow/wifi-seen.h"
#include <errno.h>

const char *told_state(enum step_state state)
{
        switch (state) {
        case STEP_STARTED: return "started";
        case STEP_DONE: return "done";
        case STEP_RETRYING: return "retrying";
        case STEP_SKIPPED: return "skipped";
        case STEP_FAILED: return "failed";
        case STEP_WAITING: break;
        }
        return "waiting";
}

static const char *fault_key(enum fault fault)
{
        return fault == FAULT_NONE ? NULL : fault_info(fault)->key;
}

static json_t *step(const struct runner_event *e)
{
        const struct trouble *t = &e->trouble;

        return json_pack("{s:s, s:s?, s:s, s:i, s:i, s:I, s:s?, s:o}", "step", e->step, "light", e->light,
                         "state", told_state(e->state), "try", (int)e->try, "of", (int)e->of, "ms",
                         (json_int_t)e->ms, "fault", fault_key(t->fault), "cause", event_text(t->cause));
}

static json_t *progress(const struct runner_event *e)
{
        const struct trouble *t = &e->trouble;
        bool told = t->cause[0] || t->fault != FAULT_NONE;

        return json_pack("{s:s, s:I, s:I, s:o, s:I, s:I}", "step", e->step, "elapsed_ms", (json_int_t)e->ms,
                         "limit_ms", (json_int_t)e->limit_ms, "cause",
                         event_text(told ? trouble_words(t) : NULL), "part", (json_int_t)e->part, "whole",
                         (json_int_t)e->whole);
}

static json_t *device(const struct job *job)
{
        json_t *device =
                json_pack("{s:o, s:o, s:o}", "serial", event_text(job->asked.label.serial), "id",
                          event_text(job_device_id(job)), "platform", event_text(job_platform(job)));

        return record_json_add(job, RECORD_DEVICE, RECORD_DEVICE, device);
}

static json_t *result(const struct job *job, uint64_t ms)
{
        const struct trouble *t = &job->end.trouble;
        const struct fault_info *info = fault_info(t->fault);
        const char *advice = t->fault == FAULT_NONE ? NULL : info->advice;

        return json_pack("{s:o, s:s?, s:o, s:s?, s:i, s:b, s:o, s:I, s:o}", "outcome",
                         record_json_fact(job, record_find("outcome")), "fault", fault_key(t->fault),
                         "cause", event_text(t->cause), "advice", advice, "exit", info->exit_code,
                         "verified", job->end.verified, "device", device(job), "ms", (json_int_t)ms,
                         "exchanges", record_json_fact(job, record_find("exchanges")));
}

const char *told_question(enum question_kind question)
{
        switch (question) {
        case QUESTION_WIFI_NETWORK: return "wifi-network";
        case QUESTION_WIFI_PASSWORD: break;
        }
        return "wifi-password";
}

static json_t *ssid(const uint8_t *bytes, size_t len)
{
        char text[WIFI_TEXT_MAX];

        wifi_ssid_text(bytes, len, text);
        return event_text(text);
}

/* That is asked for the password of; null: a network is asked for. */
static json_t *asked_ssid(const struct job *job, enum question_kind question)
{
        size_t i = job->wifi.network < 0 ? 0 : (size_t)job->wifi.network;
        const struct wifi_network *n = &job->asked.profile.networks[i];

        return question == QUESTION_WIFI_PASSWORD ? ssid(n->ssid, n->ssid_len) : json_null();
}

static json_t *networks(const struct job *job)
{
        struct message_network sorted[MESSAGE_NETWORKS_MAX];
        size_t n = wifi_seen_sorted(&job->now.scan, sorted);
        json_t *list = json_array();

        for (size_t i = 0; list && i < n; i++)
                if (json_array_append_new(list, json_pack("{s:o, s:s?, s:i}", "ssid",
                                                          ssid(sorted[i].ssid, sorted[i].ssid_len),
                                                          "security", wifi_security_name(sorted[i].security),
                                                          "rssi", sorted[i].rssi)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static json_t *question(const struct job *job, const struct runner_event *e)
{
        return json_pack("{s:s, s:s, s:o, s:o}", "step", e->step, "question", told_question(e->question),
                         "ssid", asked_ssid(job, e->question), "networks", networks(job));
}

bool told_is_event(const struct told *t)
{
        switch (t->kind) {
        case TOLD_STEP: return t->event->state != STEP_WAITING;
        case TOLD_PROGRESS:
        case TOLD_QUESTION:
        case TOLD_RESULT: return true;
        case TOLD_QUIET:
        case TOLD_LOOK: break;
        }
        return false;
}

json_t *told_json(const struct told *t)
{
        const char *serial = t->job->asked.label.serial;

        switch (t->kind) {
        case TOLD_PROGRESS: return event_of_job(t->id, serial, "progress", progress(t->event));
        case TOLD_RESULT: return event_of_job(t->id, serial, "result", result(t->job, t->ms));
        case TOLD_QUESTION: return event_of_job(t->id, serial, "question", question(t->job, t->event));
        case TOLD_STEP:
        case TOLD_QUIET:
        case TOLD_LOOK: break;
        }
        return event_of_job(t->id, serial, "step", step(t->event));
}

int told_line(const struct told *t, char **ret)
{
        return event_line(told_json(t), ret);
}
