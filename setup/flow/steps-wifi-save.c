/* SPDX-License-Identifier: Apache-2.0 */

/* wifi-save: the profile's other networks, where the firmware can keep them without joining (507,
 * device.md 4.1). One more than the device's list holds takes the place of the last, which may be the
 * network that was joined just now (device.md 3.9): so only as many are sent as there is room for. Then the
 * list is read back, and what is not in it as it was meant is told with the result: the device is set up all
 * the same, and has a second choice less.
 */

#include "proto/control.h"
#include "setup/flow/steps.h"
#include "setup/flow/wifi-seen.h"
#include <string.h>

void wifi_known_note(struct job *j, const struct port_reply *reply)
{
        j->now.kept.asked = true;
        j->now.kept.known =
                reply->result >= 0 &&
                message_decode_get_known_networks_reply(reply->payload, reply->len, &j->now.kept.list) >= 0;
}

static bool wifi_save_skip(const struct job *j)
{
        return j->wifi.saved || j->asked.profile.n_networks < 2 || j->wifi.join != JOIN_DONE ||
               j->identity.protected || job_is_over(j);
}

/* Entries that are free after the join, whose own is not in a list that was read before it. */
static size_t room(const struct job *j)
{
        size_t used = j->now.kept.list.n;

        if (!wifi_known(&j->now.kept.list, &j->asked.profile.networks[j->wifi.network]))
                used++;
        return used < WIFI_KNOWN_MAX ? WIFI_KNOWN_MAX - used : 0;
}

/* Bits: networks that are to be stored, in the profile's order as far as there is room. */
static unsigned to_store(const struct job *j)
{
        size_t left = room(j);
        unsigned bits = 0;

        for (size_t i = 0; i < j->asked.profile.n_networks; i++) {
                bool new = !wifi_known(&j->now.kept.list, &j->asked.profile.networks[i]);

                if ((int)i == j->wifi.network || (j->wifi.tried & 1u << i) || (new &&left == 0))
                        continue;
                left -= new;
                bits |= 1u << i;
        }
        return j->now.kept.known ? bits : 0;
}

/* Nothing was asked before the join, which then was another run's. */
static enum step_move look(const struct job *j, const struct step_run *run, struct step_result *r)
{
        static const struct port_request requests[] = { { .type = CONTROL_WIFI_GET_KNOWN_NETWORKS },
                                                        { .type = CONTROL_WIFI_SCAN_NETWORKS } };

        return step_ask(run, requests, j->now.scanned ? 1 : 2, r);
}

static enum step_move looked(struct job *j, const struct answer *a, struct step_result *r)
{
        wifi_known_note(j, a->ask->reply);
        if (a->ask->n > 1 && a->ask->reply[1].result >= 0)
                (void)wifi_scan_note(j, &a->ask->reply[1]);
        return step_later(r, FAULT_WIFI_JOIN, "saving the other networks");
}

static enum step_move wifi_save_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct buf body[PROFILE_NETWORKS_MAX];
        struct port_request flight[PROFILE_NETWORKS_MAX + 1];
        unsigned bits = to_store(j);
        enum step_move move;
        size_t n = 0;
        int e = 0;

        if (!j->now.kept.asked)
                return look(j, run, r);
        for (size_t i = 0; i < j->asked.profile.n_networks && e >= 0; i++) {
                if (!(bits & 1u << i))
                        continue;
                body[n] = buf_init(WIFI_BODY_MAX);
                e = wifi_encode_stored(j, &j->asked.profile.networks[i], &body[n]);
                flight[n] = (struct port_request){ CONTROL_WIFI_SET_NETWORK_CREDENTIALS, body[n].data,
                                                   body[n].len };
                n++;
        }
        flight[n] = (struct port_request){ .type = CONTROL_WIFI_GET_KNOWN_NETWORKS };
        move = e < 0 ? step_errno(r, e) : step_ask(run, flight, n + 1, r);
        for (size_t i = 0; i < n; i++)
                buf_done(&body[i]);
        return move;
}

/* Why a network is not stored as it was meant; NULL: it is. */
static const char *kept_badly(const struct message_known_networks *list, const struct wifi_network *n)
{
        const struct message_known_network *is = wifi_known(list, n);

        if (!is)
                return "the device does not list it afterwards";
        if ((is->credentials == WIFI_CREDENTIALS_PASSWORD) != (n->password != NULL))
                return n->password ? "the device keeps it without its password"
                                   : "the device keeps it with a password";
        if (n->password && is->security == WIFI_OPEN)
                return "the device keeps it as an open network";
        return NULL;
}

static void add_unsaved(struct trouble *t, const struct wifi_network *n, const char *why)
{
        char name[WIFI_TEXT_MAX];

        wifi_ssid_text(n->ssid, n->ssid_len, name);
        trouble_add(t, "%s\"%s\" (%s)", t->cause[0] ? ", " : "not saved on the device: ", name, why);
}

static void add_refusal(struct trouble *t, const struct wifi_network *n, int32_t result)
{
        const char *code = control_result_name(result);
        struct trouble why = {};

        if (result == CONTROL_NOT_SUPPORTED)
                trouble_add(&why, "its Device OS keeps only networks that it has joined");
        else
                trouble_add(&why, "the device answers %s, %d", code ? code : "an error", (int)result);
        add_unsaved(t, n, why.cause);
}

/* One network of the profile, and the reply to its 507 if there was one. */
static void judge(struct job *j, size_t i, const struct port_reply *reply, struct trouble *t)
{
        const struct wifi_network *n = &j->asked.profile.networks[i];
        const char *bad = kept_badly(&j->now.kept.list, n);

        if (reply && reply->result < 0)
                add_refusal(t, n, reply->result);
        else if (j->wifi.tried & 1u << i)
                add_unsaved(t, n, "it could not be joined");
        else if (!j->now.kept.known)
                add_unsaved(t, n, "the device does not tell which networks it keeps");
        else if (!reply && bad && (int)i != j->wifi.network)
                add_unsaved(t, n, "its list of 10 is full: usher wifi forget makes room");
        else if (bad)
                add_unsaved(t, n, bad);
}

/* The last reply is the list, those before it belong to the networks that were sent. */
static enum step_move wifi_save_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *list = &a->ask->reply[a->ask->n - 1];
        unsigned bits = to_store(j);
        struct trouble t = {};
        size_t at = 0;

        if (!j->now.kept.asked)
                return looked(j, a, r);
        wifi_known_note(j, list);
        if (j->now.kept.known &&
            !wifi_known(&j->now.kept.list, &j->asked.profile.networks[j->wifi.network])) {
                j->wifi.join = JOIN_UNTRIED;
                return step_fail(r, FAULT_WIFI_JOIN, "the device joined the network and does not keep it");
        }
        for (size_t i = 0; i < j->asked.profile.n_networks; i++) {
                bool sent = bits & 1u << i;

                judge(j, i, sent ? &a->ask->reply[at] : NULL, &t);
                at += sent;
        }
        memcpy(j->wifi.unsaved, t.cause, sizeof(j->wifi.unsaved));
        j->wifi.saved = true;
        return STEP_NEXT;
}

const struct step_acts wifi_save_acts = { ASKS(wifi_save) };
