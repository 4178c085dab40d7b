/* SPDX-License-Identifier: Apache-2.0 */

/* A device as the cloud sees it, and its SIM card; with --finish a device that an earlier setup left
 * unclaimed is claimed on the way. The cloud does not tell an unknown device from somebody else's, so that
 * only claiming it shows which. */

#include "cloud/claim.h"
#include "cloud/sim.h"
#include "setup/account/action-private.h"
#include <stdio.h>
#include <time.h>

static int look(struct run *r, struct op **ret);

static void format_time(int64_t seconds, char ret[static 32])
{
        time_t t = (time_t)seconds;
        struct tm tm;

        ret[0] = 0;
        if (seconds > 0 && gmtime_r(&t, &tm))
                (void)strftime(ret, 32, "%Y-%m-%d %H:%M UTC", &tm);
}

static void note_device(struct action_facts *f, const struct cloud_device *d)
{
        f->device = true;
        f->online = d->online;
        f->quarantined = d->quarantined;
        f->last_handshake_s = d->last_handshake_s;
        (void)snprintf(f->name, sizeof(f->name), "%s", d->name ? d->name : "");
        (void)snprintf(f->owner, sizeof(f->owner), "%s", d->owner ? d->owner : "");
        (void)snprintf(f->os, sizeof(f->os), "%s", d->os_version ? d->os_version : "");
        (void)snprintf(f->iccid, sizeof(f->iccid), "%s", d->iccid ? d->iccid : "");
}

static void say_device(struct run *r, const struct cloud_device *d)
{
        char seen[32];

        format_time(d->last_handshake_s, seen);
        if (r->claimed)
                trouble_add(&r->end.trouble, "claimed now: ");
        if (d->name)
                trouble_add(&r->end.trouble, "\"%s\", ", d->name);
        else
                trouble_add(&r->end.trouble, "no name, ");
        trouble_add(&r->end.trouble, "%s%s, %s", d->owner ? "of " : "nobody's", d->owner ? d->owner : "",
                    d->online ? "online" : "offline");
        if (seen[0])
                trouble_add(&r->end.trouble, ", last handshake %s", seen);
        if (d->os_version)
                trouble_add(&r->end.trouble, ", Device OS %s", d->os_version);
        if (d->quarantined)
                trouble_add(&r->end.trouble, ", in quarantine");
}

/* its SIM card */

/* A card of somebody else, or of a third party, is no fault of the device. */
static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim *sim)
{
        struct run *r = userdata;

        if (e->trouble.fault == FAULT_NONE) {
                run_end_here(r, run_say_sim(r, sim));
        } else if (e->trouble.fault == FAULT_CLOUD_REFUSED || e->trouble.fault == FAULT_CLOUD_NOT_FOUND ||
                   e->trouble.fault == FAULT_SIM) {
                trouble_add(&r->end.trouble, "somebody else's, or not the cloud's");
                run_end_here(r, FAULT_NONE);
        } else {
                trouble_add(&r->end.trouble, "not known (%s)", trouble_words(&e->trouble));
                run_end_here(r, e->trouble.fault);
        }
}

static void look_at_sim(struct run *r, unsigned product_id, const char *iccid)
{
        struct op *op = NULL;
        int e = cloud_sim(r->client, product_id, iccid, on_sim, r, &op);

        if (e < 0) {
                trouble_add(&r->end.trouble, "of no known kind");
                run_end_here(r, FAULT_NONE);
                return;
        }
        op_free(r->verb);
        r->verb = op;
}

/* claiming what was left */

static const char *what_is_possible(enum fault fault)
{
        static const char offline[] =
                "It is not this account's, and not online, so that it cannot be claimed yet: give it power and its "
                "network, wait until its light breathes cyan, and run this again.";
        static const char unknown[] =
                "The cloud knows no such device that this account could have: check the id; a device that was never "
                "online has to be set up first.";
        static const char foreign[] =
                "Its owner can release it (usher cloud unclaim), or be asked for it by e-mail: "
                "usher cloud claim --request-transfer.";

        if (fault == FAULT_CLAIM_OFFLINE)
                return offline;
        if (fault == FAULT_CLOUD_NOT_FOUND)
                return unknown;
        return fault == FAULT_CLAIM_FOREIGN ? foreign : NULL;
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        struct run *r = userdata;
        const char *text = what_is_possible(e->trouble.fault);

        (void)claim;
        if (text) {
                run_end(r, e->trouble.fault, "%s", text);
                return;
        }
        if (!e->unsure && run_failed(r, e))
                return;
        r->claimed = r->end.facts.claimed = true;
        run_next(r, look);
}

static int claim(struct run *r, struct op **ret)
{
        return cloud_claim(r->client, r->end.id, false, on_claim, r, ret);
}

/* the device */

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct run *r = userdata;
        char iccid[32];

        if (run_failed(r, e))
                return;
        if (r->params->finish && !r->claimed && !(d->known && d->owner)) {
                run_next(r, claim);
                return;
        }
        if (!d->known) {
                run_end(r, FAULT_CLOUD_NOT_FOUND,
                        "This account cannot see it: it is unknown, or somebody else's, or nobody's. If it is online "
                        "and nobody's, 'usher cloud check --finish' claims it.");
                return;
        }
        if (r->params->finish && !run_is_mine(r, d)) {
                run_end(r, FAULT_CLAIM_FOREIGN, "It is of %s. %s", d->owner ? d->owner : "somebody",
                        what_is_possible(FAULT_CLAIM_FOREIGN));
                return;
        }
        note_device(&r->end.facts, d);
        say_device(r, d);
        if (!d->iccid) {
                run_end_here(r, FAULT_NONE);
                return;
        }
        (void)snprintf(iccid, sizeof(iccid), "%s", d->iccid);
        trouble_add(&r->end.trouble, ", SIM card %s ", iccid);
        look_at_sim(r, r->params->product_id ? r->params->product_id : d->product_id, iccid);
}

static int look(struct run *r, struct op **ret)
{
        return run_look(r, on_device, ret);
}

int run_check(struct run *r, struct op **ret)
{
        return r->item->kind == ITEM_ICCID ? run_sim_status(r, ret) : look(r, ret);
}
