/* SPDX-License-Identifier: Apache-2.0 */

/* What is asked of a device that is not to be set up: its networks, and everything that it tells of itself.
 */

#include "proto/control.h"
#include "setup/flow/diagnosis.h"
#include "setup/flow/diagnostics.h"
#include "setup/flow/steps.h"
#include "setup/flow/wifi-seen.h"
#include <errno.h>
#include <string.h>

/* wifi-list */
static bool wifi_list_skip(const struct job *j)
{
        return j->now.known_asked;
}

static enum step_move wifi_list_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_ask(run, &(struct port_request){ .type = CONTROL_WIFI_GET_KNOWN_NETWORKS }, 1, r);
}

static enum step_move wifi_list_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        if (reply->result < 0)
                return step_refused(r, CONTROL_WIFI_GET_KNOWN_NETWORKS, reply->result);
        if (message_decode_get_known_networks_reply(reply->payload, reply->len, &j->now.known) < 0)
                return step_garbled(r, CONTROL_WIFI_GET_KNOWN_NETWORKS);
        j->now.known_asked = true;
        return STEP_NEXT;
}

/* wifi-forget: the profile's networks, or all. The device says 0 whatever it did (device.md 3.6), so that
 * its list is read back in the same flight. */
static bool wifi_forget_skip(const struct job *j)
{
        return j->device.forgot;
}

static enum step_move wifi_forget_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct buf body[PROFILE_NETWORKS_MAX];
        struct port_request flight[PROFILE_NETWORKS_MAX + 1];
        size_t wanted = j->asked.task == TASK_WIFI_CLEAR ? 0 : j->asked.profile.n_networks, n = 0;
        enum step_move move;
        int e = 0;

        if (wanted == 0 && j->asked.task != TASK_WIFI_CLEAR)
                return step_fail(r, FAULT_CONFIG, "no Wi-Fi network was given");
        for (; n < wanted && e >= 0; n++) {
                const struct wifi_network *w = &j->asked.profile.networks[n];

                body[n] = buf_init(64);
                e = message_encode_known_network_request(w->ssid, w->ssid_len, &body[n]);
                flight[n] = (struct port_request){ CONTROL_WIFI_REMOVE_KNOWN_NETWORK, body[n].data,
                                                   body[n].len };
        }
        wanted = n;
        if (n == 0)
                flight[n++] = (struct port_request){ .type = CONTROL_WIFI_CLEAR_KNOWN_NETWORKS };
        flight[n++] = (struct port_request){ .type = CONTROL_WIFI_GET_KNOWN_NETWORKS };
        move = e < 0 ? step_errno(r, e) : step_ask(run, flight, n, r);
        for (size_t i = 0; i < wanted; i++)
                buf_done(&body[i]);
        return move;
}

/* What it was to forget and knows all the same; NULL: nothing. */
static const struct message_known_network *still_known(const struct job *j)
{
        const struct profile *p = &j->asked.profile;
        const struct message_known_network *left = NULL;

        if (j->asked.task == TASK_WIFI_CLEAR)
                return j->now.known.n > 0 ? &j->now.known.network[0] : NULL;
        for (size_t i = 0; !left && i < p->n_networks; i++)
                left = wifi_known(&j->now.known, &p->networks[i]);
        return left;
}

static enum step_move wifi_forget_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *list = &a->ask->reply[a->ask->n - 1];
        const struct message_known_network *left;
        char ssid[WIFI_TEXT_MAX];

        for (size_t i = 0; i + 1 < a->ask->n; i++)
                if (a->ask->reply[i].result < 0)
                        return step_refused(r,
                                            j->asked.task == TASK_WIFI_CLEAR
                                                    ? CONTROL_WIFI_CLEAR_KNOWN_NETWORKS
                                                    : CONTROL_WIFI_REMOVE_KNOWN_NETWORK,
                                            a->ask->reply[i].result);
        if (list->result < 0)
                return step_refused(r, CONTROL_WIFI_GET_KNOWN_NETWORKS, list->result);
        if (message_decode_get_known_networks_reply(list->payload, list->len, &j->now.known) < 0)
                return step_garbled(r, CONTROL_WIFI_GET_KNOWN_NETWORKS);
        left = still_known(j);
        if (left) {
                wifi_ssid_text(left->ssid, left->ssid_len, ssid);
                return step_fail(r, FAULT_DEVICE_REFUSED, "it still knows \"%s\"", ssid);
        }
        j->device.forgot = true;
        return STEP_NEXT;
}

/* inspect: every answer may be missing. In passing, for a report, nothing else may change by it, nor fail:
 * it is asked once, and only of a device that the setup talks to. */
enum { MODE, DONE, PROTECTION, MODULES, SIM, _N };

static bool in_passing(const struct job *j)
{
        return j->asked.task != TASK_INSPECT;
}

static bool inspect_skip(const struct job *j)
{
        return j->now.inspection.asked || (in_passing(j) && (!j->asked.inspect || job_is_over(j)));
}

static enum step_move inspect_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct port_request flight[_N + DIAGNOSIS_FLIGHT_MAX] = {
                [MODE] = { .type = CONTROL_GET_DEVICE_MODE },
                [DONE] = { .type = CONTROL_IS_DEVICE_SETUP_DONE },
                [PROTECTION] = { .type = CONTROL_GET_PROTECTED_STATE },
                [MODULES] = { .type = CONTROL_GET_MODULE_INFO },
                [SIM] = { .type = CONTROL_CELLULAR_GET_ACTIVE_SIM },
        };
        struct diagnosis_flight f;
        int e = diagnosis_requests(j, &f);

        if (e < 0)
                return step_errno(r, e);
        memcpy(flight + _N, f.request, f.n * sizeof(f.request[0]));
        return step_ask(run, flight, _N + f.n, r);
}

/* The last request of the flight asks for it. */
static int keep_text(struct inspection *to, const struct port_reply *reply)
{
        if (reply->result < 0 || reply->len > DIAGNOSTICS_TEXT_MAX)
                return 0;
        free(to->diagnostics);
        to->diagnostics = calloc(1, reply->len + 1);
        if (!to->diagnostics)
                return -ENOMEM;
        if (reply->len)
                memcpy(to->diagnostics, reply->payload, reply->len);
        return 0;
}

static void know_nothing(struct inspection *to)
{
        to->mode = to->setup_done = to->protection = to->connection = -1;
}

static enum step_move inspect_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;
        struct port_replies rest = { reply + _N, a->ask->n - _N };
        struct inspection *to = &j->now.inspection;
        struct diagnosis before = j->diagnosis;
        struct message_protected_state state;
        bool done;
        int e;

        know_nothing(to);
        if (reply[MODE].result >= 0)
                (void)message_decode_get_device_mode_reply(reply[MODE].payload, reply[MODE].len, &to->mode);
        if (reply[DONE].result >= 0 &&
            message_decode_is_device_setup_done_reply(reply[DONE].payload, reply[DONE].len, &done) >= 0)
                to->setup_done = done;
        if (reply[PROTECTION].result >= 0 &&
            message_decode_get_protected_state_reply(reply[PROTECTION].payload, reply[PROTECTION].len,
                                                     &state) >= 0)
                to->protection = state.state;
        if (reply[MODULES].result >= 0)
                (void)message_decode_get_module_info_reply(reply[MODULES].payload, reply[MODULES].len,
                                                           &to->modules);
        if (reply[SIM].result >= 0)
                (void)message_decode_get_active_sim_reply(reply[SIM].payload, reply[SIM].len,
                                                          &j->modem.active_sim);
        if (rest.n > 0 && rest.reply[0].result >= 0)
                (void)message_decode_get_connection_status_reply(rest.reply[0].payload, rest.reply[0].len,
                                                                 &to->connection);
        diagnosis_note(j, &rest);
        if (in_passing(j))
                j->diagnosis = before; /* it is not yet meant to be online */
        e = rest.n > 0 ? keep_text(to, &rest.reply[rest.n - 1]) : 0;
        if (e < 0 && !in_passing(j))
                return step_errno(r, e);
        to->asked = true;
        return STEP_NEXT;
}

/* The flight was dropped, and what comes of it still would be taken for the answer to something else: the
 * setup goes on with another link (device.md 3.4). */
static enum step_move inspect_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        if (!in_passing(j))
                return STEP_FAIL;
        know_nothing(&j->now.inspection);
        j->now.inspection.asked = true;
        j->now.linked = j->now.session = false;
        return STEP_NEXT;
}

const struct step_acts inspect_acts = { MENDS(inspect) };
const struct step_acts wifi_list_acts = { ASKS(wifi_list) };
const struct step_acts wifi_forget_acts = { ASKS(wifi_forget) };
