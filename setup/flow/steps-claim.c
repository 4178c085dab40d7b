/* SPDX-License-Identifier: Apache-2.0 */

/* Making the device the account's: the claim code that it shows to the cloud at its first full handshake,
 * the look at the owner (never the device's own flag, which may be stale), claiming by id where the code was
 * not asked for because the device resumed an old cloud session (device.md 4.7), and the
 * name. */

#include "proto/base/timer.h"
#include "proto/control.h"
#include "setup/flow/diagnosis.h"
#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>

/* Looks at the owner before claiming by id, and from the first of them on: soon when the device says that it
 * is connected, later when only the cloud could tell that it is. The time is that of so many looks 2 s
 * apart, with room for the first ones, which come quicker. */
enum { POLLS_CONNECTED = 5, CONNECTED_MS = 7500, POLLS_UNSEEN = 15, UNSEEN_MS = 27500 };

/* A device that is not nearby any more and whose last handshake is not older than this has just been set up,
 * by a setup that was cut off; one that is older lives by settings that are not ours. */
enum { RECENT_S = 900 };

/* So long the cloud may stay silent before the owner is looked at nevertheless: a stream of events can die
 * without a sign. */
enum { NEWS_MS = 15000 };

/* set-claim-code */

/* Nobody claims the device by its id afterwards: the code is all there is. */
static bool needs_code(const struct job *j)
{
        return j->asked.profile.claim == CLAIM_CODE;
}

static bool set_claim_code_skip(const struct job *j)
{
        return j->claim.code_set || job_is_over(j) || (j->identity.protected && !needs_code(j));
}

/* The code is in flash before any restart; but an update may take longer than a code lasts. */
bool claim_code_is_ready(const struct job *j)
{
        return j->now.claim_code && j->asked.task == TASK_SETUP && !set_claim_code_skip(j) &&
               !j->identity.protected && !update_is_ahead(j);
}

int claim_code_request(const struct job *j, struct buf *body, struct port_request *ret)
{
        int e = message_encode_set_claim_code_request(j->now.claim_code, body);

        if (e < 0)
                return e;
        *ret = (struct port_request){ CONTROL_SET_CLAIM_CODE, body->data, body->len };
        return 0;
}

/* There is a code unless code_set says that the device does without: claim-code, behind which this row
 * stands, ends with one or the other. */
static enum step_move set_claim_code_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(CLAIM_CODE_BODY_MAX);
        struct port_request request;
        int e;

        if (!j->now.claim_code)
                return step_fail(r, FAULT_CONFIG, "there is no claim code to give it");
        if (j->identity.protected)
                return step_fail(r, FAULT_DEVICE_PROTECTED, "it takes no claim code");
        e = claim_code_request(j, &body, &request);
        return e < 0 ? step_errno(r, e) : step_ask(run, &request, 1, r);
}

/* Firmware may forbid this request; claiming by id does without it. */
static enum step_move set_claim_code_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        int32_t result = a->ask->reply[0].result;

        if (result < 0 &&
            (needs_code(j) || (result != CONTROL_NOT_ALLOWED && result != CONTROL_NOT_SUPPORTED &&
                               result != CONTROL_PROTECTED)))
                return step_refused(r, CONTROL_SET_CLAIM_CODE, result);
        j->claim.code_set = true;
        return STEP_NEXT;
}

/* verify-owner */
static bool is_ours_and_online(const struct job *j)
{
        return j->cloud.owner == OWNER_ME && job_is_online(j);
}

/* Without a claim code nobody becomes the owner by himself: as soon as it is online it is claimed. */
static bool verify_owner_skip(const struct job *j)
{
        return is_ours_and_online(j) || (j->now.by_id && job_is_online(j));
}

/* Only a device that is ours already has news for us. One that is not here gets a single look. */
static enum step_move verify_owner_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        bool ours = j->cloud.owner == OWNER_ME && !j->now.absent;

        return step_cloud(run,
                          ASK_DEVICE(.device_id = job_device_id(j), .product_id = product_of(j),
                                     .news_ms = ours ? NEWS_MS : 0),
                          r);
}

bool handshake_is_recent(int64_t handshake_s)
{
        return handshake_s >= timer_wall_s() - RECENT_S;
}

/* "Online" may be 46 minutes old (cloud.md 3.5): only a change says that it is the device that we
 * set up, or that the cloud told of it as it happened. */
static void note_online(struct job *j, const struct said_device *d, enum ownership before)
{
        bool code =
                j->asked.profile.claim != CLAIM_PRODUCT; /* a product's devices are given an owner offline */
        bool news = !j->cloud.was_online || d->last_handshake_s != j->cloud.handshake_s ||
                    (code && before != OWNER_ME && j->cloud.owner == OWNER_ME);

        if (!d->known)
                return;
        if (j->now.absent)
                news = j->asked.finished_s || handshake_is_recent(d->last_handshake_s);
        if ((news && d->online) || d->came_online)
                j->claim.online = true;
}

void owner_look(struct job *j, const struct said_device *d)
{
        enum ownership before = j->cloud.owner;

        owner_note(j, d);
        note_online(j, d, before);
}

/* Looking again would not help: the radio has looked for a minute. Another board that it heard says more
 * than the cloud. */
static enum step_move not_there(const struct job *j, struct step_result *r, const char *cause)
{
        (void)step_fail(r, FAULT_DEVICE_NOT_FOUND, "%s",
                        j->now.search.others[0] ? j->now.search.others : cause);
        r->again = false;
        return STEP_FAIL;
}

/* What the device said of itself while it could is better than what the cloud does not see. */
static enum step_move offline(const struct job *j, struct step_result *r, const char *cause)
{
        if (!j->diagnosis.asked)
                return step_later(r, FAULT_DEVICE_OFFLINE, "%s", cause);
        (void)diagnosis_later(j, r);
        if (online_can_ask(j) || j->now.online.proven == FAULT_NONE)
                return STEP_AGAIN;
        r->again = false; /* it was waited for while it could be asked */
        return STEP_FAIL;
}

/* As it should be: the account's own, a member, a customer's. */
static const char *settled(const struct job *j)
{
        switch (j->asked.profile.claim) {
        case CLAIM_PRODUCT: return "in the product";
        case CLAIM_CUSTOMER: return "the customer's";
        case CLAIM_USER:
        case CLAIM_NONE:
        case CLAIM_CODE: break;
        }
        return "yours";
}

static enum step_move mine(const struct job *j, const struct said_device *d, struct step_result *r)
{
        struct trouble what = {};

        if (job_is_online(j))
                return STEP_NEXT;
        trouble_add(&what, "%s is %s%s",
                    !j->now.absent        ? "the device"
                    : j->asked.finished_s ? "it was set up here before, and"
                                          : "it was set up already, and",
                    settled(j),
                    !j->now.absent ? ", but not online yet"
                    : d->online    ? " and online, with the settings that it had"
                                   : ", but not online either");
        return j->now.absent ? not_there(j, r, what.cause) : offline(j, r, what.cause);
}

/* True: the claim code had its time. */
static bool owner_is_late(struct job *j)
{
        bool online = job_is_online(j);

        if (!online && online_can_ask(j))
                return false;
        if (j->now.owner_polls++ == 0)
                j->now.owner_ms = timer_now_ms();
        return j->now.owner_polls >= (online ? POLLS_CONNECTED : POLLS_UNSEEN) &&
               timer_now_ms() - j->now.owner_ms >= (online ? CONNECTED_MS : UNSEEN_MS);
}

static enum step_move not_mine(struct job *j, struct step_result *r)
{
        if (j->now.absent || (j->now.by_id && !online_can_ask(j)))
                return STEP_NEXT;
        if (owner_is_late(j))
                return STEP_NEXT;
        if (job_is_online(j))
                return step_later(r, FAULT_CLAIM_OFFLINE,
                                  j->asked.profile.claim == CLAIM_USER
                                          ? "the device is online, but not yet yours"
                                          : "the device is online, but does not have its owner yet");
        return offline(j, r, "the cloud does not show the device yet");
}

/* Its claims are taken with a 200 and have no effect (cloud.md 4.1). What the cloud says of it counts once
 * the device has connected with the firmware that it runs now. Adding it to the product lets it in. */
static bool is_shut_out(const struct job *j, const struct said_device *d)
{
        return d->known && d->quarantined && j->asked.profile.claim != CLAIM_PRODUCT;
}

static enum step_move shut_out(const struct said_device *d, struct step_result *r)
{
        return step_fail(
                r, FAULT_CLAIM_REFUSED,
                "it is in quarantine of product %u, whose firmware it runs: somebody of the product's "
                "team lets it in (claim = product, product = %u), or it needs other firmware",
                d->product_id, d->product_id);
}

static enum step_move verify_owner_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct said_device *device = said_device(a->cloud);

        owner_look(j, device);
        if (is_shut_out(j, device) && job_is_online(j))
                return shut_out(device, r);
        switch (j->cloud.owner) {
        case OWNER_OTHER: return j->asked.profile.request_transfer ? STEP_NEXT : owner_foreign(j, r);
        case OWNER_ME: return mine(j, device, r);
        case OWNER_UNKNOWN:
        case OWNER_NONE:
        case OWNER_HIDDEN: break;
        }
        return not_mine(j, r);
}

/* claim: by turns the claim (for a product: adding it, which also approves it) and a look at the owner,
 * which alone counts. */
static bool claim_skip(const struct job *j)
{
        return is_ours_and_online(j);
}

static enum step_move claim_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        j->claim.sent = !j->claim.sent;
        if (!j->claim.sent)
                return owner_start(j, run, r);
        if (j->asked.profile.claim == CLAIM_PRODUCT)
                return import_ask(j, run, r);
        return step_cloud(run,
                          ASK_CLAIM(.device_id = job_device_id(j),
                                    .request_transfer = j->asked.profile.request_transfer),
                          r);
}

static enum step_move claim_later(const struct job *j, struct step_result *r)
{
        if (j->asked.profile.claim == CLAIM_PRODUCT)
                return step_later(r, FAULT_CLAIM_REFUSED, "the product does not list the device yet");
        if (j->online.connected)
                return step_later(r, FAULT_CLAIM_OFFLINE, "the cloud does not see the device online yet");
        return offline(j, r, "the cloud does not see the device online yet");
}

/* A member of the product whom the cloud did not give to claim-user, and will not: adding it again, a moment
 * ago, has not helped. */
static bool is_ownerless(const struct job *j, const struct said_device *d)
{
        return j->asked.profile.claim == CLAIM_PRODUCT && j->asked.profile.claim_user &&
               j->cloud.owner == OWNER_NONE && d->known && !d->quarantined;
}

static enum step_move claim_asked(const struct job *j, const struct port_cloud *c, struct step_result *r)
{
        if (c->ask != CLOUD_CLAIM || !said_claim(c)->transfer_requested)
                return claim_later(j, r);
        (void)step_fail(
                r, FAULT_PENDING,
                "it belongs to somebody else, who was asked by e-mail to hand it over: once that has "
                "happened, run the same command again");
        r->again = false; /* each claim is another e-mail */
        return STEP_FAIL;
}

static enum step_move claim_seen(struct job *j, const struct said_device *d, struct step_result *r)
{
        owner_note(j, d);
        if (is_shut_out(j, d))
                return shut_out(d, r);
        if (is_ownerless(j, d))
                return step_fail(r, FAULT_CLAIM_REFUSED,
                                 "it is in product %u, but the cloud does not make %s its owner: is that a "
                                 "member of the product's team?",
                                 j->asked.profile.product, j->asked.profile.claim_user);
        note_online(j, d, OWNER_NONE);
        if (j->cloud.owner == OWNER_OTHER && !j->asked.profile.request_transfer)
                return owner_foreign(j, r);
        return j->cloud.owner == OWNER_ME ? mine(j, d, r) : claim_later(j, r);
}

static enum step_move claim_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        return j->claim.sent ? claim_asked(j, a->cloud, r) : claim_seen(j, said_device(a->cloud), r);
}

/* A device that was not found nearby either gets one chance. */
static enum step_move claim_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        bool offline = a->trouble.fault == FAULT_CLAIM_OFFLINE || a->trouble.fault == FAULT_CLOUD_NOT_FOUND;

        if (!j->claim.sent)
                return STEP_FAIL;
        if (j->now.absent && (offline || a->trouble.fault == FAULT_CLAIM_FOREIGN))
                return not_there(j, r,
                                 offline ? "the cloud does not see it online either"
                                         : "in the cloud it is somebody else's");
        return offline ? claim_later(j, r) : STEP_FAIL;
}

/* name */
static bool name_skip(const struct job *j)
{
        char name[PROFILE_NAME_MAX];

        return j->claim.named || job_name(j, name) < 0 || strcmp(name, j->cloud.name) == 0;
}

static enum step_move name_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        char name[PROFILE_NAME_MAX];
        int e = job_name(j, name);

        if (e < 0)
                return step_errno(r, e);
        return step_cloud(run, ASK_RENAME(.device_id = job_device_id(j), .name = name), r);
}

static enum step_move name_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        char name[PROFILE_NAME_MAX];

        (void)a;
        (void)r;
        j->claim.named = true;
        if (job_name(j, name) == 0)
                snprintf(j->cloud.name, sizeof(j->cloud.name), "%s", name);
        return STEP_NEXT;
}

const struct step_acts set_claim_code_acts = { ASKS(set_claim_code) };
const struct step_acts verify_owner_acts = { ASKS(verify_owner) };
const struct step_acts claim_acts = { MENDS(claim) };
const struct step_acts name_acts = { ASKS(name) };
