/* SPDX-License-Identifier: Apache-2.0 */

/* The machine that usher runs on: what is installed, its clock, its way to the API, the device cloud's name
 * and port as a device would use them, the token, the radio. What cannot be judged because something else
 * is missing is a note, so that one cause is one problem. */

#include "setup/doctor/doctor-private.h"
#include "setup/doctor/link-params.h"
#include "setup/doctor/netcheck.h"
#include "setup/doctor/probe.h"
#include "setup/label/child.h"
#include "setup/ports/airtime.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LINK_INTERVAL_GOOD_US = 15000, LINK_SUPERVISION_MIN_MS = 4000, LINK_SUPERVISION_MAX_MS = 6000 };
enum { DAY_S = 86400, TOKEN_SOON_DAYS = 7 };

static void check_files(struct doctor *d)
{
        const char *path = d->config->profile_path;
        struct stat st;

        if (child_find(d->config->programs, CHILD_DECODE) < 0)
                doctor_problem(
                        d, DOCTOR_DECODER,
                        &(struct trouble){
                                FAULT_INSTALLATION,
                                "usher-decode, without which no picture can be read, is not in its place" });
        else if (child_find(d->config->programs, CHILD_SCAN) < 0)
                doctor_problem(
                        d, DOCTOR_DECODER,
                        &(struct trouble){
                                FAULT_INSTALLATION,
                                "usher-scan, without which no camera can be read, is not in its place" });
        else
                doctor_ok(d, DOCTOR_DECODER, "usher-decode and usher-scan are in their place");
        if (!path)
                return;
        if (stat(path, &st) == 0 && (st.st_mode & S_IWOTH))
                doctor_say(d, DOCTOR_PROFILE, DOCTOR_PROBLEM, FAULT_CONFIG, NULL,
                           "everybody may write to %s: chmod o-w it", path);
        else
                doctor_say(d, DOCTOR_PROFILE, DOCTOR_OK, FAULT_NONE, NULL, "%s and its files are in order",
                           path);
}

static void on_api(void *userdata, const struct netcheck_answer *a)
{
        struct doctor *d = userdata;

        if (a->trouble.fault == FAULT_NONE)
                doctor_say(d, DOCTOR_API, DOCTOR_OK, FAULT_NONE, NULL, "answers in %" PRIu64 " ms", a->ms);
        else
                doctor_problem(d, DOCTOR_API, &a->trouble);
        if (!a->clock_known)
                doctor_note(d, DOCTOR_CLOCK, "it could not be compared: the cloud tells no time", NULL);
        else if (a->clock_ahead_s > NETCHECK_CLOCK_MAX_S || a->clock_ahead_s < -NETCHECK_CLOCK_MAX_S)
                doctor_say(d, DOCTOR_CLOCK, DOCTOR_PROBLEM, FAULT_CLOCK, NULL,
                           "%" PRId64 " minutes %s the cloud's",
                           (a->clock_ahead_s < 0 ? -a->clock_ahead_s : a->clock_ahead_s) / 60,
                           a->clock_ahead_s < 0 ? "behind" : "ahead of");
        else
                doctor_ok(d, DOCTOR_CLOCK, "agrees with the cloud's");
        d->api = op_free(d->api);
}

static int ask_api(struct doctor *d)
{
        struct netcheck_config config = { .loop = d->loop,
                                          .url = d->config->cloud_url,
                                          .proxy = d->token.proxy,
                                          .ca_file = d->config->cloud_ca };
        struct trouble why;
        int r;

        doctor_expect(d, DOCTOR_LIBCURL);
        doctor_expect(d, DOCTOR_API);
        doctor_expect(d, DOCTOR_CLOCK);
        r = netcheck_start(&config, on_api, d, &d->api, &why);
        if (r == -ENOMEM)
                return r;
        if (r == -ELIBACC)
                doctor_problem(
                        d, DOCTOR_LIBCURL,
                        &(struct trouble){
                                FAULT_INSTALLATION,
                                "libcurl (package libcurl4) is missing: without it the cloud cannot be asked" });
        else
                doctor_ok(d, DOCTOR_LIBCURL, "libcurl is installed");
        if (r < 0) {
                if (r == -EINVAL)
                        doctor_problem(d, DOCTOR_API, &why);
                else
                        doctor_note(d, DOCTOR_API, "it could not be asked", NULL);
                doctor_note(d, DOCTOR_CLOCK, "it could not be compared with the cloud's", NULL);
        }
        return 0;
}

/* token */
static void say_token(struct doctor *d, const struct said_account *account)
{
        int64_t left_s = account->token_expires_s ? account->token_expires_s - timer_wall_s() : 0;
        const char *user = account->user ? account->user : "a product's API user";

        if (account->token_expires_s && left_s < TOKEN_SOON_DAYS * DAY_S)
                doctor_say(d, DOCTOR_TOKEN, DOCTOR_NOTE, FAULT_NONE,
                           "Have a new one ready: 'particle token create', or sign in again.",
                           "%s's; it ends in %" PRId64 " hours", user, left_s / 3600);
        else
                doctor_say(d, DOCTOR_TOKEN, DOCTOR_OK, FAULT_NONE, NULL, "%s's, from %s", user,
                           d->token.origin);
}

static void on_account(void *userdata, const struct answer *a)
{
        struct doctor *d = userdata;

        if (a->trouble.fault == FAULT_NONE)
                say_token(d, said_account(a->cloud));
        else if (fault_info(a->trouble.fault)->exit_code == EXIT_CLOUD)
                doctor_note(d, DOCTOR_TOKEN, "there is one; the API could not tell whether it is good",
                            NULL);
        else
                doctor_problem(d, DOCTOR_TOKEN, &a->trouble);
        d->account = op_free(d->account);
}

static int find_token(struct doctor *d)
{
        struct trouble why = {};
        int r = token_find(d->config->token_file, &d->token, &why);

        if (r < 0)
                trouble_complete(&why, r);
        if (why.fault == FAULT_TOKEN_MISSING)
                doctor_note(d, DOCTOR_TOKEN,
                            "there is none, so devices can only be set up with --claim none",
                            fault_info(why.fault)->advice);
        else if (r < 0)
                doctor_problem(d, DOCTOR_TOKEN, &why);
        else if (!token_is_for(&d->token, d->config->cloud_url ? d->config->cloud_url : d->token.url))
                doctor_note(d, DOCTOR_TOKEN,
                            "the one of the Particle CLI is for another cloud and is not used",
                            "Give this cloud's own token with --token-file.");
        else
                return 1;
        return 0;
}

static int ask_account(struct doctor *d)
{
        doctor_expect(d, DOCTOR_TOKEN);
        return d->ports->ops->cloud(d->ports, ASK_ACCOUNT(), on_account, d, &d->account);
}

/* One world for the token and the device. What is wrong with the radio or the URL is said by their own
 * checks, so that only the token's faults are taken from here. */
static int open_ports(struct doctor *d, bool token)
{
        struct usher_ports_config world = { .radio = d->config->radio,
                                            .cloud_url = d->config->cloud_url ? d->config->cloud_url
                                                                              : d->token.url,
                                            .cloud_proxy = d->token.proxy,
                                            .cloud_ca = d->config->cloud_ca,
                                            .token = token ? d->token.secret : NULL };
        struct trouble why = {};
        int r;

        r = usher_ports_new(d->context, &world, &d->ports, &why);
        if ((r == -EINVAL || r == -ELIBACC) && token) {
                if (why.fault == FAULT_TOKEN_INVALID)
                        doctor_problem(d, DOCTOR_TOKEN, &why);
                else
                        doctor_note(d, DOCTOR_TOKEN, "there is one; it could not be tried", NULL);
                return open_ports(d, false);
        }
        if (r == -EINVAL)
                return 0;
        return r == 0 && token ? ask_account(d) : r;
}

static void on_probe(void *userdata, const struct probe_answer *a)
{
        struct doctor *d = userdata;

        if (a->trouble.fault == FAULT_NONE)
                doctor_say(d, DOCTOR_DEVICE_CLOUD, DOCTOR_OK, FAULT_NONE, NULL,
                           "%s at %s, in %" PRIu64 " ms", a->trouble.cause, a->address, a->ms);
        else
                doctor_problem(d, DOCTOR_DEVICE_CLOUD, &a->trouble);
        d->probe = op_free(d->probe);
}

/* What BlueZ's main.conf gives new connections; device.md 3.1 and 3.2 say what devices want. */
static void check_link(struct doctor *d, const char *used)
{
        static const char advice[] =
                "For faster setups give BlueZ the [LE] section of main.conf.usher (in usher's documentation folder): "
                "an interval of 11.25-15 ms, a supervision timeout of 4-5 s. usher does not change it by itself.";
        struct link_params p;
        char adapter[16], what[96];
        int r;

        (void)snprintf(adapter, sizeof(adapter), "%.*s", (int)strcspn(used, ","), used);
        r = link_params_read(adapter, &p);
        if (r < 0) {
                doctor_say(d, DOCTOR_LINK, DOCTOR_NOTE, FAULT_NONE, NULL, "their interval is not known: %s",
                           strerror(-r));
                return;
        }
        (void)snprintf(what, sizeof(what), "interval %.4g-%.4g ms, supervision timeout %u ms",
                       p.interval_min_us / 1000.0, p.interval_max_us / 1000.0, p.supervision_ms);
        if (p.interval_max_us > LINK_INTERVAL_GOOD_US || p.supervision_ms < LINK_SUPERVISION_MIN_MS ||
            p.supervision_ms > LINK_SUPERVISION_MAX_MS)
                doctor_note(d, DOCTOR_LINK, what, advice);
        else
                doctor_ok(d, DOCTOR_LINK, what);
}

static void check_airtime(struct doctor *d)
{
        char words[AIRTIME_WORDS_MAX];
        struct airtime a;

        if (airtime_find(&a) < 0)
                return;
        airtime_words(&a, words);
        doctor_note(
                d, DOCTOR_AIRTIME, words,
                "If connects fail, move it to 5 GHz, or give usher a Bluetooth adapter on a USB cable of "
                "its own.");
}

static void on_radio(void *userdata, const struct answer *a)
{
        struct doctor *d = userdata;

        if (a->trouble.fault != FAULT_NONE)
                doctor_problem(d, DOCTOR_RADIO, &a->trouble);
        else
                doctor_ok(d, DOCTOR_RADIO, a->trouble.cause);
        if (a->trouble.fault == FAULT_NONE && strncmp(a->trouble.cause, "hci", 3) == 0)
                check_link(d, a->trouble.cause);
        if (a->trouble.fault == FAULT_NONE && strncmp(a->trouble.cause, "hci", 3) == 0)
                check_airtime(d);
        d->radio = op_free(d->radio);
}

static int check_radio(struct doctor *d)
{
        struct radio *radio;
        struct trouble why;
        int r;

        r = context_radio(d->context, d->config->radio, &radio, &why);
        if (r == -EINVAL) {
                doctor_problem(d, DOCTOR_RADIO, &why);
                return 0;
        }
        return r < 0 ? r : radio->ops->check(radio, on_radio, d, &d->radio);
}

static void on_deadline(void *userdata)
{
        static const enum doctor_id mine[] = { DOCTOR_CLOCK, DOCTOR_API, DOCTOR_DEVICE_CLOUD, DOCTOR_RADIO };
        struct doctor *d = userdata;

        if (d->waits[DOCTOR_TOKEN])
                doctor_note(d, DOCTOR_TOKEN, "there is one; the API did not say in time whether it is good",
                            NULL);
        for (size_t i = 0; i < ELEMENTSOF(mine); i++)
                if (d->waits[mine[i]])
                        doctor_problem(d, mine[i], &(struct trouble){ FAULT_TIMEOUT, "no answer in time" });
}

int doctor_gateway_start(struct doctor *d)
{
        const struct doctor_config *c = d->config;
        bool token;
        int r;

        check_files(d);
        token = find_token(d);
        r = ask_api(d);
        if (r == 0 && (token || c->label))
                r = open_ports(d, token);
        if (r == 0) {
                doctor_expect(d, DOCTOR_DEVICE_CLOUD);
                r = probe_start(d->loop, c->device_host, c->device_port, on_probe, d, &d->probe);
        }
        if (r == 0) {
                doctor_expect(d, DOCTOR_RADIO);
                r = check_radio(d);
        }
        return r == 0 ? timer_new(d->loop, DOCTOR_GATEWAY_MS, on_deadline, d, &d->deadline) : r;
}

void doctor_gateway_stop(struct doctor *d)
{
        d->deadline = timer_free(d->deadline);
        d->api = op_free(d->api);
        d->account = op_free(d->account);
        d->probe = op_free(d->probe);
        d->radio = op_free(d->radio);
        d->ports = usher_ports_free(d->ports);
        token_done(&d->token);
}
