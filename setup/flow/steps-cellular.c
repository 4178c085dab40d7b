/* SPDX-License-Identifier: Apache-2.0 */

/* SIM and modem. The choice of SIM lasts through factory resets and is read at boot only (device.md 1.3b),
 * so that a device which once had an external SIM looks for it for ever: changing it means setting it,
 * restarting into listening mode, and reading it again. */

#include "proto/control.h"
#include "setup/flow/steps.h"
#include <string.h>

enum { MODEM_RESTARTS_MAX = 2 };

static const char *sim_name(int sim)
{
        return sim == SIM_EXTERNAL ? "external" : "internal";
}

static int wanted_sim(const struct job *j)
{
        if (j->asked.profile.sim == 0 && j->asked.task == TASK_REPAIR_SIM)
                return SIM_INTERNAL;
        return j->asked.profile.sim;
}

static bool needs_sim(const struct job *j)
{
        return wanted_sim(j) != 0 && wanted_sim(j) != j->modem.active_sim;
}

static bool needs_access_point(const struct job *j)
{
        int sim = wanted_sim(j) ? wanted_sim(j) : j->modem.active_sim;

        return j->asked.profile.apn.name && sim == SIM_EXTERNAL && !j->modem.access_point_set;
}

static bool sim_skip(const struct job *j)
{
        if (job_is_over(j) || j->identity.protected || j->restart.state != RESTART_NONE)
                return true;
        return j->modem.active_sim != 0 && !needs_sim(j) && !needs_access_point(j);
}

static int encode_access_point(const struct job *j, int sim, struct buf *out)
{
        struct message_access_point point = { .sim_type = sim, .use_defaults = !needs_access_point(j) };

        if (point.use_defaults)
                return message_encode_set_access_point_request(&point, NULL, out);
        strncpy(point.apn, j->asked.profile.apn.name, sizeof(point.apn) - 1);
        if (j->asked.profile.apn.user)
                strncpy(point.user, j->asked.profile.apn.user, sizeof(point.user) - 1);
        return message_encode_set_access_point_request(&point, j->asked.profile.apn.password, out);
}

/* The whole change and the restart are one flight: a device that was only told would say that it uses the
 * new SIM, and go on with the old one. */
static enum step_move set_sim(struct job *j, const struct step_run *run, struct step_result *r)
{
        int sim = wanted_sim(j) ? wanted_sim(j) : j->modem.active_sim;
        _cleanup_(buf_done) struct buf active = buf_init(16), point = buf_init(512), mode = buf_init(16);
        struct port_request flight[2 + RESTART_REQUESTS];
        int e;

        e = encode_access_point(j, sim, &point);
        if (e >= 0)
                e = message_encode_set_active_sim_request(sim, &active);
        if (e >= 0)
                e = restart_requests(flight + 2, &mode);
        if (e < 0)
                return step_errno(r, e);
        flight[0] = (struct port_request){ CONTROL_CELLULAR_SET_ACCESS_POINT, point.data, point.len };
        flight[1] = (struct port_request){ CONTROL_CELLULAR_SET_ACTIVE_SIM, active.data, active.len };
        return step_ask(run, flight, needs_sim(j) ? ELEMENTSOF(flight) : 1, r);
}

static enum step_move sim_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (j->modem.active_sim == 0)
                return step_ask(run, &(struct port_request){ .type = CONTROL_CELLULAR_GET_ACTIVE_SIM }, 1,
                                r);
        if (needs_sim(j) && j->modem.sim_set)
                return step_fail(r, FAULT_SIM, "it was told to use the %s SIM, but still uses the %s one",
                                 sim_name(wanted_sim(j)), sim_name(j->modem.active_sim));
        return set_sim(j, run, r);
}

static enum step_move sim_read(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        int sim;

        if (reply->result == CONTROL_NOT_SUPPORTED) {
                sim = SIM_INTERNAL; /* there is no other */
        } else if (reply->result < 0) {
                return step_refused(r, CONTROL_CELLULAR_GET_ACTIVE_SIM, reply->result);
        } else if (message_decode_get_active_sim_reply(reply->payload, reply->len, &sim) < 0) {
                return step_garbled(r, CONTROL_CELLULAR_GET_ACTIVE_SIM);
        }
        j->modem.active_sim = sim == SIM_EXTERNAL ? SIM_EXTERNAL : SIM_INTERNAL;
        if (!needs_sim(j) && !needs_access_point(j))
                return STEP_NEXT;
        return step_later(r, FAULT_SIM, "setting the SIM");
}

static enum step_move sim_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        if (j->modem.active_sim == 0)
                return sim_read(j, reply, r);
        for (size_t i = 0; i < a->ask->n && i < 2; i++)
                if (reply[i].result < 0) {
                        (void)step_refused(
                                r, i ? CONTROL_CELLULAR_SET_ACTIVE_SIM : CONTROL_CELLULAR_SET_ACCESS_POINT,
                                reply[i].result);
                        r->trouble.fault = FAULT_SIM;
                        return STEP_FAIL;
                }
        j->modem.access_point_set = true;
        if (a->ask->n == 1)
                return STEP_NEXT;
        j->modem.sim_set = true;
        j->modem.active_sim = 0;
        j->modem.iccid_asked = false;
        return restart_sent(j, reply + 2, r);
}

/* How far the flight came is not known: read again, and restart in any case. */
static enum step_move sim_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        if (j->modem.active_sim != 0 && needs_sim(j)) {
                j->modem.active_sim = 0;
                j->restart.state = RESTART_WANTED;
        }
        return STEP_FAIL;
}

/* iccid: also shows whether the modem works at all */
static bool iccid_skip(const struct job *j)
{
        return j->modem.iccid_asked || j->restart.state != RESTART_NONE || job_is_over(j) ||
               j->identity.protected;
}

static enum step_move iccid_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_ask(run, &(struct port_request){ .type = CONTROL_CELLULAR_GET_ICCID }, 1, r);
}

/* It is the card, not the modem: of a card that was asked for, one restart is enough to know. */
static enum step_move no_external_sim(const struct job *j, struct step_result *r)
{
        if (wanted_sim(j) == 0)
                return step_fail(
                        r, FAULT_SIM,
                        "the device uses its external SIM, which does not work; it keeps this choice even "
                        "through a factory reset: sim = internal, or 'usher repair sim', goes back");
        return step_fail(r, FAULT_SIM, "the external SIM cannot be read: is there a card in the slot?");
}

/* A modem that does not start is helped by a restart, twice at most; an ICCID that cannot be read for
 * another reason is no obstacle. */
static enum step_move iccid_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;
        struct message_sim sim;

        if (reply->result == CONTROL_INVALID_STATE && j->modem.active_sim == SIM_EXTERNAL &&
            (wanted_sim(j) == 0 || j->modem.errors > 0))
                return no_external_sim(j, r);
        if (reply->result == CONTROL_INVALID_STATE) {
                if (j->modem.errors++ == MODEM_RESTARTS_MAX) {
                        (void)step_fail(r, FAULT_MODEM, "it did not help to restart the device");
                        r->again = false;
                        return STEP_FAIL;
                }
                j->restart.state = RESTART_WANTED;
                return STEP_NEXT;
        }
        if (reply->result == CONTROL_BUSY || reply->result == CONTROL_TIMEOUT)
                return step_refused(r, CONTROL_CELLULAR_GET_ICCID, reply->result);
        if (reply->result >= 0) {
                if (message_decode_get_iccid_reply(reply->payload, reply->len, &sim) < 0)
                        return step_garbled(r, CONTROL_CELLULAR_GET_ICCID);
                memcpy(j->modem.iccid, sim.iccid, sizeof(j->modem.iccid));
                memcpy(j->modem.imei, sim.imei, sizeof(j->modem.imei));
        }
        j->modem.iccid_asked = true;
        return STEP_NEXT;
}

/* Whoever looks for an external card that is not there may not even say so in time. */
static enum step_move iccid_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault == FAULT_LINK_SILENT && j->modem.active_sim == SIM_EXTERNAL)
                return no_external_sim(j, r);
        return STEP_FAIL;
}

const struct step_acts sim_acts = { MENDS(sim) };
const struct step_acts iccid_acts = { MENDS(iccid) };
