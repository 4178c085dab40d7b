/* SPDX-License-Identifier: Apache-2.0 */

/* Each row starts one verb of the client; what comes back becomes one line for a person. Sentences tell what
 * is so now, so that a list of them reads as a report. */

#include "setup/account/action.h"
#include "cloud/product.h"
#include "cloud/sim.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct run;

struct action {
        const char *name, *summary;
        bool sim;     /* works with ICCIDs instead of devices */
        bool product; /* needs one */
        bool names;   /* needs a name with each item */
        int (*start)(struct run *r, struct op **ret);
};

struct run {
        struct op op;
        const struct action *action;
        struct cloud_client *client;
        const struct action_params *params;
        const struct item *item;
        action_fn done;
        void *userdata;
        struct op *verb;
        struct action_end end;
};

static void run_free(struct op *op)
{
        struct run *r = container_of(op, struct run, op);

        op_free(r->verb);
        free(r);
}

__attribute__((format(printf, 3, 4))) static void end_with(struct run *r, enum fault fault, const char *text,
                                                           ...)
{
        va_list ap;

        r->end.fault = fault;
        va_start(ap, text);
        (void)vsnprintf(r->end.text, sizeof(r->end.text), text, ap);
        va_end(ap);
        r->done(r->userdata, &r->end); /* may free the run: nothing after this */
}

/* True: it went wrong, and that has been said. */
static bool failed(struct run *r, const struct cloud_error *e)
{
        if (e->fault == FAULT_NONE)
                return false;
        end_with(r, e->fault, "%s%s", e->cause ? e->cause : "",
                 e->unsure ? " (it may have happened all the same: look with 'usher cloud check')" : "");
        return true;
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        struct run *r = userdata;

        if (!failed(r, e))
                end_with(r, FAULT_NONE, "done");
}

/* devices */

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        struct run *r = userdata;

        if (failed(r, e))
                return;
        if (claim->transfer_requested)
                end_with(r, FAULT_PENDING, "the owner was asked to transfer it");
        else
                end_with(r, FAULT_NONE, "claimed");
}

static int start_claim(struct run *r, struct op **ret)
{
        return cloud_claim(r->client, r->end.id, r->params->request_transfer, on_claim, r, ret);
}

static int start_unclaim(struct run *r, struct op **ret)
{
        if (r->params->product_id)
                return cloud_product_unclaim(r->client, r->params->product_id, r->end.id, on_done, r, ret);
        return cloud_unclaim(r->client, r->end.id, on_done, r, ret);
}

static int start_rename(struct run *r, struct op **ret)
{
        struct cloud_product_change change = { .name = r->item->name };

        if (r->params->product_id)
                return cloud_product_set(r->client, r->params->product_id, r->end.id, &change, on_done, r,
                                         ret);
        return cloud_rename(r->client, r->end.id, r->item->name, on_done, r, ret);
}

static int start_signal(struct run *r, struct op **ret)
{
        return cloud_signal(r->client, r->end.id, !r->params->off, on_done, r, ret);
}

static void format_time(int64_t seconds, char ret[static 32])
{
        time_t t = (time_t)seconds;
        struct tm tm;

        ret[0] = 0;
        if (seconds > 0 && gmtime_r(&t, &tm))
                (void)strftime(ret, 32, "%Y-%m-%d %H:%M UTC", &tm);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct run *r = userdata;
        char seen[32];

        if (failed(r, e))
                return;
        if (!d->known) {
                end_with(r, FAULT_CLOUD_NOT_FOUND,
                         "this account cannot see it: unknown, or somebody else's");
                return;
        }
        format_time(d->last_handshake_s, seen);
        end_with(r, FAULT_NONE, "%s%s%s, %s%s%s%s%s%s%s%s", d->name ? "\"" : "",
                 d->name ? d->name : "no name", d->name ? "\"" : "", d->owner ? "of " : "nobody's",
                 d->owner ? d->owner : "", d->online ? ", online" : ", offline",
                 seen[0] ? ", last handshake " : "", seen, d->os_version ? ", Device OS " : "",
                 d->os_version ? d->os_version : "", d->quarantined ? ", in quarantine" : "");
}

static int start_check(struct run *r, struct op **ret)
{
        if (r->params->product_id)
                return cloud_product_device(r->client, r->params->product_id, r->end.id, on_device, r, ret);
        return cloud_device(r->client, r->end.id, on_device, r, ret);
}

static void on_import(void *userdata, const struct cloud_error *e, const struct cloud_imports *imports)
{
        struct run *r = userdata;
        enum cloud_import result;

        if (failed(r, e))
                return;
        result = imports->n > 0 ? imports->result[0] : IMPORT_UNSAID;
        end_with(r, result == IMPORT_ADDED || result == IMPORT_EXISTED ? FAULT_NONE : FAULT_CLAIM_REFUSED,
                 "%s", cloud_import_text(result));
}

static int start_add(struct run *r, struct op **ret)
{
        const char *id = r->end.id;

        return cloud_import(r->client, r->params->product_id, &id, 1, r->params->claim_user,
                            r->params->import_sims, on_import, r, ret);
}

static int start_remove(struct run *r, struct op **ret)
{
        return cloud_product_remove(r->client, r->params->product_id, r->end.id, on_done, r, ret);
}

/* SIM cards */

static const char *sim_state_text(enum cloud_sim_state state)
{
        switch (state) {
        case SIM_NOT_OURS: return "not in this account";
        case SIM_NEW: return "never activated";
        case SIM_INACTIVE: return "inactive";
        case SIM_ACTIVATING: return "being activated";
        case SIM_ACTIVE: return "active";
        case SIM_FAILED: return "activation failed";
        case _SIM_STATE_MAX: break;
        }
        return "unknown";
}

static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim *sim)
{
        struct run *r = userdata;

        if (failed(r, e))
                return;
        end_with(r, FAULT_NONE, "%s%s%s%s%s%s", sim_state_text(sim->state), sim->status ? " (" : "",
                 sim->status ? sim->status : "", sim->status ? ")" : "",
                 sim->device_id ? ", in device " : "", sim->device_id ? sim->device_id : "");
}

static int start_sim_status(struct run *r, struct op **ret)
{
        return cloud_sim(r->client, r->params->product_id, r->item->text, on_sim, r, ret);
}

static void on_activated(void *userdata, const struct cloud_error *e,
                         const struct cloud_sim_outcome *outcome)
{
        struct run *r = userdata;

        if (failed(r, e))
                return;
        if (outcome->pending)
                end_with(r, FAULT_PENDING, "being activated: look again later");
        else
                end_with(r, FAULT_NONE, "active%s", outcome->asked ? "" : " already");
}

static int start_sim_activate(struct run *r, struct op **ret)
{
        struct cloud_sim_wish wish = { .product_id = r->params->product_id,
                                       .iccid = r->item->text,
                                       .country = r->params->country,
                                       .wait_ms = r->params->wait_ms };

        return cloud_sim_activate(r->client, &wish, on_activated, r, ret);
}

static int start_sim_deactivate(struct run *r, struct op **ret)
{
        return cloud_sim_deactivate(r->client, r->params->product_id, r->item->text, on_done, r, ret);
}

static int start_sim_release(struct run *r, struct op **ret)
{
        return cloud_sim_release(r->client, r->params->product_id, r->item->text, on_done, r, ret);
}

static const struct action actions[] = {
        { "check", "what the cloud knows of a device", false, false, false, start_check },
        { "claim", "make a device this account's; it must be online", false, false, false, start_claim },
        { "unclaim", "give a device away", false, false, false, start_unclaim },
        { "rename", "name a device", false, false, true, start_rename },
        { "signal", "let a device's light shout rainbows; --off ends it", false, false, false,
          start_signal },
        { "add-to-product", "make a device a member of a product", false, true, false, start_add },
        { "remove-from-product", "end that", false, true, false, start_remove },
        { "sim status", "what the cloud knows of a SIM card", true, false, false, start_sim_status },
        { "sim activate", "activate a SIM card", true, false, false, start_sim_activate },
        { "sim deactivate", "switch a SIM card off", true, false, false, start_sim_deactivate },
        { "sim release", "give a SIM card back", true, false, false, start_sim_release },
};

const struct action *action_at(size_t i)
{
        return i < ELEMENTSOF(actions) ? &actions[i] : NULL;
}

/* How many of the words are the action's name; 0: they are not. */
static size_t match_name(const char *name, char *const *words, size_t n)
{
        size_t used = 0;

        while (used < n) {
                size_t len = strcspn(name, " ");

                if (strlen(words[used]) != len || strncmp(words[used], name, len) != 0)
                        return 0;
                used++;
                if (!name[len])
                        return used;
                name += len + 1;
        }
        return 0;
}

const struct action *action_find(char *const *words, size_t n, size_t *ret_used)
{
        for (size_t i = 0; i < ELEMENTSOF(actions); i++) {
                size_t used = match_name(actions[i].name, words, n);

                if (used) {
                        *ret_used = used;
                        return &actions[i];
                }
        }
        return NULL;
}

const char *action_name(const struct action *a)
{
        return a->name;
}

const char *action_summary(const struct action *a)
{
        return a->summary;
}

bool action_needs_product(const struct action *a)
{
        return a->product;
}

bool action_needs_name(const struct action *a)
{
        return a->names;
}

bool action_fits(const struct action *a, const struct item *item)
{
        return a->sim == (item->kind == ITEM_ICCID);
}

/* running */

static void begin(struct run *r)
{
        int e;

        r->verb = op_free(r->verb);
        e = r->action->start(r, &r->verb);
        if (e < 0)
                end_with(r, e == -EINVAL ? FAULT_CONFIG : FAULT_INTERNAL, "%s",
                         e == -EINVAL ? "this cannot be sent: check the options" : strerror(-e));
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *serial)
{
        struct run *r = userdata;

        if (failed(r, e))
                return;
        (void)snprintf(r->end.id, sizeof(r->end.id), "%s", serial->device_id);
        begin(r);
}

int action_start(const struct action *a, struct cloud_client *client, const struct action_params *params,
                 const struct item *item, action_fn done, void *userdata, struct op **ret)
{
        struct run *r = calloc(1, sizeof(*r));
        int e;

        if (!r)
                return -ENOMEM;
        *r = (struct run){ .op.free = run_free,
                           .action = a,
                           .client = client,
                           .params = params,
                           .item = item,
                           .done = done,
                           .userdata = userdata };
        if (item->kind == ITEM_DEVICE_ID)
                (void)snprintf(r->end.id, sizeof(r->end.id), "%.*s", CLOUD_ID_LEN, item->text);
        if (item->kind == ITEM_SERIAL)
                e = cloud_serial(client, item->text, NULL, on_serial, r, &r->verb);
        else
                e = a->start(r, &r->verb);
        if (e < 0) {
                run_free(&r->op);
                return e;
        }
        *ret = &r->op;
        return 0;
}
