/* SPDX-License-Identifier: Apache-2.0 */

/* Signing in, who one is then, and signing out. What is saved by default is used by every verb without being
 * named; it is for the public cloud only, so a sign-in to another one must say where it is to be kept. */

#include "proto/base/number.h"
#include "proto/base/places.h"
#include "proto/base/timer.h"
#include "setup/account/account.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/prompt.h"
#include "setup/cli/signals.h"
#include "setup/cli/verbs.h"
#include "setup/engine/event.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>
#include <time.h>

enum {
        OPT_USER = OPTION_OWN,
        OPT_PASSWORD_FILE,
        OPT_CODE_FILE,
        OPT_DAYS,
        OPT_SAVE,
        OPT_AGAIN,
        OPT_JSON,
};

enum { DAYS_PRESET = 90, DAYS_MAX = 3650, PASSWORD_MAX = 1024, TRIES = 3 };

static const struct verb_option login_options[] = {
        { .id = OPT_USER, .name = "user", .value = "NAME", .help = "User name; asked for without it." },
        { .id = OPT_PASSWORD_FILE,
          .name = "password-file",
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "File with the password; - is standard input. Asked for without it." },
        { .id = OPT_CODE_FILE,
          .name = "code-file",
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "File with the one-time code, for accounts that want one. Asked for without it." },
        { .id = OPT_DAYS,
          .name = "days",
          .value = "NUMBER",
          .help = "How long the token lasts: 90 days without it, 0 for ever." },
        { .id = OPT_SAVE,
          .name = "save",
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Keep the token there (mode 0600) instead of in ~/.config/usher/token." },
        { .id = OPT_AGAIN,
          .name = "again",
          .help = "Also after three wrong tries; after ten the cloud blocks this address for half an hour." },
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object." },
        { .name = "password", .refused = true },
        {},
};

static const struct verb_option whoami_options[] = {
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object." },
        {},
};

const struct verb_option account_options[] = {
        { .id = OPT_ACCOUNT_TOKEN_FILE,
          .name = "token-file",
          .group = GROUP_CLOUD,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "File with the access token; without it the places of 'usher setup' are looked at." },
        { .name = "token", .refused = true },
        {},
};

struct login {
        const char *user, *password_file, *code_file, *save;
        struct context *context;
        struct account_config account;
        struct secret *asked_user; /* NULL: not asked */
        unsigned days;
        bool json;
};

static void login_done(struct login *l)
{
        secret_free(l->asked_user);
        context_free(l->context);
}

static int take_days(struct login *l, const char *value)
{
        if (number_read(value, 0, DAYS_MAX, &l->days) == 0)
                return 0;
        return ending_misuse("login", "--days is a number of days, 0 to %d.", DAYS_MAX);
}

static int take(struct login *l, int id, const char *value)
{
        switch (id) {
        case OPT_USER: l->user = value; return 0;
        case OPT_PASSWORD_FILE: l->password_file = value; return 0;
        case OPT_CODE_FILE: l->code_file = value; return 0;
        case OPT_DAYS: return take_days(l, value);
        case OPT_SAVE: l->save = value; return 0;
        case OPT_AGAIN: l->account.sign_in_again = true; return 0;
        case OPTION_CLOUD: l->account.url = value; return 0;
        case OPTION_CLOUD_CA: l->account.ca_file = value; return 0;
        case OPT_ACCOUNT_TOKEN_FILE: l->account.token_file = value; return 0;
        default: l->json = true; return 0;
        }
}

static int parse(const struct verb *v, int argc, char **argv, struct login *ret)
{
        _cleanup_(options_freep) struct options *o = NULL;
        const char *value;
        int r, id;

        *ret = (struct login){ .days = DAYS_PRESET };
        r = options_new(v, argc, argv, &o);
        while (r >= 0 && (r = options_next(o, &id, &value)) > 0)
                r = take(ret, id, value);
        if (r >= 0)
                r = context_new(&ret->context);
        ret->account.context = ret->context;
        return r;
}

static int parse_failed(int r)
{
        return r == -ECANCELED ? EXIT_DONE : r == -EINVAL ? EXIT_USAGE : EXIT_INTERNAL;
}

/* What ended it, in words; the exit code. */
static int tell(int r, struct trouble *t)
{
        if (!line_kept())
                return EXIT_INTERNAL;
        trouble_complete(t, r);
        return progress_trouble(stderr, t);
}

/* login */

static int get_secret(const char *file, const char *question, bool silent, struct secret **ret,
                      struct trouble *trouble)
{
        int r;

        if (file) {
                r = secret_read_plain(file, PASSWORD_MAX, plain_password, ret, trouble);
                return r < 0 && r != -ENOMEM ? -EINVAL : r;
        }
        r = prompt(question, silent, ret);
        if (r == -ENODATA)
                return trouble_set(trouble, FAULT_CANCELLED, "nothing was typed");
        if (r < 0)
                return trouble_set(trouble, FAULT_CONFIG,
                                   "there is no terminal to ask on: give --user and --password-file");
        return 0;
}

static int refuse_place(const char *path, int r, struct trouble *trouble)
{
        return trouble_set(trouble, FAULT_CONFIG, "the token cannot be kept in %s: %s%s", path,
                           r == -ENOENT ? "its folder does not exist" : strerror(-r),
                           r == -ENOENT ? ": make it, or give another place with --save" : "");
}

/* Where the token goes. -EINVAL: for another cloud it must be said. */
static int find_place(const struct login *l, char path[static TOKEN_PATH_MAX], struct trouble *trouble)
{
        static const struct token own = { .kind = TOKEN_OWN };

        if (l->save) {
                (void)snprintf(path, TOKEN_PATH_MAX, "%s", l->save);
                return 0;
        }
        if (!token_is_for(&own, l->account.url))
                return trouble_set(trouble, FAULT_CONFIG,
                                   "say with --save where the token of another cloud is to be kept");
        if (token_own_path(path) < 0)
                return trouble_set(trouble, FAULT_CONFIG,
                                   "there is no home to keep the token in: give --save FILE");
        return 0;
}

/* Before anything is asked for: a token that cannot be kept would live on for nobody. */
static int prepare_place(const struct login *l, char path[static TOKEN_PATH_MAX], struct trouble *trouble)
{
        int r = find_place(l, path, trouble);

        if (r < 0)
                return r;
        if (!l->save)
                r = place_make_folders(path);
        if (r >= 0)
                r = token_place_check(path);
        return r < 0 ? refuse_place(path, r, trouble) : 0;
}

static int keep_token(struct account *a, const char *path, const struct secret *token,
                      struct trouble *trouble)
{
        struct trouble other = {};
        int r = token_save(path, token);

        if (r >= 0)
                return 0;
        (void)refuse_place(path, r, trouble);
        if (account_give_back(a, token, &other) < 0)
                trouble_add(trouble, "; it could not be given back either (%s)", trouble_words(&other));
        else
                trouble_add(trouble, "; it has been given back");
        return -EINVAL;
}

static int ask_code(struct account *a, const struct login *l, struct account_grant *grant,
                    struct trouble *trouble)
{
        _cleanup_(account_grant_done) struct account_grant first = *grant;
        _cleanup_(secret_freep) struct secret *code = NULL;
        int r;

        *grant = (struct account_grant){};
        r = get_secret(l->code_file, "One-time code (not shown): ", true, &code, trouble);
        return r < 0 ? r : account_sign_in_otp(a, first.mfa_token, code, grant, trouble);
}

/* A wrong code costs the sign-in that it belongs to, but nobody has to type the password again. */
static int ask_codes(struct account *a, const struct login *l, const char *user,
                     const struct secret *password, struct account_grant *grant, struct trouble *trouble)
{
        for (unsigned try = 1;; try++) {
                int r = ask_code(a, l, grant, trouble);

                if (r != -EINVAL || trouble->fault != FAULT_SIGN_IN_CODE || l->code_file || try == TRIES)
                        return r;
                r = account_may_sign_in(a, user, trouble);
                if (r < 0)
                        return r;
                fputs("The cloud does not accept this code. Once more.\n", stderr);
                r = account_sign_in(a, user, password, l->days * 24 * 3600, grant, trouble);
                if (r < 0 || grant->token)
                        return r;
        }
}

static int ask_password(struct account *a, const struct login *l, const char *user,
                        struct account_grant *grant, struct trouble *trouble)
{
        _cleanup_(secret_freep) struct secret *password = NULL;
        int r;

        r = get_secret(l->password_file, "Password (not shown): ", true, &password, trouble);
        if (r >= 0)
                r = account_sign_in(a, user, password, l->days * 24 * 3600, grant, trouble);
        return r >= 0 && !grant->token ? ask_codes(a, l, user, password, grant, trouble) : r;
}

static int sign_in(struct account *a, struct login *l, struct account_grant *grant, struct trouble *trouble)
{
        const char *user;
        int r = 0;

        if (!l->user)
                r = get_secret(NULL, "User name: ", false, &l->asked_user, trouble);
        if (r < 0)
                return r;
        user = l->user ? l->user : secret_text(l->asked_user);
        for (unsigned try = 1;; try++) {
                r = account_may_sign_in(a, user, trouble);
                if (r < 0)
                        return r;
                r = ask_password(a, l, user, grant, trouble);
                if (r != -EINVAL || trouble->fault != FAULT_SIGN_IN || l->password_file || try == TRIES)
                        return r;
                fputs("The cloud does not accept this. Once more.\n", stderr);
        }
}

static void format_end(int64_t seconds, char ret[static 48])
{
        time_t t = (time_t)seconds;
        struct tm tm;

        if (seconds == 0 || !gmtime_r(&t, &tm))
                (void)snprintf(ret, 48, "for ever");
        else
                (void)strftime(ret, 48, "until %Y-%m-%d %H:%M UTC", &tm);
}

static json_t *seconds(int64_t s)
{
        return s ? json_integer(s) : json_null();
}

static int put_login(const struct login *l, const char *user, const struct account_grant *grant,
                     const char *path)
{
        char lasts[48], shown[LINE_SHOWN_MAX];

        format_end(grant->expires_s, lasts);
        fprintf(stderr, "Signed in. The token lasts %s and is kept in %s.\n", lasts,
                line_shown(path, shown));
        if (!l->json)
                return 0;
        return line_event(stdout, "login",
                          json_pack("{s:o, s:o, s:o, s:o}", "user", event_text(user), "cloud",
                                    event_word(l->account.url ? l->account.url : CLOUD_URL), "token",
                                    event_word(path), "expires_s", seconds(grant->expires_s)));
}

static int run_login(const struct verb *v, int argc, char **argv)
{
        _cleanup_(account_grant_done) struct account_grant grant = {};
        struct trouble why = {};
        _cleanup_(login_done) struct login l = {};
        _cleanup_(account_freep) struct account *a = NULL;
        char path[TOKEN_PATH_MAX], sign_ins[PLACE_MAX];
        int r;

        r = parse(v, argc, argv, &l);
        if (r < 0)
                return parse_failed(r);
        if (place_state("sign-ins", sign_ins) == 0)
                l.account.sign_ins_file = sign_ins;
        r = prepare_place(&l, path, &why);
        if (r >= 0)
                r = account_open_unknown(&l.account, &a, &why);
        if (r >= 0)
                r = sign_in(a, &l, &grant, &why);
        if (r >= 0)
                r = keep_token(a, path, grant.token, &why);
        if (r < 0)
                return tell(r, &why);
        r = put_login(&l, l.user ? l.user : secret_text(l.asked_user), &grant, path);
        return r < 0 ? tell(r, &why) : EXIT_DONE;
}

const struct verb verb_login = {
        .name = "login",
        .arguments = "",
        .summary = "sign in to the cloud",
        .options = login_options,
        .asks_cloud = true,
        .examples = examples_login,
        .run = run_login,
};

/* whoami */

static int put_facts_json(const struct account_facts *f, const struct account *a)
{
        return line_event(stdout, "account",
                          json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "user", event_text(f->user),
                                    "api_user", f->api_user, "expires_s", seconds(f->expires_s), "client",
                                    event_text(f->client), "scopes", event_text(f->scopes), "cloud",
                                    event_word(account_url(a)), "token",
                                    event_text(account_token(a)->origin), "max_devices",
                                    f->max_devices ? json_integer(f->max_devices) : json_null()));
}

static int put_facts(const struct account_facts *f, const struct account *a)
{
        char lasts[48], shown[LINE_SHOWN_MAX];

        format_end(f->expires_s, lasts);
        printf("%s at %s\n", f->user[0] ? f->user : "a user of a product's API, who has no name",
               account_url(a));
        printf("  token    lasts %s; from %s\n", lasts, line_shown(account_token(a)->origin, shown));
        if (f->scopes[0])
                printf("  scopes   %s\n", f->scopes);
        if (f->max_devices)
                printf("  devices  at most %u%s\n", f->max_devices,
                       f->limit_reached ? ", and there are as many: another cannot be claimed" : "");
        return fflush(stdout) != 0 ? -EIO : 0;
}

static int run_whoami(const struct verb *v, int argc, char **argv)
{
        _cleanup_(login_done) struct login l = {};
        _cleanup_(account_freep) struct account *a = NULL;
        struct account_facts facts;
        struct trouble why = {};
        int r;

        r = parse(v, argc, argv, &l);
        if (r < 0)
                return parse_failed(r);
        r = account_open(&l.account, &a, &why);
        if (r >= 0)
                r = account_facts(a, &facts, &why);
        if (r >= 0)
                r = l.json ? put_facts_json(&facts, a) : put_facts(&facts, a);
        return r < 0 ? tell(r, &why) : EXIT_DONE;
}

const struct verb verb_whoami = {
        .name = "whoami",
        .arguments = "",
        .summary = "say whose the access token is, and how long it lasts",
        .options = whoami_options,
        .common = account_options,
        .asks_cloud = true,
        .examples = examples_whoami,
        .run = run_whoami,
};

/* logout */

static int sign_out(struct account *a, bool *ret_removed, struct trouble *trouble)
{
        int r;

        if (account_token(a)->kind == TOKEN_PARTICLE_CLI)
                return trouble_set(trouble, FAULT_CONFIG,
                                   "this is the Particle CLI's sign-in: end it with 'particle logout'");
        r = account_sign_out(a, trouble);
        if (r == -EINVAL && (trouble->fault == FAULT_TOKEN_INVALID || trouble->fault == FAULT_TOKEN_EXPIRED))
                r = 0; /* it is of no use any more, which is what was asked for */
        *ret_removed = r >= 0 && account_token(a)->kind == TOKEN_OWN;
        if (*ret_removed && unlink(account_token(a)->origin) < 0)
                r = -errno;
        return r;
}

static int run_logout(const struct verb *v, int argc, char **argv)
{
        _cleanup_(login_done) struct login l = {};
        _cleanup_(account_freep) struct account *a = NULL;
        struct trouble why = {};
        bool removed = false;
        int r;

        r = parse(v, argc, argv, &l);
        if (r < 0)
                return parse_failed(r);
        r = account_open(&l.account, &a, &why);
        if (r >= 0)
                r = sign_out(a, &removed, &why);
        if (r < 0)
                return tell(r, &why);
        fprintf(stderr, "Signed out: the token is revoked%s.\n", removed ? " and its file removed" : "");
        if (l.json)
                r = line_event(stdout, "logout",
                               json_pack("{s:o, s:o}", "cloud", event_word(account_url(a)), "removed",
                                         event_text(removed ? account_token(a)->origin : NULL)));
        return r < 0 ? tell(r, &why) : EXIT_DONE;
}

const struct verb verb_logout = {
        .name = "logout",
        .arguments = "",
        .summary = "revoke the access token",
        .options = whoami_options,
        .common = account_options,
        .asks_cloud = true,
        .examples = examples_logout,
        .run = run_logout,
};
