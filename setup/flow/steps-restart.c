/* SPDX-License-Identifier: Apache-2.0 */

/* What needs a restart: the Ethernet feature, whose hardware is looked for at boot only (device.md 1.4), and
 * the restart itself, which brings the device back into listening mode. */

#include "proto/control.h"
#include "setup/flow/steps.h"

/* ethernet */
static enum feature wanted_feature(const struct job *j)
{
        switch (j->asked.profile.ethernet) {
        case CHOICE_LEAVE: break;
        case CHOICE_NO: return FEATURE_OFF;
        case CHOICE_YES: return FEATURE_ON;
        }
        return FEATURE_UNKNOWN;
}

static bool ethernet_skip(const struct job *j)
{
        enum feature wanted = wanted_feature(j);

        if (wanted == FEATURE_UNKNOWN || job_is_over(j) || j->identity.protected ||
            j->restart.state != RESTART_NONE)
                return true;
        if (wanted == FEATURE_ON)
                return j->restart.ethernet == FEATURE_ON && job_interface(j, INTERFACE_ETHERNET);
        return j->restart.ethernet == FEATURE_OFF || j->restart.ethernet == FEATURE_MISSING;
}

/* The feature may have been set by a setup that was cut off before the restart: only a device that has
 * restarted has looked. */
static enum step_move not_listed(struct job *j, struct step_result *r)
{
        if (j->restart.count > 0)
                return step_fail(r, FAULT_ETHERNET, "it looked for one when it started and found none");
        j->restart.state = RESTART_WANTED;
        return STEP_NEXT;
}

static enum step_move ethernet_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);
        enum feature wanted = wanted_feature(j);
        uint16_t type = CONTROL_GET_FEATURE;
        int e;

        if (j->restart.ethernet == FEATURE_ON && wanted == FEATURE_ON)
                return not_listed(j, r);
        if (j->restart.ethernet == FEATURE_UNKNOWN) {
                e = message_encode_get_feature_request(DEVICE_FEATURE_ETHERNET_DETECTION, &body);
        } else {
                type = CONTROL_SET_FEATURE;
                e = message_encode_set_feature_request(DEVICE_FEATURE_ETHERNET_DETECTION,
                                                       wanted == FEATURE_ON, &body);
        }
        if (e < 0)
                return step_errno(r, e);
        return step_ask(run, &(struct port_request){ type, body.data, body.len }, 1, r);
}

static enum step_move feature_read(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        enum feature wanted = wanted_feature(j);
        bool on;

        if (reply->result == CONTROL_NOT_SUPPORTED) {
                j->restart.ethernet = FEATURE_MISSING;
                if (wanted == FEATURE_OFF)
                        return STEP_NEXT;
                return step_fail(r, FAULT_ETHERNET, "its firmware cannot look for one");
        }
        if (reply->result < 0)
                return step_refused(r, CONTROL_GET_FEATURE, reply->result);
        if (message_decode_get_feature_reply(reply->payload, reply->len, &on) < 0)
                return step_garbled(r, CONTROL_GET_FEATURE);
        j->restart.ethernet = on ? FEATURE_ON : FEATURE_OFF;
        if (j->restart.ethernet != wanted)
                return step_later(r, FAULT_ETHERNET, "setting the feature");
        if (wanted == FEATURE_ON && !job_interface(j, INTERFACE_ETHERNET))
                return not_listed(j, r);
        return STEP_NEXT;
}

static enum step_move ethernet_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        if (j->restart.ethernet == FEATURE_UNKNOWN)
                return feature_read(j, reply, r);
        if (reply->result < 0)
                return step_refused(r, CONTROL_SET_FEATURE, reply->result);
        j->restart.ethernet = wanted_feature(j);
        j->restart.state = RESTART_WANTED;
        return STEP_NEXT;
}

/* restart. The device answers, restarts a second later, and the link ends by its supervision timeout
 * (device.md 3.4); hanging up before would find the old device advertising once more. */
static bool restart_skip(const struct job *j)
{
        return j->restart.state == RESTART_NONE || (j->restart.state == RESTART_SENT && !j->now.linked) ||
               job_is_over(j);
}

int restart_requests(struct port_request ret[static RESTART_REQUESTS], struct buf *body)
{
        int e = message_encode_set_startup_mode_request(DEVICE_MODE_LISTENING, body);

        if (e < 0)
                return e;
        ret[0] = (struct port_request){ CONTROL_SET_STARTUP_MODE, body->data, body->len };
        ret[1] = (struct port_request){ .type = CONTROL_RESET };
        return 0;
}

enum step_move restart_sent(struct job *j, const struct port_reply reply[static RESTART_REQUESTS],
                            struct step_result *r)
{
        if (reply[0].result < 0 && reply[0].result != CONTROL_NOT_SUPPORTED)
                return step_refused(r, CONTROL_SET_STARTUP_MODE, reply[0].result);
        if (reply[1].result < 0)
                return step_refused(r, CONTROL_RESET, reply[1].result);
        j->restart.state = RESTART_SENT;
        j->restart.count++;
        j->now.identified = false;
        j->now.peer_name[0] = 0;
        return STEP_NEXT;
}

static enum step_move restart_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);
        struct port_request flight[RESTART_REQUESTS];
        int e;

        if (j->restart.state == RESTART_SENT)
                return step_later(r, FAULT_LINK_SILENT, "the device should restart and does not");
        e = restart_requests(flight, &body);
        return e < 0 ? step_errno(r, e) : step_ask(run, flight, RESTART_REQUESTS, r);
}

static enum step_move restart_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        if (restart_sent(j, a->ask->reply, r) == STEP_FAIL)
                return STEP_FAIL;
        return step_later(r, FAULT_LINK_SILENT, "the device restarts");
}

/* A link that ends here may have ended by the restart or before it: only another one is sure. */
static enum step_move restart_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->now.peer_name[0] = 0;
        j->now.identified = false;
        return STEP_FAIL;
}

/* resume. Behind the restart nothing may need the device any more (an update alone ends there), but whether
 * it came back as it should is still to be seen: this row wants a session, and so the lane goes back to its
 * top. */
static bool resume_skip(const struct job *j)
{
        return j->restart.state == RESTART_NONE || job_is_over(j);
}

static enum step_move resume_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        (void)run;
        (void)r;
        return STEP_NEXT;
}

const struct step_acts ethernet_acts = { ASKS(ethernet) };
const struct step_acts restart_acts = { MENDS(restart) };
const struct step_acts resume_acts = { DOES(resume) };
