/* SPDX-License-Identifier: Apache-2.0 */

/* Facts are copied field by field: a new secret in the job cannot get here by itself. */

#include "setup/cli/report.h"
#include "proto/base/timer.h"
#include "setup/cli/events.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

struct report {
        json_t *timeline;
        uint64_t start_ms;
        int64_t start_s;
};

int report_new(struct report **ret)
{
        struct report *r = calloc(1, sizeof(*r));

        if (!r)
                return -ENOMEM;
        r->timeline = json_array();
        if (!r->timeline) {
                free(r);
                return -ENOMEM;
        }
        r->start_ms = timer_now_ms();
        r->start_s = timer_wall_s();
        *ret = r;
        return 0;
}

struct report *report_free(struct report *r)
{
        if (r)
                json_decref(r->timeline);
        free(r);
        return NULL;
}

int report_step(struct report *r, const struct runner_event *e)
{
        json_t *entry;

        entry = json_pack("{s:I, s:s, s:s, s:i, s:i, s:I, s:s, s:o}", "at_ms",
                          (json_int_t)(timer_now_ms() - r->start_ms), "step", e->step, "state",
                          events_state(e->state), "try", (int)e->try, "of", (int)e->of, "ms",
                          (json_int_t)e->ms, "fault", fault_info(e->fault)->key, "cause",
                          events_text(e->cause));
        return json_array_append_new(r->timeline, entry) < 0 ? -ENOMEM : 0;
}

/* Adds an item to a list that may have failed already. */
static void add(json_t *list, json_t *item)
{
        (void)json_array_append_new(list, item);
}

static json_t *scan(const struct message_networks *seen)
{
        json_t *list = json_array();
        char ssid[WIFI_TEXT_MAX];

        for (size_t i = 0; i < seen->n; i++) {
                const struct message_network *n = &seen->network[i];

                wifi_ssid_text(n->ssid, n->ssid_len, ssid);
                add(list, json_pack("{s:s, s:i, s:i, s:i}", "ssid", ssid, "security", n->security, "channel",
                                    n->channel, "rssi", n->rssi));
        }
        return list;
}

static json_t *modules(const struct message_modules *m)
{
        json_t *list = json_array();

        for (size_t i = 0; i < m->n; i++)
                add(list,
                    json_pack("{s:i, s:I, s:I, s:I, s:I}", "type", m->module[i].type, "index",
                              (json_int_t)m->module[i].index, "version", (json_int_t)m->module[i].version,
                              "checked", (json_int_t)m->module[i].checked, "passed",
                              (json_int_t)m->module[i].passed));
        return list;
}

static json_t *interfaces(const struct message_interfaces *m)
{
        json_t *list = json_array();

        for (size_t i = 0; i < m->n; i++)
                add(list, json_pack("{s:I, s:o, s:i}", "index", (json_int_t)m->entry[i].index, "name",
                                    events_text(m->entry[i].name), "type", m->entry[i].type));
        return list;
}

static json_t *diagnosis(const struct diagnosis *d)
{
        if (!d->asked)
                return json_null();
        return json_pack("{s:b, s:b, s:i, s:b, s:b, s:i, s:i, s:i, s:i, s:b, s:b}", "association_known",
                         d->association_known, "associated", d->associated, "rssi", d->rssi, "address_known",
                         d->address_known, "has_address", d->has_address, "net_status", d->net_status,
                         "cloud_attempts", d->cloud_attempts, "cloud_error", d->cloud_error, "uptime_s",
                         d->uptime_s, "restarted", d->restarted, "listening", d->listening);
}

static json_t *inspection(const struct inspection *i)
{
        json_t *told;

        if (!i->asked)
                return json_null();
        told = i->diagnostics ? json_loads(i->diagnostics, 0, NULL) : NULL;
        return json_pack("{s:i, s:i, s:i, s:o, s:o}", "mode", i->mode, "setup_done", i->setup_done,
                         "protection", i->protection, "modules", modules(&i->modules), "diagnostics",
                         told ? told : json_null());
}

static json_t *device(const struct job *j)
{
        return json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:b, s:i, s:o, s:o, s:o, s:o, s:o}", "serial",
                         events_text(j->label.serial), "id", events_text(job_device_id(j)), "platform",
                         events_text(job_platform(j)), "os", events_text(j->os_version), "peer",
                         events_text(j->peer_name), "rssi", j->peer_rssi, "protected", j->protected,
                         "active_sim", j->active_sim, "iccid", events_text(j->iccid), "interfaces",
                         interfaces(&j->interfaces), "scan", scan(&j->scan), "diagnosis",
                         diagnosis(&j->diagnosis), "inspection", inspection(&j->inspection));
}

static json_t *whole(struct report *r, const struct job *job, uint64_t ms)
{
        struct utsname u = { .release = "?" };
        char started[32] = "";
        time_t start = (time_t)r->start_s;
        struct tm tm;

        (void)uname(&u);
        if (gmtime_r(&start, &tm))
                (void)strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
        return json_pack("{s:i, s:s, s:s, s:s, s:s, s:O, s:o, s:o}", "v", 1, "usher", USHER_VERSION,
                         "kernel", u.release, "machine", u.machine, "started", started, "timeline",
                         r->timeline, "device", device(job), "result", events_result_object(job, ms));
}

int report_save(struct report *r, const char *path, const struct job *job, uint64_t ms)
{
        _cleanup_(closep) int fd = -1;
        json_t *j = whole(r, job, ms);
        int e = 0;

        if (!j)
                return -ENOMEM;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
        if (fd < 0)
                e = -errno;
        else if (json_dumpfd(j, fd, JSON_INDENT(1) | JSON_PRESERVE_ORDER) < 0)
                e = -EIO;
        json_decref(j);
        return e;
}
