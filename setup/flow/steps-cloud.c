/* SPDX-License-Identifier: Apache-2.0 */

/* What the cloud is asked before the device is touched: is the token good, which device has this serial
 * number, whose is it, and a claim code. All of it runs while the radio searches and shakes hands. */

#include "proto/base/timer.h"
#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A setup takes minutes: a token that ends within them would leave a device half claimed (cloud.md 2.4 has
 * the same threshold). */
enum { TOKEN_STALE_S = 300 };

static void keep(char *to, size_t size, const char *text)
{
        snprintf(to, size, "%s", text ? text : "");
}

/* account */
static bool account_skip(const struct job *j)
{
        return j->now.account_known;
}

static enum step_move account_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_cloud(run, ASK_ACCOUNT(), r);
}

static enum step_move account_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_account *account = said_account(a->cloud);
        int64_t left_s = account->token_expires_s - timer_wall_s();

        if (account->token_expires_s != 0 && left_s < TOKEN_STALE_S) {
                if (left_s <= 0)
                        return step_fail(r, FAULT_TOKEN_EXPIRED, NULL);
                return step_fail(r, FAULT_TOKEN_EXPIRED, "it ends in %d seconds, too soon for a setup",
                                 (int)left_s);
        }
        if ((!account->user || !account->user[0]) && j->asked.profile.claim == CLAIM_USER &&
            j->asked.task == TASK_SETUP)
                return step_fail(
                        r, FAULT_TOKEN_SCOPE,
                        "the token belongs to an API user, who cannot own a device: claim = product "
                        "works with it");
        keep(j->cloud.user, sizeof(j->cloud.user), account->user);
        j->now.account_known = true;
        return STEP_NEXT;
}

/* Who cannot reach the cloud at all hears of it before the device is touched, and soon: its client has tried
 * for as long as it makes sense. */
static enum step_move account_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)j;
        if (a->trouble.fault == FAULT_CLOUD_UNREACHABLE)
                r->again = false;
        return STEP_FAIL;
}

/* serial */
static bool needs_secret(const struct job *j)
{
        return !j->asked.profile.secret && label_is_partial(&j->asked.label);
}

/* A member of the product is known by its list already. */
static bool serial_skip(const struct job *j)
{
        return j->cloud.serial_asked || (j->cloud.id[0] && j->cloud.platform_id && !needs_secret(j));
}

static enum step_move serial_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(
                run,
                ASK_SERIAL(.serial = j->asked.label.serial,
                           .partial_secret = needs_secret(j) ? j->asked.label.mobile_secret : NULL),
                r);
}

static int complete_secret(struct job *j, const struct secret *full)
{
        struct secret *copy;
        int e;

        e = secret_new(secret_bytes(full), secret_len(full), &copy);
        if (e < 0)
                return e;
        secret_free(j->asked.label.mobile_secret);
        j->asked.label.mobile_secret = copy;
        return 0;
}

static enum step_move serial_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_serial *serial = said_serial(a->cloud);
        int e;

        if (needs_secret(j)) {
                if (!serial->mobile_secret)
                        return step_fail(r, FAULT_LABEL_PARTIAL_SECRET, NULL);
                e = complete_secret(j, serial->mobile_secret);
                if (e < 0)
                        return step_errno(r, e);
        }
        keep(j->cloud.id, sizeof(j->cloud.id), serial->device_id);
        keep(j->cloud.iccid, sizeof(j->cloud.iccid), serial->iccid);
        j->cloud.platform_id = serial->platform_id;
        j->cloud.serial_asked = true;
        return identity_agrees(j, r) ? STEP_NEXT : STEP_FAIL;
}

/* With a complete secret the lookup is a convenience: the device tells its id itself. So an unknown serial
 * number waits until it is known whether the device answers, and a lookup that is not answered now (they are
 * limited to 50 an hour), or that an API user or customer may not do, is done without. */
static enum step_move serial_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        bool person = j->asked.profile.claim == CLAIM_USER && j->asked.task == TASK_SETUP;

        (void)r;
        if (needs_secret(j))
                return STEP_FAIL;
        if (a->trouble.fault == FAULT_CLOUD_NOT_FOUND)
                j->cloud.serial_unknown = true;
        else if (a->trouble.fault != FAULT_CLOUD_BUSY &&
                 (person ||
                  (a->trouble.fault != FAULT_TOKEN_SCOPE && a->trouble.fault != FAULT_CLOUD_REFUSED)))
                return STEP_FAIL;
        j->cloud.serial_asked = true;
        return STEP_NEXT;
}

/* device-id: from the device if the cloud did not tell it */
static bool device_id_skip(const struct job *j)
{
        bool person = j->asked.profile.claim == CLAIM_USER;

        return j->cloud.id[0] || (j->identity.id[0] && (!j->cloud.serial_unknown || !person));
}

static enum step_move device_id_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)run;
        if (!j->identity.id[0])
                return step_fail(r, FAULT_DEVICE_NOT_FOUND,
                                 "neither the device nor the cloud has told the id of %s",
                                 j->asked.label.serial);
        return step_fail(
                r, FAULT_CLOUD_NOT_FOUND,
                "device %s answers over Bluetooth, but this cloud does not know its serial number %s",
                j->identity.id, j->asked.label.serial);
}

/* owner */
static bool owner_skip(const struct job *j)
{
        return j->cloud.owner != OWNER_UNKNOWN;
}

enum step_move owner_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        return step_cloud(run, ASK_DEVICE(.device_id = job_device_id(j), .product_id = product_of(j)), r);
}

/* A customer sees the own devices only, and need not have a name that is known here. */
static bool is_wanted(const struct job *j, const char *owner)
{
        switch (j->asked.profile.claim) {
        case CLAIM_PRODUCT:
                return !j->asked.profile.claim_user || strcasecmp(owner, j->asked.profile.claim_user) == 0;
        case CLAIM_CUSTOMER: return owner[0];
        case CLAIM_USER:
        case CLAIM_NONE:
        case CLAIM_CODE: break;
        }
        return owner[0] && strcasecmp(owner, j->cloud.user) == 0;
}

void owner_note(struct job *j, const struct said_device *d)
{
        const char *owner = d->owner ? d->owner : "";

        if (!d->known) {
                j->cloud.owner = OWNER_HIDDEN;
                return;
        }
        if (d->quarantined)
                j->cloud.owner = OWNER_NONE; /* it is seen, but not let in */
        else if (is_wanted(j, owner))
                j->cloud.owner = OWNER_ME;
        else
                j->cloud.owner = owner[0] ? OWNER_OTHER : OWNER_NONE;
        /* it needs none, and gets none if it is not ours any more later on: then it is claimed by its id */
        if (j->cloud.owner == OWNER_ME)
                j->claim.code_set = true;
        keep(j->cloud.owner_name, sizeof(j->cloud.owner_name), d->owner);
        keep(j->cloud.name, sizeof(j->cloud.name), d->name);
}

enum step_move owner_foreign(const struct job *j, struct step_result *r)
{
        if (j->asked.profile.claim == CLAIM_PRODUCT)
                return step_fail(r, FAULT_CLAIM_FOREIGN,
                                 "its owner is %s: the product's team takes it from there with 'usher cloud "
                                 "unclaim %s --product %u'",
                                 j->cloud.owner_name, job_device_id(j), j->asked.profile.product);
        return step_fail(r, FAULT_CLAIM_FOREIGN, "its owner is %s", j->cloud.owner_name);
}

static enum step_move owner_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_device *device = said_device(a->cloud);

        owner_note(j, device);
        j->cloud.was_online = device->known && device->online;
        j->cloud.handshake_s = device->known ? device->last_handshake_s : 0;
        return j->cloud.owner == OWNER_OTHER && !j->asked.profile.request_transfer ? owner_foreign(j, r)
                                                                                   : STEP_NEXT;
}

static enum step_move owner_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault != FAULT_TOKEN_SCOPE || j->asked.profile.claim != CLAIM_PRODUCT)
                return STEP_FAIL;
        return step_fail(r, FAULT_TOKEN_SCOPE,
                         "the token may not look at devices of product %u: an API user needs the scope "
                         "devices:get",
                         j->asked.profile.product);
}

/* limit: a claim code has no effect in a sandbox that is full, and nobody would say why */
static bool limit_skip(const struct job *j)
{
        return j->cloud.limit_asked || j->cloud.owner == OWNER_ME || j->asked.profile.product;
}

static enum step_move limit_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_cloud(run, ASK_LIMIT(), r);
}

static enum step_move limit_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        j->cloud.limit_asked = true;
        return said_limit(a->cloud)->reached ? step_fail(r, FAULT_CLAIM_LIMIT, NULL) : STEP_NEXT;
}

/* Whoever may not ask has no such limit, or learns of it when claiming. */
static enum step_move limit_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->cloud.limit_asked = true;
        return STEP_NEXT;
}

/* claim-code */
static bool claim_code_skip(const struct job *j)
{
        return j->now.claim_code || j->claim.code_set;
}

static enum step_move claim_code_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (update_is_ahead(j)) /* a code lasts an hour */
                return step_later(r, FAULT_FIRMWARE, "when the firmware is up to date");
        return step_cloud(run, ASK_CLAIM_CODE(.product_id = j->asked.profile.product), r);
}

static enum step_move claim_code_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct secret *code = said_claim_code(a->cloud)->code;
        int e;

        if (secret_len(code) > CLAIM_CODE_MAX)
                return step_fail(r, FAULT_CLOUD_ANSWER, "a claim code of %zu characters", secret_len(code));
        e = secret_new(secret_bytes(code), secret_len(code), &j->now.claim_code);
        return e < 0 ? step_errno(r, e) : STEP_NEXT;
}

/* The endpoint is undocumented by now and may go, or refuse (cloud.md 3.1): claiming by id does without it.
 * What brings a device into a product, though, is the code. */
static enum step_move claim_code_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault != FAULT_CLOUD_NOT_FOUND && a->trouble.fault != FAULT_CLOUD_REFUSED)
                return STEP_FAIL;
        if (j->asked.profile.product)
                return step_fail(r, FAULT_CONFIG,
                                 "there is no product %u, or it gives this account no claim codes",
                                 j->asked.profile.product);
        j->claim.code_set = true;
        j->now.by_id = true;
        return STEP_NEXT;
}

const struct step_acts account_acts = { MENDS(account) };
const struct step_acts serial_acts = { MENDS(serial) };
const struct step_acts device_id_acts = { DOES(device_id) };
const struct step_acts owner_acts = { MENDS(owner) };
const struct step_acts limit_acts = { MENDS(limit) };
const struct step_acts claim_code_acts = { MENDS(claim_code) };
