/* SPDX-License-Identifier: Apache-2.0 */

/* Wi-Fi: which network, and joining it. The device validates a join before it saves it, which takes up to 90
 * seconds, and its refusal says hardly anything: since 5.8 a wrong password and a network out of reach have
 * the same codes (device.md 4.3). So a refused join is followed by a scan, and what the
 * device itself sees decides what the person is told. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WEAK_DBM = -80, JOIN_BODY_MAX = 256 };

static const struct port_request scan_request = { .type = CONTROL_WIFI_SCAN_NETWORKS };

static bool keep_scan(struct job *j, const struct port_reply *reply)
{
        if (message_decode_scan_networks_reply(reply->payload, reply->len, &j->now.scan) < 0)
                return false;
        j->now.scanned = true;
        return true;
}

/* The strongest access point of that name in the last scan, or NULL. */
static const struct message_network *seen(const struct job *j, const uint8_t *ssid, size_t ssid_len)
{
        const struct message_network *best = NULL;

        for (size_t i = 0; i < j->now.scan.n; i++) {
                const struct message_network *n = &j->now.scan.network[i];

                if (n->ssid_len == ssid_len && memcmp(n->ssid, ssid, ssid_len) == 0 &&
                    (!best || n->rssi > best->rssi))
                        best = n;
        }
        return best;
}

static const struct message_network *seen_network(const struct job *j, const struct wifi_network *n)
{
        return seen(j, n->ssid, n->ssid_len);
}

/* Known to want a password and has none. */
static bool lacks_password(const struct job *j, const struct wifi_network *n)
{
        const struct message_network *ap = seen_network(j, n);

        if (n->password || n->security == WIFI_OPEN)
                return false;
        return n->security != WIFI_SECURITY_AUTO || (ap && ap->security != WIFI_OPEN);
}

static step_answer_fn wifi_join_answer;

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

static enum step_move wifi_choose_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        if (j->now.scanned && j->asked.profile.n_networks < 2)
                return ask_for(j, r);
        return step_ask(run, &scan_request, 1, r);
}

static enum step_move wifi_choose_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        if (reply->result < 0 && reply->result != CONTROL_BUSY && j->asked.profile.n_networks > 1) {
                j->now.scanned = true; /* and saw nothing: the profile's order counts */
                return STEP_NEXT;
        }
        if (reply->result < 0) {
                (void)step_refused(r, CONTROL_WIFI_SCAN_NETWORKS, reply->result);
                r->again = reply->result != CONTROL_PROTECTED && reply->result != CONTROL_NOT_ALLOWED;
                return STEP_FAIL;
        }
        if (!keep_scan(j, reply))
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
        const struct message_network *ap = seen_network(j, &j->asked.profile.networks[i]);

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

/* What the device's own scan cannot show: hidden names; on Argon names with ',' or '"'; on RTL872x WPA3-only
 * networks (device.md 3.6). */
static bool scan_is_blind(const struct job *j, const struct wifi_network *n)
{
        const struct platform *p = job_model(j);

        if (n->hidden)
                return true;
        if (p && p->rtl)
                return n->security == WIFI_WPA3;
        return memchr(n->ssid, ',', n->ssid_len) || memchr(n->ssid, '"', n->ssid_len);
}

/* For a hidden network the device cannot look the security up, and takes the request's (device.md 4.3). */
static int security_to_send(const struct wifi_network *n)
{
        if (n->security == WIFI_SECURITY_AUTO && n->hidden)
                return n->password ? WIFI_WPA2 : WIFI_OPEN;
        return n->security;
}

/* No bssid: Argon would stay with that one access point. Said to be hidden is what the device could not find
 * by a scan: else it joins, and never finds the network again (device.md 3.6). */
static int encode_network(const struct job *j, const struct wifi_network *n, struct buf *out)
{
        struct message_join m = {
                .ssid_len = n->ssid_len,
                .security = security_to_send(n),
                .credentials = n->password ? WIFI_CREDENTIALS_PASSWORD : WIFI_NO_CREDENTIALS,
                .hidden = scan_is_blind(j, n),
        };

        memcpy(m.ssid, n->ssid, n->ssid_len);
        return message_encode_join_new_network_request(&m, n->password, out);
}

static enum step_move join(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(JOIN_BODY_MAX);
        int e = encode_network(j, &j->asked.profile.networks[j->wifi.network], &body);

        if (e < 0)
                return step_errno(r, e);
        j->wifi.join = JOIN_SENT;
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
        case JOIN_REFUSED: return step_ask(run, &scan_request, 1, r);
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
        if (result == CONTROL_BUSY)
                return step_fail(r, FAULT_WIFI_JOIN, "the device is busy");
        j->wifi.join_result = result;
        if (first && may_be_spurious(j))
                return step_fail(r, FAULT_WIFI_JOIN, "Device OS %s sometimes fails at first",
                                 j->identity.os);
        j->wifi.join = JOIN_REFUSED;
        return step_later(r, FAULT_WIFI_JOIN, "the join failed: looking what the device sees");
}

static enum step_move checked(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];
        struct message_network now;

        j->wifi.join = JOIN_UNTRIED;
        if (reply->result < 0)
                return step_later(r, FAULT_WIFI_JOIN, "the link was lost during the join: joining again");
        if (message_decode_get_current_network_reply(reply->payload, reply->len, &now) < 0)
                return step_garbled(r, CONTROL_WIFI_GET_CURRENT_NETWORK);
        if (now.ssid_len != n->ssid_len || memcmp(now.ssid, n->ssid, n->ssid_len) != 0)
                return step_later(r, FAULT_WIFI_JOIN, "the link was lost during the join: joining again");
        j->wifi.join = JOIN_DONE;
        return STEP_NEXT;
}

static void tell_why(const struct job *j, struct step_result *r)
{
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];
        const struct message_network *ap = seen_network(j, n);
        const char *code = control_result_name(j->wifi.join_result);
        char ssid[WIFI_TEXT_MAX];

        wifi_ssid_text(n->ssid, n->ssid_len, ssid);
        if (!code)
                code = "an error";
        if (!j->now.scanned || (!ap && scan_is_blind(j, n)))
                (void)step_fail(r, FAULT_WIFI_JOIN, "\"%s\": the device answers %s (%d)", ssid, code,
                                (int)j->wifi.join_result);
        else if (!ap && j->now.scan.n == 0)
                (void)step_fail(r, FAULT_WIFI_NOT_SEEN,
                                "the device sees no network at all: is its antenna on?");
        else if (!ap)
                (void)step_fail(r, FAULT_WIFI_NOT_SEEN, "the device sees %zu networks, but not \"%s\"",
                                j->now.scan.n, ssid);
        else if (!n->password && ap->security != WIFI_OPEN)
                (void)step_fail(r, FAULT_WIFI_SETTINGS, "\"%s\" wants a password (%s)", ssid,
                                wifi_security_name(ap->security) ? wifi_security_name(ap->security) : "?");
        else if (n->password && ap->security == WIFI_OPEN)
                (void)step_fail(r, FAULT_WIFI_SETTINGS, "\"%s\" is open and takes no password", ssid);
        else if (ap->rssi < WEAK_DBM)
                (void)step_fail(r, FAULT_WIFI_WEAK, "the device hears \"%s\" with %d dBm", ssid, ap->rssi);
        else if (n->password)
                (void)step_fail(r, FAULT_WIFI_PASSWORD, "the device hears \"%s\" well (%d dBm)", ssid,
                                ap->rssi);
        else
                (void)step_fail(r, FAULT_WIFI_JOIN, "\"%s\": the device answers %s (%d)", ssid, code,
                                (int)j->wifi.join_result);
}

/* The join failed for a reason that is known now: the next network, or the person, or another try. What the
 * person hears is why the best of several networks failed, which was the first. */
/* The one network there is was refused for its password, or for having none: whoever is there may say it. */
static bool lacks_right_password(const struct job *j)
{
        return j->asked.profile.n_networks == 1 && (j->wifi.join_trouble.fault == FAULT_WIFI_PASSWORD ||
                                                    (j->wifi.join_trouble.fault == FAULT_WIFI_SETTINGS &&
                                                     !j->asked.profile.networks[0].password));
}

static enum step_move give_up_network(struct job *j, struct step_result *r)
{
        j->wifi.join = JOIN_UNTRIED;
        j->wifi.join_result = 0;
        if (j->wifi.tried == 0)
                j->wifi.join_trouble = r->trouble;
        j->wifi.tried |= 1u << j->wifi.network;
        j->wifi.network = next_network(j);
        if (j->wifi.network >= 0)
                return step_later(r, j->wifi.join_trouble.fault, "%s", j->wifi.join_trouble.cause);
        j->wifi.tried = 0;
        (void)step_fail(r, j->wifi.join_trouble.fault, "%s", j->wifi.join_trouble.cause);
        if (lacks_right_password(j)) {
                r->question = QUESTION_WIFI_PASSWORD;
                return STEP_ASK;
        }
        return STEP_FAIL;
}

static enum step_move wifi_join_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        switch (j->wifi.join) {
        case JOIN_SENT: return joined(j, reply->result, r);
        case JOIN_UNSURE: return checked(j, reply, r);
        case JOIN_REFUSED:
        case JOIN_UNTRIED:
        case JOIN_DONE: break;
        }
        j->now.scanned = false;
        if (reply->result >= 0 && !keep_scan(j, reply))
                return step_garbled(r, CONTROL_WIFI_SCAN_NETWORKS);
        tell_why(j, r);
        return give_up_network(j, r);
}

/* On RTL872x a scan that sees nothing resets the radio (device.md 3.8), and the link with it: then the scan
 * has said what it can. */
static enum step_move wifi_join_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (j->wifi.join != JOIN_REFUSED || !a->link_lost)
                return STEP_FAIL;
        j->now.scanned = false;
        tell_why(j, r);
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

/* wifi-save: the profile's other networks, where the firmware can keep them without joining (507,
 * device.md 4.1). Losing this costs nothing but a second choice. */
static bool wifi_save_skip(const struct job *j)
{
        return j->wifi.saved || j->asked.profile.n_networks < 2 || j->wifi.join != JOIN_DONE ||
               j->identity.protected || job_is_over(j);
}

static enum step_move wifi_save_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct buf body[PROFILE_NETWORKS_MAX];
        struct port_request flight[PROFILE_NETWORKS_MAX];
        enum step_move move = STEP_NEXT;
        size_t n = 0;
        int e = 0;

        for (size_t i = 0; i < j->asked.profile.n_networks && e >= 0; i++) {
                if ((int)i == j->wifi.network || (j->wifi.tried & 1u << i))
                        continue;
                body[n] = buf_init(JOIN_BODY_MAX);
                e = encode_network(j, &j->asked.profile.networks[i], &body[n]);
                flight[n] = (struct port_request){ CONTROL_WIFI_SET_NETWORK_CREDENTIALS, body[n].data,
                                                   body[n].len };
                n++;
        }
        if (e < 0)
                move = step_errno(r, e);
        else if (n > 0)
                move = step_ask(run, flight, n, r);
        for (size_t i = 0; i < n; i++)
                buf_done(&body[i]);
        return move;
}

static enum step_move wifi_save_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->wifi.saved = true;
        return STEP_NEXT;
}

const struct step_acts wifi_choose_acts = { ASKS(wifi_choose), .answer = wifi_choose_answer };
const struct step_acts wifi_join_acts = { MENDS(wifi_join), .answer = wifi_join_answer };
const struct step_acts wifi_save_acts = { ASKS(wifi_save) };
