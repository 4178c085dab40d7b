/* SPDX-License-Identifier: Apache-2.0 */

/* The SIM card in the cloud: whether it is active, and activating it when the profile says in which country
 * it is used - without that nothing is done that may cost money. The card's number is the device's own word,
 * never the label's: which card it uses is a setting of the device (cloud.md 5).
 *
 * A device that is not nearby any more cannot be asked for its card: then the number that the cloud has is
 * good enough to say what is wrong, and not to spend money on.
 *
 * A card that is no good does not stop the device from getting what it needs over Bluetooth: what is wrong
 * is kept, and told when that is done. */

#include "setup/flow/steps.h"
#include <string.h>

static const char *number(const struct job *j)
{
        return !j->modem.iccid[0] && j->now.absent ? j->cloud.iccid : j->modem.iccid;
}

/* sim-check */
static bool sim_check_skip(const struct job *j)
{
        bool modem = j->identity.families & FAMILY_CELLULAR;

        if (j->sim.asked || job_is_online(j))
                return true;
        if (!modem)
                return j->identity.id[0] || job_is_over(j);
        return (j->modem.iccid_asked || j->now.absent) && !number(j)[0];
}

static enum step_move sim_check_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (!number(j)[0]) {
                j->sim.asked = true; /* the device did not tell: it left, or refuses */
                return STEP_NEXT;
        }
        return step_cloud(run, ASK_SIM(.product_id = product_of(j), .iccid = number(j)), r);
}

/* Asking again does not help where an account or a plan is the reason: what does; NULL: it is not. */
static const char *remedy(const char *status)
{
        if (strstr(status, "payment"))
                return "correct the account's way of paying";
        return strstr(status, "data_limit") ? "raise the SIM's data limit" : NULL;
}

static bool is_ours_to_ask(const struct job *j)
{
        return j->asked.profile.country[0] && !j->now.absent;
}

static void judge(struct job *j, enum port_sim sim, const char *status)
{
        switch (sim) {
        case PORT_SIM_ACTIVE:
        case PORT_SIM_OTHERS:
        case PORT_SIM_THIRD_PARTY: break;
        case PORT_SIM_UNSEEN: /* the built-in one is a Particle SIM, and most likely new */
                j->sim.wanted = is_ours_to_ask(j) && product_of(j) && j->modem.active_sim == SIM_INTERNAL;
                break;
        case PORT_SIM_ACTIVATING: j->sim.wanted = true; break; /* somebody asked: it is only waited for */
        case PORT_SIM_NEW:
        case PORT_SIM_INACTIVE:
        case PORT_SIM_FAILED:
                if (remedy(status))
                        (void)trouble_set(
                                &j->sim.trouble, FAULT_SIM,
                                "SIM %s: the cloud says %s: %s in the console, then run the same command again",
                                number(j), status, remedy(status));
                else if (j->now.absent)
                        (void)trouble_set(
                                &j->sim.trouble, FAULT_SIM,
                                "the device has left setup mode, and its SIM %s is not active (%s): 'usher "
                                "cloud sim activate %s --country CC' activates it; that may cost money",
                                j->cloud.iccid, status, j->cloud.iccid);
                else if (!j->asked.profile.country[0])
                        (void)trouble_set(
                                &j->sim.trouble, FAULT_SIM,
                                "SIM %s is not active (%s): give the country in which it is used with "
                                "--country, and it is activated; that may cost money",
                                j->modem.iccid, status);
                else
                        j->sim.wanted = true;
                break;
        }
}

static enum step_move sim_check_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_sim *sim = said_sim(a->cloud);

        (void)r;
        j->sim.asked = true;
        j->sim.before = sim->before;
        judge(j, sim->state, sim->status ? sim->status : "never activated");
        return STEP_NEXT;
}

/* Not every account may look at SIM cards, and the endpoint may go away: then the device shows whether its
 * card works. */
static enum step_move sim_check_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault != FAULT_TOKEN_SCOPE && a->trouble.fault != FAULT_CLOUD_REFUSED &&
            a->trouble.fault != FAULT_CLOUD_NOT_FOUND && a->trouble.fault != FAULT_SIM &&
            a->trouble.fault != FAULT_CLOUD_ANSWER)
                return STEP_FAIL;
        j->sim.asked = true;
        (void)trouble_set(
                &j->sim.trouble, FAULT_NONE,
                "no cellular network yet, and the cloud does not tell whether SIM %s is active: %s",
                number(j), trouble_words(&r->trouble));
        return STEP_NEXT;
}

/* sim-activate */
static bool sim_activate_skip(const struct job *j)
{
        return !j->sim.wanted || j->sim.pending || j->sim.trouble.fault != FAULT_NONE;
}

static enum step_move sim_activate_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(run,
                          ASK_SIM_ACTIVATE(.product_id = product_of(j), .iccid = number(j),
                                           .country = is_ours_to_ask(j) ? j->asked.profile.country : NULL,
                                           .sku = label_sku_hint(&j->asked.label), .before = j->sim.before),
                          r);
}

static enum step_move sim_activate_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)r;
        j->sim.pending = said_sim_activate(a->cloud)->pending;
        j->sim.wanted = j->sim.pending;
        return STEP_NEXT;
}

static enum step_move sim_activate_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (fault_info(a->trouble.fault)->again)
                return STEP_FAIL;
        (void)trouble_set(&j->sim.trouble, FAULT_SIM, "SIM %s: %s", number(j), trouble_words(&r->trouble));
        return STEP_NEXT;
}

/* sim-verdict: there is no use in waiting long for a device whose card is not active. It has a minute to
 * show that the cloud is wrong, by itself or, where it cannot be asked any more, in the cloud: that is how
 * an activation that took longer is found to be over. One that has Wi-Fi or Ethernet, too, need not use its
 * card. */
static bool sim_verdict_skip(const struct job *j)
{
        return job_is_online(j) || (j->identity.families & ~(unsigned)FAMILY_CELLULAR) ||
               (!j->sim.pending && j->sim.trouble.fault == FAULT_NONE);
}

static enum step_move not_yet(const struct job *j, struct step_result *r)
{
        if (!j->sim.pending)
                return step_later(r, j->sim.trouble.fault, "%s", j->sim.trouble.cause);
        (void)step_fail(r, FAULT_PENDING,
                        "SIM %s is still being activated, which may take up to days: 'usher cloud check %s' "
                        "tells how far it is",
                        number(j), number(j));
        return STEP_AGAIN;
}

static enum step_move sim_verdict_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (!online_can_ask(j) && !j->now.absent)
                return step_cloud(run,
                                  ASK_DEVICE(.device_id = job_device_id(j), .product_id = product_of(j)), r);
        return not_yet(j, r);
}

/* There is nobody else to tell. */
static enum step_move sim_verdict_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        owner_look(j, said_device(a->cloud));
        return job_is_online(j) ? STEP_NEXT : not_yet(j, r);
}

const struct step_acts sim_check_acts = { MENDS(sim_check) };
const struct step_acts sim_activate_acts = { MENDS(sim_activate) };
const struct step_acts sim_verdict_acts = { ASKS(sim_verdict) };
