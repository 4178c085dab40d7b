/* SPDX-License-Identifier: Apache-2.0 */

/* Wi-Fi: which network, and joining it. The device validates a join before it saves it, which takes up to 90
 * seconds. A refused join is followed by a scan, and what the device itself sees decides what the person is
 * told (wifi-seen.c), and whether joining again may help. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include "setup/flow/wifi-seen.h"
#include <stdio.h>
#include <string.h>

static const struct port_request scan_request = { .type = CONTROL_WIFI_SCAN_NETWORKS };

/* Known to want a password and has none. */
static bool lacks_password(const struct job *j, const struct wifi_network *n)
{
        const struct message_network *ap = wifi_seen(j, n);

        if (n->password || n->security == WIFI_OPEN)
                return false;
        return n->security != WIFI_SECURITY_AUTO || (ap && ap->security != WIFI_OPEN);
}

static step_answer_fn wifi_join_answer;
static enum step_move give_up_network(struct job *j, struct step_result *r);

/* wifi-choose: a scan where somebody must choose from it: the operator, or we among several networks */
static bool wifi_choose_skip(const struct job *j)
{
        const struct profile *p = &j->asked.profile;

        if (j->wifi.join == JOIN_DONE || job_is_over(j))
                return true;
        if (p->n_networks > 1)
                return j->now.scanned;
        return p->n_networks == 1 && !(j->now.scanned && lacks_password(j, &p->networks[0]));
}

static enum step_move ask_for(struct job *j, struct step_result *r)
{
        r->question = j->asked.profile.n_networks == 0 ? QUESTION_WIFI_NETWORK : QUESTION_WIFI_PASSWORD;
        (void)step_fail(r, FAULT_CONFIG, "no Wi-Fi network was given");
        return STEP_ASK;
}

/* Of several networks the others are saved later: what the device keeps is asked before a join changes it.
 */
static enum step_move wifi_choose_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        static const struct port_request look[] = { { .type = CONTROL_WIFI_GET_KNOWN_NETWORKS },
                                                    { .type = CONTROL_WIFI_SCAN_NETWORKS } };

        if (j->now.scanned && j->asked.profile.n_networks < 2)
                return ask_for(j, r);
        if (j->asked.profile.n_networks > 1)
                return step_ask(run, look, ELEMENTSOF(look), r);
        return step_ask(run, &scan_request, 1, r);
}

static enum step_move wifi_choose_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = &a->ask->reply[a->ask->n - 1];

        if (a->ask->n > 1)
                wifi_known_note(j, a->ask->reply);
        if (reply->result < 0 && reply->result != CONTROL_BUSY && j->asked.profile.n_networks > 1) {
                j->now.scanned = true; /* and saw nothing: the profile's order counts */
                return STEP_NEXT;
        }
        if (reply->result < 0) {
                (void)step_refused(r, CONTROL_WIFI_SCAN_NETWORKS, reply->result);
                r->again = reply->result != CONTROL_PROTECTED && reply->result != CONTROL_NOT_ALLOWED;
                return STEP_FAIL;
        }
        if (!wifi_scan_note(j, reply))
                return step_garbled(r, CONTROL_WIFI_SCAN_NETWORKS);
        return j->asked.profile.n_networks > 1 ? STEP_NEXT : ask_for(j, r);
}

static int wifi_choose_answer(struct job *j, enum question_kind question, struct wifi_network *network,
                              struct trouble *ret_trouble)
{
        struct wifi_network *mine = &j->asked.profile.networks[0];
        int e;

        if (question == QUESTION_WIFI_PASSWORD)
                return wifi_join_answer(j, question, network, ret_trouble);
        if (!network) {
                j->now.scanned = false;
                return 0;
        }
        if (!lacks_password(j, network)) {
                e = wifi_network_check(network, ret_trouble);
                if (e < 0)
                        return e;
        } else if (network->ssid_len == 0 || network->ssid_len > WIFI_SSID_MAX) {
                return trouble_set(ret_trouble, FAULT_CONFIG, "a network name has 1 to 32 bytes");
        }
        *mine = *network;
        *network = (struct wifi_network){};
        j->asked.profile.n_networks = 1;
        j->wifi.network = 0;
        return 0;
}

/* wifi-join */
static bool wifi_join_skip(const struct job *j)
{
        return j->wifi.join == JOIN_DONE || job_is_over(j);
}

/* Without a scan, or for what the scan does not show, the profile's order counts. */
static int rank(const struct job *j, size_t i)
{
        const struct message_network *ap = wifi_seen(j, &j->asked.profile.networks[i]);

        return ap ? ap->rssi : -1000;
}

static int next_network(const struct job *j)
{
        int best = -1;

        for (size_t i = 0; i < j->asked.profile.n_networks; i++)
                if (!(j->wifi.tried & 1u << i) && (best < 0 || rank(j, i) > rank(j, (size_t)best)))
                        best = (int)i;
        return best;
}

/* No scan of an RTL872x shows a network of WPA3 alone, and firmware before 5.7 takes the security of what no
 * scan shows from nowhere else (device.md 4.3): it would answer that it does not find the network. */
static bool wants_newer_os(const struct job *j, const struct wifi_network *n)
{
        const struct platform *p = job_model(j);

        return p && p->rtl && n->security == WIFI_WPA3 && !job_os_at_least(j, 5, 7, 0);
}

static enum step_move join(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(WIFI_BODY_MAX);
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];
        int e = wifi_encode_join(j, n, &body);

        if (wants_newer_os(j, n)) {
                (void)step_fail(
                        r, FAULT_WIFI_SETTINGS,
                        "WPA3 alone needs Device OS 5.7 on this device, which runs %s: update it first "
                        "(min-os = 5.7.0), or give it another network",
                        j->identity.os);
                return give_up_network(j, r);
        }
        if (e < 0)
                return step_errno(r, e);
        j->wifi.join = JOIN_SENT;
        j->now.looked = false;
        return step_ask(run, &(struct port_request){ CONTROL_WIFI_JOIN_NEW_NETWORK, body.data, body.len }, 1,
                        r);
}

/* A join that was sent and not answered may have worked: the device finishes it without us (device.md 3.4).
 * Only the current network tells; the list of known ones may hold the name from before. */
static enum step_move wifi_join_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (j->wifi.network < 0)
                j->wifi.network = next_network(j);
        if (j->wifi.network < 0)
                return step_fail(r, FAULT_CONFIG, "no Wi-Fi network was given");
        switch (j->wifi.join) {
        case JOIN_SENT:
        case JOIN_UNSURE:
                j->wifi.join = JOIN_UNSURE;
                return step_ask(run, &(struct port_request){ .type = CONTROL_WIFI_GET_CURRENT_NETWORK }, 1,
                                r);
        case JOIN_REFUSED:
        case JOIN_ASTRAY: return step_ask(run, &scan_request, 1, r);
        case JOIN_UNTRIED:
        case JOIN_DONE: break;
        }
        return join(j, run, r);
}

/* These validate and connect at the same time, and the two may get into each other's way (device.md 4.3). */
static bool may_be_spurious(const struct job *j)
{
        return strncmp(j->identity.os, "5.8.0", 5) == 0 || strncmp(j->identity.os, "6.1.", 4) == 0;
}

static enum step_move joined(struct job *j, int32_t result, struct step_result *r)
{
        bool first = j->wifi.join_result == 0;

        if (result >= 0) {
                j->wifi.join = JOIN_DONE;
                return STEP_NEXT;
        }
        j->wifi.join = JOIN_UNTRIED;
        if (result == CONTROL_PROTECTED || result == CONTROL_NOT_ALLOWED || result == CONTROL_NOT_SUPPORTED)
                return step_refused(r, CONTROL_WIFI_JOIN_NEW_NETWORK, result);
        j->wifi.join_result = result;
        if (first && may_be_spurious(j) && result != CONTROL_BUSY)
                return step_fail(r, FAULT_WIFI_JOIN, "Device OS %s sometimes fails at first",
                                 j->identity.os);
        j->wifi.join = JOIN_REFUSED;
        return step_later(r, FAULT_WIFI_JOIN, "the join failed: looking what the device sees");
}

static bool is_network(const struct message_network *seen, const struct wifi_network *n)
{
        return seen->ssid_len == n->ssid_len && memcmp(seen->ssid, n->ssid, n->ssid_len) == 0;
}

static bool is_now(const struct port_reply *reply, const struct wifi_network *n)
{
        struct message_network now;

        return message_decode_get_current_network_reply(reply->payload, reply->len, &now) == 0 &&
               is_network(&now, n);
}

static enum step_move checked(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];
        struct message_network now;

        if (j->now.resumed && !j->now.looked) { /* nobody knows since when: it may be on its way */
                j->now.looked = true;
                if (reply->result < 0 || !is_now(reply, n))
                        return step_later(r, FAULT_WIFI_JOIN,
                                          "the link was lost during the join: looking again");
        }
        j->wifi.join = JOIN_UNTRIED;
        if (reply->result < 0)
                return step_later(r, FAULT_WIFI_JOIN, "the link was lost during the join: joining again");
        if (message_decode_get_current_network_reply(reply->payload, reply->len, &now) < 0)
                return step_garbled(r, CONTROL_WIFI_GET_CURRENT_NETWORK);
        if (!is_network(&now, n))
                return step_later(r, FAULT_WIFI_JOIN, "the link was lost during the join: joining again");
        j->wifi.join = JOIN_DONE;
        return STEP_NEXT;
}

int wifi_note_current(struct job *j, const struct port_reply *reply)
{
        struct message_network now;
        int e = message_decode_get_current_network_reply(reply->payload, reply->len, &now);

        for (size_t i = 0; e == 0 && i < j->asked.profile.n_networks; i++)
                if (is_network(&now, &j->asked.profile.networks[i])) {
                        j->wifi.network = (int)i;
                        j->wifi.join = JOIN_DONE;
                }
        if (j->wifi.join == JOIN_UNTRIED)
                j->wifi.join = JOIN_UNSURE;
        return e;
}

/* The one network there is was refused for its password, or for having none: whoever is there may say it. */
static bool lacks_right_password(const struct job *j)
{
        return j->asked.profile.n_networks == 1 && (j->wifi.join_trouble.fault == FAULT_WIFI_PASSWORD ||
                                                    (j->wifi.join_trouble.fault == FAULT_WIFI_SETTINGS &&
                                                     !j->asked.profile.networks[0].password));
}

/* A join of the only network can help no more than another look, until the device sees it. */
static bool is_waited_for(const struct job *j, const struct step_result *r)
{
        return j->asked.profile.n_networks == 1 && r->trouble.fault == FAULT_WIFI_NOT_SEEN;
}

/* The join failed for a reason that is known now: the next network, or the person, or another try. What the
 * person hears is why the best of several networks failed, which was the first. */
static enum step_move give_up_network(struct job *j, struct step_result *r)
{
        bool again = r->again;

        if (is_waited_for(j, r))
                return STEP_FAIL;
        j->wifi.join = JOIN_UNTRIED;
        j->wifi.join_result = 0;
        if (j->wifi.tried == 0)
                j->wifi.join_trouble = r->trouble;
        j->wifi.hidden = false;
        j->wifi.tried |= 1u << j->wifi.network;
        j->wifi.network = next_network(j);
        if (j->wifi.network >= 0)
                return step_later(r, j->wifi.join_trouble.fault, "%s", j->wifi.join_trouble.cause);
        j->wifi.tried = 0;
        (void)step_fail(r, j->wifi.join_trouble.fault, "%s", j->wifi.join_trouble.cause);
        r->again = r->again && again;
        if (lacks_right_password(j)) {
                r->question = QUESTION_WIFI_PASSWORD;
                return STEP_ASK;
        }
        return STEP_FAIL;
}

/* The scan after a refused join. */
static enum step_move explained(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        bool was_unseen = j->now.unseen;

        j->now.scanned = false;
        if (reply->result >= 0 && !wifi_scan_note(j, reply))
                return step_garbled(r, CONTROL_WIFI_SCAN_NETWORKS);
        j->now.unseen = j->now.scanned && !wifi_seen(j, &j->asked.profile.networks[j->wifi.network]);
        if (was_unseen && j->now.scanned && !j->now.unseen) {
                j->wifi.join = JOIN_UNTRIED;
                return step_later(r, FAULT_WIFI_JOIN, "the device sees the network now: joining again");
        }
        wifi_tell_why(j, r);
        return give_up_network(j, r);
}

/* The scan of an Argon that joined and does not find the network again: one that is in no scan is hidden,
 * and is joined once more as such (device.md 3.9). */
static enum step_move traced(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];

        j->wifi.join = JOIN_DONE;
        if (reply->result < 0)
                return STEP_NEXT;
        if (!wifi_scan_note(j, reply))
                return step_garbled(r, CONTROL_WIFI_SCAN_NETWORKS);
        if (wifi_seen(j, n))
                return STEP_NEXT;
        j->wifi.hidden = true;
        j->wifi.join = JOIN_UNTRIED;
        return step_later(r, FAULT_WIFI_JOIN, "the network is in no scan: joining it again as a hidden one");
}

static enum step_move wifi_join_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        switch (j->wifi.join) {
        case JOIN_SENT: return joined(j, reply->result, r);
        case JOIN_UNSURE: return checked(j, reply, r);
        case JOIN_REFUSED: return explained(j, reply, r);
        case JOIN_ASTRAY: return traced(j, reply, r);
        case JOIN_UNTRIED:
        case JOIN_DONE: break;
        }
        return STEP_NEXT;
}

/* On RTL872x a scan that sees nothing resets the radio (device.md 3.8), and the link with it: then the scan
 * has said what it can, and if the join before it met a radio that waits for that reset, it has said it all.
 */
static enum step_move wifi_join_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (j->wifi.join != JOIN_REFUSED || !a->link_lost)
                return STEP_FAIL;
        j->now.scanned = j->wifi.join_result == CONTROL_BUSY;
        if (j->now.scanned) {
                j->now.scan.n = 0;
                j->now.empty_scans++;
        }
        wifi_tell_why(j, r);
        return give_up_network(j, r);
}

static int wifi_join_answer(struct job *j, enum question_kind question, struct wifi_network *network,
                            struct trouble *ret_trouble)
{
        struct wifi_network *mine = &j->asked.profile.networks[j->wifi.network < 0 ? 0 : j->wifi.network];
        struct wifi_network asked = *mine;
        int e;

        (void)question;
        asked.password = network->password;
        e = wifi_network_check(&asked, ret_trouble);
        if (e < 0)
                return e;
        secret_free(mine->password);
        mine->password = TAKE_PTR(network->password);
        wifi_network_done(network);
        return 0;
}

const struct step_acts wifi_choose_acts = { ASKS(wifi_choose), .answer = wifi_choose_answer };
const struct step_acts wifi_join_acts = { MENDS(wifi_join), .answer = wifi_join_answer };
