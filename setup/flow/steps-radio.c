/* SPDX-License-Identifier: Apache-2.0 */

/* Finding the device, connecting to it, shaking hands. */

#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One that is known to be finished has time to begin to advertise. */
enum { FIND_FINISHED_MS = 15000 };

enum { UNHEARD_MAX = 3 /* links; the tries of the row */ };

/* Once one has refused: a device in setup mode advertises many times a second, and a scan begins within some
 * 300 ms. */
enum { FIND_NEAR_MS = 1000 };

/* After the first look what is heard instead of it is told. */
enum { FIND_MS = 60000 };

/* find */
static bool find_skip(const struct job *j)
{
        return j->now.linked || job_is_over(j) || j->now.peer_name[0];
}

/* Somebody took the sticker of the board beside it. Of a device that was met already that is not so: it
 * restarts, or left. */
static void note_others(struct job *j, struct ports *ports)
{
        struct port_heard heard[PORT_HEARD_MAX];
        size_t n = j->identity.id[0] || j->finish.stop_sent ? 0 : ports->ops->heard(ports, heard), told = 0;
        const char *code = label_setup_code(&j->asked.label);
        struct trouble t = {};

        for (size_t i = 0; i < n; i++)
                if (heard[i].name[0] && strcasecmp(heard[i].setup_code, code) != 0)
                        trouble_add(&t, "%s\"%s\"", told++ ? ", " : "", heard[i].name);
        if (told > 0)
                trouble_add(
                        &t,
                        " %s in setup mode here, but the label is of setup code %s: scan the sticker of the "
                        "device that you want",
                        told > 1 ? "are" : "is", code);
        memcpy(j->now.search.others, t.cause, sizeof(j->now.search.others));
}

static enum step_move not_found(struct job *j, struct step_result *r);

static enum step_move look(struct job *j, const struct step_run *run, struct step_result *r)
{
        const char *avoid[PORT_AVOID_MAX];
        struct port_target target = {
                .avoid = avoid,
                .n_avoid = candidates_avoid(&j->now.search.candidates, avoid),
                .setup_code = label_setup_code(&j->asked.label),
                .service_uuid = j->asked.profile.mode.service_uuid,
                .version_uuid = j->asked.profile.mode.version_uuid,
                .tx_uuid = j->asked.profile.mode.tx_uuid,
                .rx_uuid = j->asked.profile.mode.rx_uuid,
                .company_id = j->asked.profile.mode.company_id,
        };
        int e = run->ports->ops->find(run->ports, &target, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

static enum step_move find_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        switch (j->now.search.look) {
        case LOOK_FIRST:
        case LOOK_LONG: break;
        case LOOK_LISTEN:
                note_others(j, run->ports);
                j->now.search.look = LOOK_LONG;
                return step_later(r, FAULT_DEVICE_NOT_FOUND, "%s", j->now.search.others);
        case LOOK_OVER: note_others(j, run->ports); return not_found(j, r);
        }
        return look(j, run, r);
}

static enum step_move find_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)r;
        snprintf(j->now.peer_name, sizeof(j->now.peer_name), "%s", a->peer->name);
        j->radio.rssi = a->peer->rssi;
        candidates_meet(&j->now.search.candidates, a->peer);
        j->finish.stop_sent = false;
        j->now.search.look = LOOK_FIRST;
        return STEP_NEXT;
}

/* The cloud can tell what became of a device that is not seen, if it knows it; else the record of this
 * machine. One that has answered is near, unless an attempt before has sent it off and died of it. */
static bool others_can_tell(const struct job *j)
{
        if ((j->identity.id[0] && !j->now.resumed) || j->asked.task != TASK_SETUP)
                return false;
        return job_is_local(j) ? j->asked.finished_s != 0
                               : j->cloud.id[0] && j->cloud.owner != OWNER_UNKNOWN;
}

/* Set up by an earlier run, as it seems. Whoever wants another setup of a device that has been online for
 * long may still have to press its button. */
static bool seems_finished(const struct job *j)
{
        if (!others_can_tell(j))
                return false;
        return job_is_local(j) || (j->cloud.owner == OWNER_ME && j->cloud.was_online &&
                                   (j->asked.finished_s || handshake_is_recent(j->cloud.handshake_s)));
}

/* How long it is looked for in all. */
static uint32_t find_ms(const struct job *j)
{
        return j->finish.stop_sent ? FIND_SOON_MS : seems_finished(j) ? FIND_FINISHED_MS : FIND_MS;
}

static uint32_t find_budget(const struct job *j)
{
        if (candidates_are_near(&j->now.search.candidates))
                return FIND_NEAR_MS;
        return j->now.search.look == LOOK_FIRST ? FIND_SOON_MS : find_ms(j) - FIND_SOON_MS;
}

/* A device that is not seen may be one that is done: it left listening mode when the link ended under our
 * request to do so, or in an earlier setup. */
static enum step_move not_found(struct job *j, struct step_result *r)
{
        j->now.search.look = LOOK_FIRST;
        if (j->finish.stop_sent) {
                j->finish.listening_stopped = true;
                return STEP_NEXT;
        }
        if (others_can_tell(j)) {
                j->now.absent = true;
                return STEP_NEXT;
        }
        if (j->now.search.others[0])
                return step_fail(r, FAULT_DEVICE_NOT_FOUND, "%s", j->now.search.others);
        if (j->cloud.serial_unknown)
                return step_fail(r, FAULT_DEVICE_NOT_FOUND,
                                 "the cloud does not know the serial number %s either: check the label",
                                 j->asked.label.serial);
        return step_fail(r, FAULT_DEVICE_NOT_FOUND, "nothing for %u s", find_ms(j) / 1000);
}

/* Nobody else has the code. */
static enum step_move nobody_else(struct job *j, struct step_result *r)
{
        if (candidates_look_again(&j->now.search.candidates))
                return step_later(r, FAULT_DEVICE_NOT_FOUND, NULL);
        candidates_blame(&j->now.search.candidates, &r->trouble);
        r->again = false;
        return STEP_FAIL;
}

/* What was heard instead is asked at the next start: here is nobody to ask. */
static enum step_move find_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        bool first = j->now.search.look == LOOK_FIRST;

        if (a->trouble.fault != FAULT_DEVICE_NOT_FOUND)
                return STEP_FAIL;
        if (candidates_are_near(&j->now.search.candidates))
                return nobody_else(j, r);
        j->now.search.look = first && find_ms(j) > FIND_SOON_MS ? LOOK_LISTEN : LOOK_OVER;
        return step_later(r, FAULT_DEVICE_NOT_FOUND, NULL);
}

/* secret: a short one must be completed by the cloud before the handshake */
static bool secret_skip(const struct job *j)
{
        return j->asked.profile.secret || !label_is_partial(&j->asked.label);
}

static enum step_move secret_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        (void)run;
        return step_fail(r, FAULT_LABEL_PARTIAL_SECRET, NULL);
}

/* connect */
static bool connect_skip(const struct job *j)
{
        return j->now.linked || job_is_over(j);
}

static enum step_move connect_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        int e = run->ports->ops->connect(run->ports, run->done, run->userdata, run->ret);

        (void)j;
        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

/* A device that was told to restart and is connected to has done so - if it is this program that told it: it
 * would have held the link until then. Else the device may not have had the time, and is told once more. */
static enum step_move connect_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->link->version != 2)
                return step_fail(r, FAULT_DEVICE_VERSION, "it says version %u, usher knows 2",
                                 a->link->version);
        if (a->trouble.cause[0])
                (void)trouble_set(&r->trouble, FAULT_NONE, "%s", a->trouble.cause);
        j->now.linked = true;
        j->now.max_write = a->link->max_write;
        if (j->restart.state == RESTART_SENT)
                j->restart.state = j->now.sessions > 0 ? RESTART_NONE : RESTART_WANTED;
        return STEP_NEXT;
}

/* It may have moved, restarted or changed its address: look for it again. */
static enum step_move connect_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->now.peer_name[0] = 0;
        return STEP_FAIL;
}

/* session */
static bool session_skip(const struct job *j)
{
        return (j->now.linked && j->now.session) || job_is_over(j);
}

static enum step_move session_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        const struct secret *secret =
                j->asked.profile.secret ? j->asked.profile.secret : j->asked.label.mobile_secret;
        int e = run->ports->ops->open(run->ports, secret, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

static enum step_move session_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->now.session = true;
        candidates_prove(&j->now.search.candidates);
        j->now.sessions++;
        return STEP_NEXT;
}

/* This is not the one: another may be. */
static void pass_over(struct job *j, struct step_result *r)
{
        struct candidates *c = &j->now.search.candidates;

        r->again = r->other = candidates_refuse(c, r->trouble.fault);
        if (r->again)
                j->now.peer_name[0] = 0;
        else
                candidates_blame(c, &r->trouble);
}

/* A wrong secret has no words of its own: the device drops the link on our confirmation. One without a
 * secret drops it before it says a word (device.md 3.4). A link that was lost by chance looks the same, but
 * hardly twice, or three times. */
static enum step_move session_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (!a->unheard || a->trouble.fault != FAULT_LINK_LOST)
                j->now.unheard = 0;
        else if (++j->now.unheard == UNHEARD_MAX)
                (void)step_fail(r, FAULT_DEVICE_NO_SECRET, NULL);
        if (r->trouble.fault == FAULT_SECRET_MISMATCH || r->trouble.fault == FAULT_DEVICE_NO_SECRET)
                pass_over(j, r);
        if (r->other)
                j->now.unheard = 0;
        return STEP_FAIL;
}

const struct step_acts find_acts = { MENDS(find), .budget = find_budget };
const struct step_acts secret_acts = { DOES(secret) };
const struct step_acts connect_acts = { MENDS(connect) };
const struct step_acts session_acts = { MENDS(session) };
