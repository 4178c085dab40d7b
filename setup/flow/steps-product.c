/* SPDX-License-Identifier: Apache-2.0 */

/* A device of a product: it must be a member before it comes online for the first time, because since Device
 * OS 4.0 there is no quarantine from which it could be let in later (cloud.md 4.1). Making it a
 * member also gives it its owner, offline, and approves it where an older firmware waits in quarantine. */

#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>

unsigned product_of(const struct job *j)
{
        return j->asked.profile.claim == CLAIM_PRODUCT ? j->asked.profile.product : 0;
}

/* product */
static bool product_skip(const struct job *j)
{
        return j->product.known;
}

static enum step_move product_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(run, ASK_PRODUCT(.product_id = j->asked.profile.product), r);
}

static enum step_move product_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)r;
        j->product.platform = said_product(a->cloud)->platform_id;
        j->product.known = true;
        return STEP_NEXT;
}

/* A token may have the right to add devices and not that to read the product: then adding tells. */
static enum step_move product_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault == FAULT_TOKEN_SCOPE) {
                j->product.known = true;
                return STEP_NEXT;
        }
        if (a->trouble.fault == FAULT_CLOUD_NOT_FOUND || a->trouble.fault == FAULT_CLOUD_REFUSED)
                return step_fail(r, FAULT_CONFIG, "this account has no product %u",
                                 j->asked.profile.product);
        return STEP_FAIL;
}

/* member: the product's own list tells the id without using up the lookups of serial numbers */
static bool member_skip(const struct job *j)
{
        return j->product.member_asked || j->cloud.id[0];
}

static enum step_move member_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(
                run, ASK_MEMBER(.product_id = j->asked.profile.product, .serial = j->asked.label.serial), r);
}

static enum step_move member_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_member *member = said_member(a->cloud);

        j->product.member_asked = true;
        if (!member->known)
                return STEP_NEXT;
        (void)snprintf(j->cloud.id, sizeof(j->cloud.id), "%s", member->device_id);
        if (member->iccid)
                (void)snprintf(j->cloud.iccid, sizeof(j->cloud.iccid), "%s", member->iccid);
        if (member->platform_id)
                j->cloud.platform_id = member->platform_id;
        return identity_agrees(j, r) ? STEP_NEXT : STEP_FAIL;
}

/* import */
static bool import_skip(const struct job *j)
{
        return j->product.imported || j->cloud.owner == OWNER_ME;
}

enum step_move import_ask(const struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(run,
                          ASK_IMPORT(.product_id = j->asked.profile.product, .device_id = job_device_id(j),
                                     .claim_user = j->asked.profile.claim_user,
                                     .sims = j->asked.profile.country[0]),
                          r);
}

static enum step_move import_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        const struct platform *is = platform_by_id(j->cloud.platform_id);
        const struct platform *wanted = platform_by_id(j->product.platform);

        if (is && wanted && is->id != wanted->id)
                return step_fail(r, FAULT_CLAIM_REFUSED, "the devices of product %u are %s, this one is %s",
                                 j->asked.profile.product, wanted->name, is->name);
        return import_ask(j, run, r);
}

static enum step_move import_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->product.imported = true;
        return STEP_NEXT;
}

/* The cloud says neither which right is missing nor what can be done. */
static enum step_move import_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        unsigned product = j->asked.profile.product;

        if (a->trouble.fault == FAULT_TOKEN_SCOPE)
                return step_fail(r, FAULT_TOKEN_SCOPE,
                                 "the token may not add devices to product %u: an API user needs the scope "
                                 "devices:import",
                                 product);
        if (a->trouble.fault == FAULT_CLAIM_REFUSED)
                return step_fail(
                        r, FAULT_CLAIM_REFUSED,
                        "product %u does not take it: %s. What is in another product leaves that with "
                        "'usher cloud remove-from-product %s --product ID'",
                        product, a->trouble.cause[0] ? a->trouble.cause : "no reason given",
                        job_device_id(j));
        return STEP_FAIL;
}

/* A token that may not list the members: the device tells its id itself. */
static enum step_move member_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)r;
        if (a->trouble.fault != FAULT_TOKEN_SCOPE && a->trouble.fault != FAULT_CLOUD_REFUSED)
                return STEP_FAIL;
        j->product.member_asked = true;
        return STEP_NEXT;
}

/* mark: what only a member has, and the name where the account is not the owner's. One thing a request: what
 * the cloud makes of several at once is not documented. */
enum mark { MARK_NAME, MARK_NOTES, MARK_DEVELOPMENT, MARK_GROUPS, _MARK_MAX };

static bool is_new_name(const struct job *j)
{
        char name[PROFILE_NAME_MAX];

        return j->asked.profile.claim == CLAIM_PRODUCT && job_name(j, name) == 0 &&
               strcmp(name, j->cloud.name) != 0;
}

static bool is_wanted(const struct job *j, enum mark m)
{
        switch (m) {
        case MARK_NAME: return is_new_name(j);
        case MARK_NOTES: return j->asked.profile.notes;
        case MARK_DEVELOPMENT: return j->asked.profile.development != CHOICE_LEAVE;
        case MARK_GROUPS: return j->asked.profile.groups;
        case _MARK_MAX: break;
        }
        return false;
}

/* _MARK_MAX: nothing is left. */
static enum mark next_mark(const struct job *j)
{
        enum mark m = MARK_NAME;

        while (m < _MARK_MAX && ((j->product.marked & 1u << m) || !is_wanted(j, m)))
                m++;
        return m;
}

static bool mark_skip(const struct job *j)
{
        return next_mark(j) == _MARK_MAX;
}

static enum step_move mark_groups(const struct job *j, const struct step_run *run, struct port_query *query,
                                  struct step_result *r)
{
        char group[PROFILE_GROUPS_MAX][PROFILE_NAME_MAX];
        const char *groups[PROFILE_GROUPS_MAX + 1] = {};

        for (size_t i = 0; i < PROFILE_GROUPS_MAX && profile_group(j->asked.profile.groups, i, group[i]);
             i++)
                groups[i] = group[i];
        query->mark.groups = groups;
        return step_cloud(run, query, r);
}

static enum step_move mark_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        bool development = j->asked.profile.development == CHOICE_YES;
        char name[PROFILE_NAME_MAX];
        struct port_query query =
                *ASK_MARK(.product_id = j->asked.profile.product, .device_id = job_device_id(j));

        switch (next_mark(j)) {
        case MARK_NAME:
                if (job_name(j, name) == 0)
                        query.mark.name = name;
                break;
        case MARK_NOTES: query.mark.notes = j->asked.profile.notes; break;
        case MARK_DEVELOPMENT: query.mark.development = &development; break;
        case MARK_GROUPS: return mark_groups(j, run, &query, r);
        case _MARK_MAX: return STEP_NEXT;
        }
        return step_cloud(run, &query, r);
}

static enum step_move mark_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        enum mark m = next_mark(j);
        char name[PROFILE_NAME_MAX];

        (void)a;
        if (m == MARK_NAME && job_name(j, name) == 0)
                (void)snprintf(j->cloud.name, sizeof(j->cloud.name), "%s", name);
        j->product.marked |= 1u << m;
        return mark_skip(j) ? STEP_NEXT : step_later(r, FAULT_CLOUD_SERVER, NULL);
}

static enum step_move mark_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault != FAULT_TOKEN_SCOPE)
                return STEP_FAIL;
        return step_fail(
                r, FAULT_TOKEN_SCOPE,
                "the device is set up, but the token may not set its name, notes, groups or development "
                "flag in product %u: an API user needs the scope devices:update",
                j->asked.profile.product);
}

const struct step_acts product_acts = { MENDS(product) };
const struct step_acts member_acts = { MENDS(member) };
const struct step_acts import_acts = { MENDS(import) };
const struct step_acts mark_acts = { MENDS(mark) };
