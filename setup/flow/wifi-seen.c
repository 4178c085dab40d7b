/* SPDX-License-Identifier: Apache-2.0 */

/* A refused join says hardly anything: since 5.8 a wrong password and a network out of reach have the same
 * codes (device.md 4.3). What the device sees tells them apart, and what it cannot see is said, too. */

#include "setup/flow/wifi-seen.h"
#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/profile/wifi-alike.h"
#include <string.h>

enum { WEAK_DBM = -80, NAMES_SHOWN = 4, EMPTY_SCANS_MAX = 2 };

bool wifi_scan_note(struct job *j, const struct port_reply *reply)
{
        j->now.scanned = message_decode_scan_networks_reply(reply->payload, reply->len, &j->now.scan) >= 0;
        if (j->now.scanned)
                j->now.empty_scans = j->now.scan.n > 0 ? 0 : j->now.empty_scans + 1;
        return j->now.scanned;
}

static bool is_rtl(const struct job *j)
{
        const struct platform *p = job_model(j);

        return p && p->rtl;
}

static bool is_named(const struct message_network *ap, const uint8_t *ssid, size_t ssid_len)
{
        return ap->ssid_len == ssid_len && memcmp(ap->ssid, ssid, ssid_len) == 0;
}

const struct message_network *wifi_seen(const struct job *j, const struct wifi_network *n)
{
        const struct message_network *best = NULL;

        for (size_t i = 0; i < j->now.scan.n; i++) {
                const struct message_network *ap = &j->now.scan.network[i];

                if (is_named(ap, n->ssid, n->ssid_len) && (!best || ap->rssi > best->rssi))
                        best = ap;
        }
        return best;
}

size_t wifi_seen_sorted(const struct message_networks *scan,
                        struct message_network ret[static MESSAGE_NETWORKS_MAX])
{
        size_t n_ret = 0;

        for (size_t i = 0; i < scan->n; i++) {
                const struct message_network *seen = &scan->network[i];
                size_t at = 0, drop;

                for (drop = 0; drop < n_ret; drop++)
                        if (ret[drop].ssid_len == seen->ssid_len &&
                            memcmp(ret[drop].ssid, seen->ssid, seen->ssid_len) == 0)
                                break;
                if (seen->ssid_len == 0 || (drop < n_ret && ret[drop].rssi >= seen->rssi) ||
                    (drop == n_ret && n_ret == MESSAGE_NETWORKS_MAX))
                        continue;
                while (at < drop && ret[at].rssi >= seen->rssi)
                        at++;
                memmove(&ret[at + 1], &ret[at], (drop - at) * sizeof(ret[0]));
                ret[at] = *seen;
                n_ret += drop == n_ret;
        }
        return n_ret;
}

/* Another name in the last scan that a person may take for this one (profile/wifi-alike.h), or NULL. */
static const struct message_network *seen_alike(const struct job *j, const struct wifi_network *n)
{
        for (size_t i = 0; j->now.scanned && i < j->now.scan.n; i++) {
                const struct message_network *ap = &j->now.scan.network[i];

                if (wifi_names_alike(ap->ssid, ap->ssid_len, n->ssid, n->ssid_len))
                        return ap;
        }
        return NULL;
}

/* Whether a scan of this device cannot show it: hidden names; on Argon names with ',' or '"'; on RTL872x
 * WPA3-only networks (device.md 3.6). */
static bool scan_is_blind(const struct job *j, const struct wifi_network *n)
{
        if (n->hidden)
                return true;
        if (is_rtl(j))
                return n->security == WIFI_WPA3;
        return memchr(n->ssid, ',', n->ssid_len) || memchr(n->ssid, '"', n->ssid_len);
}

/* No bssid: Argon would stay with that one access point. */
static int encode(const struct wifi_network *n, int security, bool hidden, struct buf *out)
{
        struct message_join m = {
                .ssid_len = n->ssid_len,
                .security = security,
                .credentials = n->password ? WIFI_CREDENTIALS_PASSWORD : WIFI_NO_CREDENTIALS,
                .hidden = hidden,
        };

        memcpy(m.ssid, n->ssid, n->ssid_len);
        return message_encode_join_new_network_request(&m, n->password, out);
}

/* What to say where the device cannot look it up, and the profile does not say it. */
static int security_of(const struct job *j, const struct wifi_network *n)
{
        const struct message_network *ap = j->now.scanned ? wifi_seen(j, n) : NULL;

        if (n->security != WIFI_SECURITY_AUTO)
                return n->security;
        if (!n->password)
                return WIFI_OPEN;
        return ap && ap->security != WIFI_OPEN ? ap->security : WIFI_WPA2;
}

const struct message_known_network *wifi_known(const struct message_known_networks *list,
                                               const struct wifi_network *n)
{
        for (size_t i = 0; i < list->n; i++)
                if (list->network[i].ssid_len == n->ssid_len &&
                    memcmp(list->network[i].ssid, n->ssid, n->ssid_len) == 0)
                        return &list->network[i];
        return NULL;
}

/* Said to be hidden is what the device could not find by a scan: else an Argon joins, and never finds the
 * network again (device.md 3.9). For a hidden network the device takes the request's security
 * (device.md 4.3). */
int wifi_encode_join(const struct job *j, const struct wifi_network *n, struct buf *out)
{
        bool unseen = !is_rtl(j) && j->now.scanned && !wifi_seen(j, n);
        bool hidden = scan_is_blind(j, n) || j->wifi.hidden || unseen;

        return encode(n, n->hidden || j->wifi.hidden || unseen ? security_of(j, n) : n->security, hidden,
                      out);
}

/* RTL872x stores what it is sent, "open" with a password, too (device.md 3.8). */
int wifi_encode_stored(const struct job *j, const struct wifi_network *n, struct buf *out)
{
        return encode(n, security_of(j, n), scan_is_blind(j, n), out);
}

/* why */

/* What versions and models answer to a wrong password (device.md 4.3). */
static bool blames_password(int32_t result)
{
        return result == CONTROL_NOT_FOUND || result == CONTROL_AT_NOT_OK || result == CONTROL_INTERNAL ||
               result == CONTROL_INVALID_STATE || result == CONTROL_INVALID_ARGUMENT;
}

static void add_answer(const struct job *j, const char *how, struct step_result *r)
{
        const char *code = control_result_name(j->wifi.join_result);

        trouble_add(&r->trouble, "%s %s (%d)", how, code ? code : "an error", (int)j->wifi.join_result);
}

/* Names that stand further up in the list, or are empty, are not shown (again). */
static bool is_shown(const struct message_networks *scan, size_t at)
{
        const struct message_network *ap = &scan->network[at];

        for (size_t i = 0; i < at; i++)
                if (is_named(&scan->network[i], ap->ssid, ap->ssid_len))
                        return false;
        return ap->ssid_len > 0;
}

static void add_names(const struct message_networks *scan, struct step_result *r)
{
        char name[WIFI_TEXT_MAX];
        size_t n = 0;

        for (size_t i = 0; i < scan->n && n < NAMES_SHOWN; i++) {
                if (!is_shown(scan, i))
                        continue;
                wifi_ssid_text(scan->network[i].ssid, scan->network[i].ssid_len, name);
                trouble_add(&r->trouble, "%s\"%s\"", n ? ", " : "; it sees ", name);
                n++;
        }
}

static void add_hex(const struct message_network *ap, struct step_result *r)
{
        for (size_t i = 0; i < ap->ssid_len; i++) {
                static const char digits[] = "0123456789abcdef";

                trouble_add(&r->trouble, "%c%c", digits[ap->ssid[i] >> 4], digits[ap->ssid[i] & 15]);
        }
}

static void tell_alike(const struct message_network *ap, const char *wanted, struct step_result *r)
{
        char name[WIFI_TEXT_MAX];

        wifi_ssid_text(ap->ssid, ap->ssid_len, name);
        (void)step_fail(r, FAULT_WIFI_NOT_SEEN,
                        "the device sees \"%s\", which looks like \"%s\" and is another name (case, blanks, "
                        "apostrophe, accents): give it as the device sees it, ssid-hex = ",
                        name, wanted);
        add_hex(ap, r);
        r->again = false;
}

/* A scan that shows nothing at all is looked at twice. */
static void tell_not_seen(const struct job *j, const struct wifi_network *n, const char *name,
                          struct step_result *r)
{
        const struct message_network *alike = seen_alike(j, n);
        bool wpa3 = is_rtl(j) && n->security == WIFI_SECURITY_AUTO && n->password;

        if (alike) {
                tell_alike(alike, name, r);
                return;
        }
        if (j->now.scan.n == 0) {
                (void)step_fail(r, FAULT_WIFI_NOT_SEEN,
                                "the device sees no network at all: is its antenna on?");
                r->again = j->now.empty_scans < EMPTY_SCANS_MAX;
        } else {
                (void)step_fail(r, FAULT_WIFI_NOT_SEEN, "the device sees %zu network%s, but not \"%s\"",
                                j->now.scan.n, j->now.scan.n == 1 ? "" : "s", name);
                add_names(&j->now.scan, r);
        }
        if (wpa3)
                trouble_add(&r->trouble,
                            "%s It cannot see one that takes WPA3 alone: for that say security = wpa3",
                            j->now.scan.n == 0 ? "" : ".");
}

static void tell_seen(const struct job *j, const struct wifi_network *n, const struct message_network *ap,
                      const char *name, struct step_result *r)
{
        const char *security = wifi_security_name(ap->security);

        if (!n->password && ap->security != WIFI_OPEN) {
                (void)step_fail(r, FAULT_WIFI_SETTINGS, "\"%s\" wants a password (%s)", name,
                                security ? security : "?");
                return;
        }
        if (n->password && ap->security == WIFI_OPEN) {
                (void)step_fail(r, FAULT_WIFI_SETTINGS, "\"%s\" is open and takes no password", name);
                return;
        }
        if (ap->rssi < WEAK_DBM)
                (void)step_fail(r, FAULT_WIFI_WEAK, "the device hears \"%s\" with %d dBm", name, ap->rssi);
        else
                (void)step_fail(r,
                                n->password && blames_password(j->wifi.join_result) ? FAULT_WIFI_PASSWORD
                                                                                    : FAULT_WIFI_JOIN,
                                "the device hears \"%s\" well (%d dBm)", name, ap->rssi);
        add_answer(j, " and answers", r);
}

void wifi_tell_why(const struct job *j, struct step_result *r)
{
        const struct wifi_network *n = &j->asked.profile.networks[j->wifi.network];
        const struct message_network *ap = j->now.scanned ? wifi_seen(j, n) : NULL;
        char name[WIFI_TEXT_MAX];

        wifi_ssid_text(n->ssid, n->ssid_len, name);
        if (ap) {
                tell_seen(j, n, ap, name, r);
        } else if (j->now.scanned && !scan_is_blind(j, n)) {
                tell_not_seen(j, n, name, r);
        } else {
                (void)step_fail(r, FAULT_WIFI_JOIN, "\"%s\": the device answers", name);
                add_answer(j, "", r);
        }
}
