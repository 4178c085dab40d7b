/* SPDX-License-Identifier: Apache-2.0 */

/* The table of verbs and the walk through a command line; the profile under options. */

#include "setup/cli/help.h"
#include "setup/cli/options.h"
#include "setup/cli/setup-args.h"
#include "setup/cli/setup-profile.h"
#include "setup/flow/profile/keys.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

#define ARGS(...) ((char *[]){ "setup", __VA_ARGS__, NULL })

static int parse(char **argv, struct setup_args *ret)
{
        int argc = 0;

        while (argv[argc])
                argc++;
        return setup_args_parse(verb_find("setup"), argc, argv, ret);
}

static void every_row_is_whole(void **state)
{
        char name[OPTION_NAME_MAX];
        struct verb_option o;

        (void)state;
        for (size_t i = 0; verb_at(i); i++) {
                bool help = false;

                assert_ptr_equal(verb_find(verb_at(i)->name), verb_at(i));
                for (size_t k = 0; verb_option_at(verb_at(i), k, &o, name); k++) {
                        assert_true(k < VERB_OPTIONS_MAX);
                        help |= o.id == OPTION_HELP;
                        assert_true(o.refused || (o.help && o.help[strlen(o.help) - 1] == '.'));
                        assert_int_equal(o.completion == COMPLETE_WORDS,
                                         o.value && strchr(o.value, '|') != NULL);
                        for (size_t n = 0; n < k; n++) {
                                char other_name[OPTION_NAME_MAX];
                                struct verb_option other;

                                (void)verb_option_at(verb_at(i), n, &other, other_name);
                                assert_string_not_equal(o.name, other.name);
                        }
                }
                assert_true(help);
        }
        assert_null(verb_find("frobnicate"));
}

static void guesses(void **state)
{
        (void)state;
        assert_string_equal(verb_guess("setpu")->name, "setup");
        assert_string_equal(verb_guess("labl")->name, "label");
        assert_string_equal(verb_guess("versoin")->name, "version");
        assert_null(verb_guess("frobnicate"));
        assert_null(verb_guess(""));
        assert_null(verb_guess("a-word-that-is-longer-than-any-verb-could-ever-be"));
}

static void options_are_guessed(void **state)
{
        const struct verb *setup = verb_find("setup");
        char name[OPTION_NAME_MAX];

        (void)state;
        assert_true(verb_option_guess(setup, "porfile", name));
        assert_string_equal(name, "profile");
        assert_true(verb_option_guess(setup, "wifi-sid", name));
        assert_string_equal(name, "wifi-ssid");
        assert_false(verb_option_guess(setup, "nonsense", name));
        assert_false(verb_option_guess(setup, "", name));
}

static void setup_options_arrive(void **state)
{
        struct setup_args a;

        (void)state;
        assert_int_equal(
                parse(ARGS("--image=a.png", "--radio", "sim:/x", "--json", "-q", "--timeout", "60",
                           "--wifi-ssid", "Home", "--wifi-hidden", "--wifi-hidden=no", "--claim", "none"),
                      &a),
                0);
        assert_string_equal(a.input.image, "a.png");
        assert_string_equal(a.radio, "sim:/x");
        assert_true(a.json && a.quiet && !a.dry_run);
        assert_int_equal(a.timeout_s, 60);
        assert_int_equal(a.n_over, 4);
        assert_string_equal(profile_key(a.over[0].key)->key, "ssid");
        assert_string_equal(a.over[1].value, "yes");
        assert_string_equal(a.over[2].value, "no");
        assert_string_equal(profile_key(a.over[3].key)->key, "claim");
}

static void misuse_is_refused(void **state)
{
        struct setup_args a;

        (void)state;
        assert_int_equal(parse(ARGS("--json"), &a), -EINVAL); /* which device? */
        assert_int_equal(parse(ARGS("--image", "a", "--label", "b"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "more"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--nonsense"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "-z"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--json=x"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--timeout", "0"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--timeout", "-1"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--timeout", "1x"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--timeout", "99999999999999999999"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--help"), &a), -ECANCELED);
}

static void secrets_are_not_taken_from_argv(void **state)
{
        const struct profile_key *key;
        char option[64];
        struct setup_args a;

        (void)state;
        for (size_t i = 0; (key = profile_key(i)); i++) {
                size_t len = strlen(key->key) - strlen("-file");

                if (!profile_key_is_secret(key))
                        continue;
                assert_string_equal(key->key + len, "-file");
                (void)snprintf(option, sizeof(option), "--%s%.*s=hunter22",
                               strcmp(key->section, "wifi") == 0 ? "wifi-" : "", (int)len, key->key);
                assert_int_equal(parse(ARGS("--label", "a", option), &a), -EINVAL);
                option[strcspn(option, "=")] = 0;
                assert_int_equal(parse(ARGS("--label", "a", option, "hunter22"), &a), -EINVAL);
        }
        assert_int_equal(parse(ARGS("--label", "a", "--wifi-password=hunter22"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--wifi-password", "hunter22"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--token", "hunter22"), &a), -EINVAL);
        assert_int_equal(parse(ARGS("--label", "a", "--secret", "hunter22"), &a), -EINVAL);
}

/* What a device would be set up to, as `usher setup --dry-run --json` tells it. */
static char *plan(struct host *h)
{
        static const char text[] = "ARGHAB123456789 ABCDEFGHJKLMNPQ";
        struct usher_label *label;
        struct usher_job *job;
        char *json;

        assert_int_equal(usher_label_from_text(host_ctx(h), text, strlen(text), &label), 0);
        assert_int_equal(usher_job_new(host_ctx(h), "setup", label, &job), 0);
        assert_int_equal(usher_job_get_plan(job, &json), 0);
        usher_job_free(job);
        usher_label_free(label);
        return json;
}

static void options_lie_over_the_profile(void **state)
{
        const struct host_settings settings = {};
        struct trouble why = {};
        struct setup_args a;
        struct host *h;
        char *json;

        (void)state;
        assert_int_equal(host_new(&settings, &h), 0);
        assert_int_equal(
                parse(ARGS("--label", "a", "--wifi-ssid", "Guests", "--claim", "none", "--name", "Attic"),
                      &a),
                0);
        assert_int_equal(setup_profile(&a, a.profile, h, &why), 0);
        json = plan(h);
        assert_non_null(strstr(json, "\"networks\":[{\"ssid\":\"Guests\""));
        assert_non_null(strstr(json, "\"claim\":\"none\""));
        assert_non_null(strstr(json, "\"name\":\"Attic\""));
        free(json);

        assert_int_equal(parse(ARGS("--label", "a", "--claim", "everybody"), &a), 0);
        assert_int_equal(setup_profile(&a, a.profile, h, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "everybody"));
        assert_int_equal(parse(ARGS("--label", "a", "--profile", "/nonexistent/site.ini"), &a), 0);
        assert_int_not_equal(setup_profile(&a, a.profile, h, &why), 0);
        assert_non_null(strstr(why.cause, "/nonexistent/site.ini"));
        host_free(h);
}

static void help_names_all_but_what_is_refused(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);

        (void)state;
        help_print(verb_find("setup"), f);
        (void)fclose(f);
        assert_non_null(strstr(text, "--wifi-password-file FILE"));
        assert_non_null(strstr(text, "--wifi-hidden[=yes|no]"));
        assert_null(strstr(text, "--wifi-password "));
        assert_null(strstr(text, "--token "));
        free(text);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_row_is_whole),
                cmocka_unit_test(guesses),
                cmocka_unit_test(options_are_guessed),
                cmocka_unit_test(setup_options_arrive),
                cmocka_unit_test(misuse_is_refused),
                cmocka_unit_test(secrets_are_not_taken_from_argv),
                cmocka_unit_test(options_lie_over_the_profile),
                cmocka_unit_test(help_names_all_but_what_is_refused),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
