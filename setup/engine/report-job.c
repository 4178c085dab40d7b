/* SPDX-License-Identifier: Apache-2.0 */

/* What is personal is told as a fact about it: "the chosen network was heard with -48 dBm", "the owner is
 * somebody else", the last digits of a SIM's number. */

#include "setup/engine/event.h"
#include "setup/engine/record-json.h"
#include "setup/engine/report.h"
#include "setup/flow/job.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { TAIL_LEN = 4 };

static json_t *tail(const char *number)
{
        size_t n = strlen(number);
        char last[TAIL_LEN + 5];

        if (n <= TAIL_LEN)
                return json_null();
        (void)snprintf(last, sizeof(last), "...%s", number + n - TAIL_LEN);
        return json_string(last);
}

static json_t *known(int value)
{
        return value < 0 ? json_null() : json_integer(value);
}

static json_t *interfaces(const struct job *job)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < job->now.interfaces.n; i++) {
                const struct message_interface_entry *e = &job->now.interfaces.entry[i];

                if (json_array_append_new(list, json_pack("{s:i, s:o, s:i}", "index", (int)e->index, "name",
                                                          event_text(e->name), "type", e->type)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

/* And whatever else is known and not personal. */
json_t *report_device(const struct job *job)
{
        json_t *owner = job->cloud.owner == OWNER_UNKNOWN ? json_null()
                                                          : record_json_fact(job, record_find("ownership"));
        json_t *device = json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "serial",
                                   event_text(job->asked.label.serial), "id", event_text(job_device_id(job)),
                                   "platform", event_text(job_platform(job)), "owner", owner, "online",
                                   job_is_online(job), "iccid", tail(job->modem.iccid), "imei",
                                   tail(job->modem.imei), "interfaces", interfaces(job));

        return record_json_add(job, RECORD_PERSONAL, 0, device);
}

/* Wi-Fi */
static const struct wifi_network *chosen(const struct job *job)
{
        if (job->wifi.network >= 0 && (size_t)job->wifi.network < job->asked.profile.n_networks)
                return &job->asked.profile.networks[job->wifi.network];
        return job->asked.profile.n_networks > 0 ? &job->asked.profile.networks[0] : NULL;
}

/* The strongest access point of that name. */
static const struct message_network *heard(const struct job *job, const struct wifi_network *n)
{
        const struct message_network *best = NULL;

        for (size_t i = 0; i < job->now.scan.n; i++) {
                const struct message_network *ap = &job->now.scan.network[i];

                if (ap->ssid_len == n->ssid_len && memcmp(ap->ssid, n->ssid, n->ssid_len) == 0 &&
                    (!best || ap->rssi > best->rssi))
                        best = ap;
        }
        return best;
}

static json_t *about_chosen(const struct job *job)
{
        const struct wifi_network *n = chosen(job);
        const struct message_network *ap = n ? heard(job, n) : NULL;

        if (!n)
                return json_null();
        if (!ap)
                return json_pack("{s:b, s:b}", "seen", false, "hidden", n->hidden);
        return json_pack("{s:b, s:b, s:i, s:i, s:o}", "seen", true, "hidden", n->hidden, "rssi", ap->rssi,
                         "channel", ap->channel, "security", event_text(wifi_security_name(ap->security)));
}

json_t *report_wifi(const struct job *job)
{
        return json_pack("{s:i, s:b, s:i, s:i, s:o}", "given", (int)job->asked.profile.n_networks, "scanned",
                         job->now.scanned, "heard", (int)job->now.scan.n, "join_result",
                         (int)job->wifi.join_result, "chosen", about_chosen(job));
}

/* the device's own words */
static json_t *modules(const struct message_modules *m)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < m->n; i++) {
                const struct message_module *x = &m->module[i];

                if (json_array_append_new(list,
                                          json_pack("{s:i, s:I, s:I, s:b}", "type", x->type, "index",
                                                    (json_int_t)x->index, "version", (json_int_t)x->version,
                                                    "valid", (x->passed & x->checked) == x->checked)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

/* As Device OS names its numbers ("net:rssi"). */
static bool is_name(const char *key)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-";

        return key[strspn(key, letters)] == 0;
}

/* Numbers only, and objects of numbers: a text in there would be somebody's. */
static json_t *numbers(const char *diagnostics)
{
        json_t *all = diagnostics ? json_loads(diagnostics, JSON_REJECT_DUPLICATES, NULL) : NULL;
        const char *key;
        json_t *value;
        void *next;

        if (!json_is_object(all)) {
                json_decref(all);
                return json_null();
        }
        json_object_foreach_safe(all, next, key, value)
                if (!is_name(key) || (!json_is_number(value) && !json_is_object(value)))
                        (void)json_object_del(all, key);
        json_object_foreach(all, key, value) {
                const char *name;
                json_t *inner;

                if (json_is_object(value))
                        json_object_foreach_safe(value, next, name, inner)
                                if (!is_name(name) || !json_is_number(inner))
                                        (void)json_object_del(value, name);
        }
        return all;
}

json_t *report_inspection(const struct job *job)
{
        const struct inspection *i = &job->now.inspection;

        if (!i->asked)
                return json_null();
        return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "mode", known(i->mode), "setup_done",
                         known(i->setup_done), "protection", known(i->protection), "connection",
                         known(i->connection), "modules", modules(&i->modules), "diagnostics",
                         numbers(i->diagnostics));
}

json_t *report_diagnosis(const struct job *job)
{
        const struct diagnosis *d = &job->diagnosis;

        if (!d->asked)
                return json_null();
        return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:i, s:b, s:b}", "associated",
                         d->association_known ? json_boolean(d->associated) : json_null(), "rssi", d->rssi,
                         "address", d->address_known ? json_boolean(d->has_address) : json_null(),
                         "net_status", known(d->counters_known ? d->net_status : -1), "cloud_attempts",
                         known(d->counters_known ? d->cloud_attempts : -1), "cloud_error",
                         d->counters_known ? json_integer(d->cloud_error) : json_null(), "uptime_s",
                         d->uptime_s, "restarted", d->restarted, "forgotten", d->forgotten);
}

/* names */
static void take_out(char *s, const char *what, const char *word)
{
        size_t n = strlen(what), m;
        const char *by = n < strlen(word) ? "***" : word; /* never longer than before */

        m = strlen(by);
        for (char *at = s; n >= m && (at = strstr(at, what)); at += m) {
                memcpy(at, by, m);
                memmove(at + m, at + n, strlen(at + n) + 1);
        }
}

/* In quotes, as it may be any word. */
static void take_out_network(char *s, const uint8_t *ssid, size_t len)
{
        char name[WIFI_TEXT_MAX], quoted[WIFI_TEXT_MAX + 2];

        wifi_ssid_text(ssid, len, name);
        (void)snprintf(quoted, sizeof(quoted), "\"%s\"", name);
        if (name[0])
                take_out(s, quoted, "(network)");
}

static void take_out_people(const struct job *job, char *s)
{
        const char *who[] = { job->cloud.owner_name, job->cloud.user, job->asked.profile.customer,
                              job->asked.profile.claim_user };

        for (size_t i = 0; i < ELEMENTSOF(who); i++)
                if (who[i])
                        take_out(s, who[i], "(person)");
}

/* Its end stands elsewhere in the report. */
static void take_out_numbers(const struct job *job, char *s)
{
        const char *number[] = { job->modem.iccid, job->cloud.iccid, job->modem.imei };

        for (size_t i = 0; i < ELEMENTSOF(number); i++)
                take_out(s, number[i], "(number)");
}

void report_anonymous(const struct job *job, const char *from, size_t size, char *ret)
{
        (void)snprintf(ret, size, "%s", from);
        for (size_t i = 0; i < job->asked.profile.n_networks; i++)
                take_out_network(ret, job->asked.profile.networks[i].ssid,
                                 job->asked.profile.networks[i].ssid_len);
        for (size_t i = 0; i < job->now.scan.n; i++)
                take_out_network(ret, job->now.scan.network[i].ssid, job->now.scan.network[i].ssid_len);
        for (size_t i = 0; i < job->now.known.n; i++)
                take_out_network(ret, job->now.known.network[i].ssid, job->now.known.network[i].ssid_len);
        take_out_people(job, ret);
        take_out_numbers(job, ret);
}
