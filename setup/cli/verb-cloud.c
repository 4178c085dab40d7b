/* SPDX-License-Identifier: Apache-2.0 */

/* The actions are the table of setup/account/action.h. A line per item, as each ends; a summary at the end.
 */

#include "proto/base/number.h"
#include "proto/base/places.h"
#include "proto/base/text.h"
#include "setup/account/batch.h"
#include "setup/cli/confirm.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/signals.h"
#include "setup/cli/verbs.h"
#include "setup/engine/event.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
        OPT_FROM = OPTION_OWN,
        OPT_PRODUCT,
        OPT_CLAIM_USER,
        OPT_SIMS,
        OPT_COUNTRY,
        OPT_WAIT,
        OPT_TRANSFER,
        OPT_OFF,
        OPT_FINISH,
        OPT_YES,
        OPT_JSON
};

enum { WAIT_PRESET_S = 60, WAIT_MAX_S = 86400, PRODUCT_MAX = 1 << 30 };

static const struct verb_option cloud_options[] = {
        { .id = OPT_FROM,
          .name = "from",
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Take the items from a file, too: one a line, or the first column of a CSV (the second is the new "
                  "name for rename); - is standard input." },
        { .id = OPT_PRODUCT,
          .name = "product",
          .value = "ID",
          .help = "The product that is meant; a number." },
        { .id = OPT_CLAIM_USER,
          .name = "claim-user",
          .value = "NAME",
          .help = "add-to-product: also claim the device for this member of the team." },
        { .id = OPT_SIMS,
          .name = "import-sims",
          .help = "add-to-product: import and activate built-in SIM cards, too." },
        { .id = OPT_COUNTRY,
          .name = "country",
          .value = "CC",
          .help = "sim activate: where the device is used, two letters; a first activation needs it." },
        { .id = OPT_WAIT,
          .name = "wait",
          .value = "SECONDS",
          .help = "sim activate: after so long it is pending (exit code 21); 60 without it." },
        { .id = OPT_TRANSFER,
          .name = "request-transfer",
          .help = "claim: if it is somebody else's, ask the owner by e-mail." },
        { .id = OPT_OFF, .name = "off", .help = "signal: end it." },
        { .id = OPT_FINISH,
          .name = "finish",
          .help = "check: finish what an earlier setup left: claim a device that is online and nobody's." },
        { .id = OPT_YES,
          .name = "yes",
          .group = GROUP_RUN,
          .help = "Do not ask on a terminal before something is taken away." },
        { .id = OPT_JSON,
          .name = "json",
          .group = GROUP_RUN,
          .help = "One JSON object an item, and a summary." },
        {},
};

static void cloud_actions(FILE *f)
{
        const struct action *a;

        fputs("\nITEM is a device id, a serial number or, for SIM cards, an ICCID.\nACTION is one of:\n", f);
        for (size_t i = 0; (a = action_at(i)); i++)
                fprintf(f, "  %-22s %s.\n", action_name(a), action_summary(a));
}

static const char *cloud_action_name(size_t i)
{
        const struct action *a = action_at(i);

        return a ? action_name(a) : NULL;
}

struct cloud_verb {
        const char *from;
        struct account_config account;
        char serials[PLACE_MAX];
        bool json, yes;
        struct batch batch;
        struct items items;
        struct account_facts facts;
        size_t failed, pending, busy; /* busy: failed because the cloud limits requests */
        enum fault fault;             /* of the last that failed */
        int error;                    /* of writing */
};

static int wrong(const char *text)
{
        return ending_misuse("cloud", "%s", text);
}

static int take_number(const char *value, unsigned max, unsigned *ret)
{
        return number_read(value, 0, max, ret) < 0 ? wrong("--product and --wait take a number.") : 0;
}

static int take_wait(struct cloud_verb *c, const char *value)
{
        unsigned seconds = 0;
        int r = take_number(value, WAIT_MAX_S, &seconds);

        c->batch.params.wait_ms = seconds * 1000ull;
        return r;
}

static int take(struct cloud_verb *c, int id, const char *value)
{
        struct action_params *p = &c->batch.params;

        switch (id) {
        case OPT_FROM: c->from = value; return 0;
        case OPT_PRODUCT: return take_number(value, PRODUCT_MAX, &p->product_id);
        case OPT_CLAIM_USER:
                p->claim_user = value;
                return text_is_utf8(value) ? 0 : wrong("--claim-user is a name in UTF-8, and this is none.");
        case OPT_SIMS: p->import_sims = true; return 0;
        case OPT_COUNTRY: p->country = value; return 0;
        case OPT_WAIT: return take_wait(c, value);
        case OPT_TRANSFER: p->request_transfer = true; return 0;
        case OPT_OFF: p->off = true; return 0;
        case OPT_FINISH: p->finish = true; return 0;
        case OPT_YES: c->yes = true; return 0;
        case OPT_JSON: c->json = true; return 0;
        case OPT_ACCOUNT_TOKEN_FILE: c->account.token_file = value; return 0;
        case OPTION_CLOUD: c->account.url = value; return 0;
        case OPTION_CLOUD_CA: c->account.ca_file = value; return 0;
        default: return -EINVAL;
        }
}

/* Words after the action: items; for rename pairs of item and name. */
static int take_words(struct cloud_verb *c, char **words, size_t n)
{
        bool pairs = action_needs_name(c->batch.action);
        struct trouble why;
        int r = 0;

        if (pairs && n % 2)
                return wrong("rename wants a name behind each device.");
        for (size_t i = 0; i < n && r == 0; i += pairs ? 2 : 1)
                r = items_add(&c->items, words[i], strlen(words[i]), pairs ? words[i + 1] : NULL,
                              pairs ? strlen(words[i + 1]) : 0, &why);
        if (r == 0 && c->from)
                r = items_read(&c->items, c->from, &why);
        if (r == -ENOMEM)
                return r;
        return r < 0 ? wrong(why.cause) : 0;
}

static int check(const struct cloud_verb *c)
{
        const struct action *a = c->batch.action;
        char text[ITEM_MAX + 64];

        if (c->items.n == 0)
                return wrong("which device or SIM card? Give device ids, serial numbers or ICCIDs.");
        if (action_needs_product(a) && !c->batch.params.product_id)
                return wrong("which product? Give --product ID.");
        if (c->batch.params.finish && (strcmp(action_name(a), "check") != 0 || c->batch.params.product_id))
                return wrong(
                        "--finish goes with check, and claims for the account itself: the devices of a product "
                        "are claimed by 'add-to-product --claim-user'.");
        for (size_t i = 0; i < c->items.n; i++) {
                (void)snprintf(text, sizeof(text), "%s does not work with %s.", action_name(a),
                               c->items.item[i].text);
                if (!action_fits(a, &c->items.item[i]))
                        return wrong(text);
                if (action_needs_name(a) && !c->items.item[i].name[0])
                        return wrong("a device has no new name.");
        }
        return 0;
}

static int parse(const struct verb *v, int argc, char **argv, struct cloud_verb *c)
{
        _cleanup_(options_freep) struct options *o = NULL;
        const char *value;
        char **words;
        size_t n, used = 0;
        int r, id;

        r = options_new(v, argc, argv, &o);
        while (r >= 0 && (r = options_next(o, &id, &value)) > 0)
                r = take(c, id, value);
        if (r < 0)
                return r;
        n = options_arguments(o, &words);
        c->batch.action = action_find(words, n, &used);
        if (!c->batch.action)
                return wrong("there is no such action.");
        r = take_words(c, words + used, n - used);
        return r < 0 ? r : check(c);
}

/* What was asked of the device, and of the card. */
static int add_facts(json_t *j, const struct action_facts *f)
{
        json_t *more = json_pack(
                "{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s?, s:o}", "name", event_text(f->name), "owner",
                event_text(f->owner), "online", f->device ? json_boolean(f->online) : json_null(), "os",
                event_text(f->os), "quarantined", f->device ? json_boolean(f->quarantined) : json_null(),
                "last_handshake_s", f->last_handshake_s ? json_integer(f->last_handshake_s) : json_null(),
                "claimed", f->claimed, "iccid", event_text(f->iccid), "sim", f->sim, "sim_status",
                event_text(f->sim_status));
        int r = more ? json_object_update(j, more) : -1;

        json_decref(more);
        return r;
}

static int put_json(const struct item *item, const struct action_end *end)
{
        const char *outcome = end->trouble.fault == FAULT_NONE      ? "done"
                              : end->trouble.fault == FAULT_PENDING ? "pending"
                                                                    : "failed";
        const char *fault = end->trouble.fault == FAULT_NONE ? NULL : fault_info(end->trouble.fault)->key;

        const char *advice = fault ? fault_info(end->trouble.fault)->advice : NULL;
        json_t *j = json_pack("{s:s, s:o, s:s, s:s?, s:o, s:s?}", "item", item->text, "id",
                              event_text(end->id), "outcome", outcome, "fault", fault, "cause",
                              event_text(end->trouble.cause), "advice", advice);

        if (j && add_facts(j, &end->facts) < 0) {
                json_decref(j);
                j = NULL;
        }
        return line_event(stdout, "item", j);
}

static int put_words(const struct item *item, const struct action_end *end)
{
        const struct trouble *t = &end->trouble;
        bool bad = t->fault != FAULT_NONE && t->fault != FAULT_PENDING;

        printf("%s: %s%s%s\n", item->text, bad ? fault_info(t->fault)->sentence : t->cause,
               bad && t->cause[0] ? " " : "", bad ? t->cause : "");
        return fflush(stdout) != 0 ? -EIO : 0;
}

static void on_end(void *userdata, const struct item *item, const struct action_end *end)
{
        struct cloud_verb *c = userdata;
        int r;

        if (end->trouble.fault == FAULT_PENDING) {
                c->pending++;
        } else if (end->trouble.fault != FAULT_NONE) {
                c->failed++;
                c->busy += end->trouble.fault == FAULT_CLOUD_BUSY;
                c->fault = end->trouble.fault;
        }
        r = c->json ? put_json(item, end) : put_words(item, end);
        if (c->error == 0)
                c->error = r;
}

static int exit_code(const struct cloud_verb *c)
{
        if (c->error < 0)
                return EXIT_INTERNAL;
        if (c->failed == 1 && c->items.n == 1)
                return fault_info(c->fault)->exit_code;
        return c->failed ? EXIT_BATCH : c->pending ? EXIT_PENDING : EXIT_DONE;
}

static int put_summary(const struct cloud_verb *c)
{
        size_t n = c->items.n, done = n - c->failed - c->pending;

        if (c->json)
                return line_summary(stdout, &(struct line_counts){ done, c->failed, c->pending, 0 },
                                    exit_code(c));
        if (n > 1)
                fprintf(stderr, "%zu items: %zu done, %zu pending, %zu failed.\n", n, done, c->pending,
                        c->failed);
        if (c->failed == 1 && n == 1)
                fprintf(stderr, "  What to do: %s\n", fault_info(c->fault)->advice);
        if (c->busy && n > 1)
                fprintf(stderr, "%zu of them wait for the cloud's limit of requests. %s\n", c->busy,
                        fault_info(FAULT_CLOUD_BUSY)->advice);
        return 0;
}

static int find_user(struct cloud_verb *c, struct account *a, struct trouble *ret_trouble)
{
        int r = account_facts(a, &c->facts, ret_trouble);

        if (r >= 0 && c->facts.user[0])
                c->batch.params.user = c->facts.user;
        return r;
}

static int run(struct cloud_verb *c)
{
        _cleanup_(context_freep) struct context *context = NULL;
        _cleanup_(account_freep) struct account *a = NULL;
        struct trouble why = {};
        int r;

        if (place_cache("serials", c->serials) == 0)
                c->account.serials_file = c->serials;
        r = context_new(&context);
        if (r >= 0)
                r = signals_watch(context_loop(context));
        c->account.context = context;
        if (r >= 0)
                r = account_open(&c->account, &a, &why);
        if (r >= 0 && action_needs_user(c->batch.action, &c->batch.params))
                r = find_user(c, a, &why);
        if (r >= 0)
                r = batch_run(a, &c->batch);
        if (r >= 0)
                r = put_summary(c);
        if (r == -EINVAL || r == -ECANCELED) {
                trouble_complete(&why, r);
                return progress_trouble(stderr, &why);
        }
        if (r < 0 && c->error == 0)
                c->error = r;
        if (c->error < 0 && line_kept())
                fprintf(stderr, "usher cloud: %s\n", strerror(-c->error));
        return exit_code(c);
}

static void cloud_verb_done(struct cloud_verb *c)
{
        items_done(&c->items);
}

static int run_cloud(const struct verb *v, int argc, char **argv)
{
        _cleanup_(cloud_verb_done) struct cloud_verb c = { .batch = { .on_end = on_end } };
        int r;

        c.batch.userdata = &c;
        c.batch.items = &c.items;
        c.batch.params.wait_ms = WAIT_PRESET_S * 1000;
        r = parse(v, argc, argv, &c);
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : r == -ENOMEM ? EXIT_INTERNAL : EXIT_USAGE;
        if (action_takes(c.batch.action) && confirm(c.yes, "%s: %zu item%s.", action_name(c.batch.action),
                                                    c.items.n, c.items.n == 1 ? "" : "s") < 0)
                return progress_trouble(stderr, &(struct trouble){ FAULT_CANCELLED, "nothing was done" });
        return run(&c);
}

const struct verb verb_cloud = {
        .name = "cloud",
        .arguments = "ACTION ITEM...",
        .summary = "do something in the cloud with devices or SIM cards",
        .options = cloud_options,
        .common = account_options,
        .min_arguments = 1,
        .max_arguments = SIZE_MAX,
        .more_help = cloud_actions,
        .action = cloud_action_name,
        .asks_cloud = true,
        .examples = examples_cloud,
        .run = run_cloud,
};
