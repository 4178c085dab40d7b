/* SPDX-License-Identifier: Apache-2.0 */

/* Waiting until the device says that it is connected to its cloud. The first looks come quickly, for what
 * comes at once; of those that come every 3 s each fourth asks for more than the status, so that a person
 * who waits, or waited in vain, reads where it hangs. */

#include "proto/control.h"
#include "setup/flow/diagnosis.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"

enum {
        QUICK = 2, /* looks more than one every 3 s: after 0.5, 1 and 2 s instead of 3 s (steps.c) */
        DIAGNOSE_EVERY = 4,
        WAITS_MAX = QUICK + 40,     /* two minutes (device.md 3.8) */
        WAITS_NOTHING = QUICK + 10, /* half a minute, when nothing happens at all */
        DETACHED = 2,    /* looks after which a network that was joined counts as not found again */
        STARVED = 3,     /* looks after which a battery with next to nothing in it is the end */
        CHARGE_NONE = 5, /* percent: below that no modem registers */
};

bool online_can_ask(const struct job *j)
{
        return !j->now.absent && !j->identity.protected && !(j->finish.listening_stopped && !j->now.linked);
}

static bool online_skip(const struct job *j)
{
        return job_is_online(j) || !online_can_ask(j);
}

static bool is_thorough(unsigned look)
{
        return look > QUICK && (look - QUICK) % DIAGNOSE_EVERY == 0;
}

static enum step_move online_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct diagnosis_flight f;
        int e = diagnosis_requests(j, &f);

        if (e < 0)
                return step_errno(r, e);
        return step_ask(run, f.request, is_thorough(++j->now.online.polls) ? f.n : 1, r);
}

/* True: *ret_status counts. */
static bool look(struct job *j, const struct answer *a, int *ret_status)
{
        const struct port_reply *reply = a->ask->reply;

        if (a->ask->n > 1)
                diagnosis_note(j, a->ask);
        return reply->result >= 0 &&
               message_decode_get_connection_status_reply(reply->payload, reply->len, ret_status) >= 0;
}

/* Nobody charges it while it is waited for: it is told before the ten minutes of a modem are over. */
static bool is_starved(struct job *j, const struct answer *a)
{
        const struct diagnosis *d = &j->diagnosis;

        if (a->ask->n == 1)
                return false;
        if (diagnosis_is_starved(d) && d->charge < CHARGE_NONE)
                j->now.online.starved++;
        else
                j->now.online.starved = 0;
        return j->now.online.starved >= STARVED;
}

/* An Argon that was not told that the network hides its name joins it, and never finds it again
 * (device.md 3.9). It is asked for a scan once. */
static bool is_astray(struct job *j, const struct answer *a)
{
        const struct platform *p = job_model(j);

        if (a->ask->n == 1 || j->wifi.join != JOIN_DONE || (p && p->rtl) || j->wifi.hidden ||
            j->asked.profile.networks[j->wifi.network].hidden)
                return false;
        if (!j->diagnosis.association_known || j->diagnosis.associated)
                j->now.detached = 0;
        else
                j->now.detached++;
        return j->now.detached == DETACHED;
}

static enum step_move online_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        int status;

        if (!look(j, a, &status))
                return step_later(r, FAULT_DEVICE_OFFLINE,
                                  "the device does not tell whether it is connected");
        if (status == CONNECTION_CONNECTED) {
                j->online.connected = true;
                return STEP_NEXT;
        }
        if (j->diagnosis.listening) {
                j->diagnosis.listening = false;
                j->finish.listening_stopped = false;
                if (j->diagnosis.forgotten)
                        j->wifi.join = JOIN_UNTRIED;
                return step_fail(r, FAULT_DEVICE_OFFLINE, "the device went back to listening mode");
        }
        if (is_astray(j, a)) {
                j->wifi.join = JOIN_ASTRAY;
                j->finish.listening_stopped = false;
                return step_fail(r, FAULT_DEVICE_OFFLINE, "the device does not find its network again");
        }
        if (is_starved(j, a)) {
                (void)diagnosis_later(j, r);
                r->again = false;
                return STEP_FAIL;
        }
        return diagnosis_judge(j, r);
}

/* Firmware that validates a join and then connects, also in listening mode (device.md 3.8 and 4.3). */
static bool connects_while_listening(const struct job *j)
{
        return job_os_at_least(j, 6, 2, 0) || (job_os_at_least(j, 5, 8, 2) && !job_os_at_least(j, 6, 0, 0));
}

/* wait-online: an RTL872x can tell of its connection only as long as it listens. */
static bool wait_online_skip(const struct job *j)
{
        const struct platform *p = job_model(j);

        return !p || !p->rtl || !connects_while_listening(j) || j->wifi.join != JOIN_DONE ||
               j->now.online.waited || j->identity.protected || job_is_over(j) || job_is_online(j);
}

static enum step_move wait_online_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return online_start(j, run, r);
}

static enum step_move wait_online_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        int status = CONNECTION_DISCONNECTED;
        bool known = look(j, a, &status);
        enum step_move move;

        j->diagnosis.listening = false; /* so it should */
        if (known && status == CONNECTION_CONNECTED) {
                j->online.connected = true;
                return STEP_NEXT;
        }
        j->now.online.waits++;
        move = diagnosis_judge(j, r);
        if (move == STEP_FAIL || j->now.online.waits >= WAITS_MAX ||
            (status == CONNECTION_DISCONNECTED && !j->diagnosis.associated &&
             j->now.online.waits >= WAITS_NOTHING)) {
                j->now.online.waited = true;
                return STEP_NEXT;
        }
        return move;
}

const struct step_acts wait_online_acts = { ASKS(wait_online) };
const struct step_acts online_acts = { ASKS(online) };
