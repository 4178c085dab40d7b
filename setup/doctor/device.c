/* SPDX-License-Identifier: Apache-2.0 */

/* One device, looked at by the flow's own inspection; what it told is put into words here. A device that
 * listens does not try to connect, so what its counters remember of the time before counts then. */

#include "setup/doctor/doctor-private.h"
#include "setup/flow/diagnosis.h"
#include "setup/flow/platform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
        RSSI_WEAK = -88, /* dBm; below it links drop (device.md 1.2) */
        NET_CONNECTED = 4,
        ATTEMPTS_CLEAR = 2,
};

static bool is_mine(enum doctor_id id)
{
        return id >= DOCTOR_DEVICE;
}

/* running */
static void on_event(void *userdata, const struct runner_event *e)
{
        struct doctor *d = userdata;

        if (e->kind == RUNNER_RESULT)
                d->over = true;
        if (e->kind != RUNNER_STEP || e->state != STEP_DONE)
                return;
        if (strcmp(e->step, "find") == 0) {
                d->found = true;
                d->find_deadline = timer_free(d->find_deadline);
                (void)snprintf(d->peer, sizeof(d->peer), "%s", d->job.now.peer_name);
        }
        d->opened |= strcmp(e->step, "session") == 0;
}

static void not_heard(void *userdata)
{
        struct doctor *d = userdata;

        (void)trouble_set(&d->job.end.trouble, FAULT_DEVICE_NOT_FOUND, "%s", d->job.now.search.others);
        d->over = true;
}

int doctor_device_start(struct doctor *d)
{
        int r;

        if (!d->ports) {
                doctor_note(d, DOCTOR_DEVICE, "it cannot be looked for without a radio", NULL);
                return 0;
        }
        for (int id = 0; id < _DOCTOR_MAX; id++)
                if (is_mine((enum doctor_id)id))
                        doctor_expect(d, (enum doctor_id)id);
        job_init(&d->job, d->config->label, d->config->profile);
        d->examined = true;
        d->job.asked.task = TASK_INSPECT;
        r = runner_new(&d->job, d->ports, on_event, d, &d->runner);
        if (r == 0)
                r = runner_set_deadline(d->runner, DOCTOR_DEVICE_MS);
        if (r == 0)
                r = timer_new(d->loop, DOCTOR_FIND_MS, not_heard, d, &d->find_deadline);
        return r == 0 ? runner_start(d->runner) : r;
}

void doctor_device_stop(struct doctor *d)
{
        if (!d->examined)
                return;
        d->find_deadline = timer_free(d->find_deadline);
        d->runner = runner_free(d->runner);
        job_done(&d->job);
        d->examined = false;
}

/* judging */
static void judge_found(struct doctor *d)
{
        const struct job *j = &d->job;

        if (!d->found) {
                struct trouble why = j->end.trouble;

                if (why.fault == FAULT_TIMEOUT)
                        why.fault = FAULT_DEVICE_NOT_FOUND;
                doctor_problem(d, DOCTOR_DEVICE, &why);
                return;
        }
        if (j->radio.rssi == 0)
                doctor_ok(d, DOCTOR_DEVICE, d->peer);
        else if (j->radio.rssi < RSSI_WEAK)
                doctor_say(d, DOCTOR_DEVICE, DOCTOR_NOTE, FAULT_NONE, "Bring it closer to this machine.",
                           "%s, only weakly (%d dBm)", d->peer, j->radio.rssi);
        else
                doctor_say(d, DOCTOR_DEVICE, DOCTOR_OK, FAULT_NONE, NULL, "%s, %d dBm", d->peer,
                           j->radio.rssi);
        if (d->opened)
                doctor_ok(d, DOCTOR_SESSION, "the label fits: the encrypted session is open");
        else
                doctor_problem(d, DOCTOR_SESSION, &j->end.trouble);
}

static void judge_firmware(struct doctor *d)
{
        const struct message_modules *m = &d->job.now.inspection.modules;
        const char *os = d->job.identity.os[0] ? d->job.identity.os : "of unknown version";
        size_t bad = 0;

        for (size_t i = 0; i < m->n; i++)
                bad += (m->module[i].passed & m->module[i].checked) != m->module[i].checked;
        if (bad)
                doctor_say(d, DOCTOR_FIRMWARE, DOCTOR_NOTE, FAULT_NONE,
                           "The cloud completes it once the device is online; over USB: particle update.",
                           "%s, Device OS %s; %zu of %zu modules are not valid", job_platform(&d->job), os,
                           bad, m->n);
        else
                doctor_say(d, DOCTOR_FIRMWARE, DOCTOR_OK, FAULT_NONE, NULL, "%s, Device OS %s, %zu modules",
                           job_platform(&d->job), os, m->n);
}

static void judge_mode(struct doctor *d)
{
        const struct inspection *i = &d->job.now.inspection;

        if (d->job.identity.protected || i->protection == 1)
                doctor_note(d, DOCTOR_MODE, "it is protected and refuses most requests",
                            fault_info(FAULT_DEVICE_PROTECTED)->advice);
        else if (i->mode == DEVICE_MODE_LISTENING && i->setup_done == 0)
                doctor_ok(d, DOCTOR_MODE, "listening mode, setup is not done");
        else if (i->mode == DEVICE_MODE_LISTENING)
                doctor_ok(d, DOCTOR_MODE, "listening mode");
        else if (i->mode == DEVICE_MODE_NORMAL)
                doctor_ok(d, DOCTOR_MODE, "normal operation");
}

static void judge_power(struct doctor *d)
{
        const struct diagnosis *now = &d->job.diagnosis;

        if (diagnosis_is_starved(now))
                doctor_say(
                        d, DOCTOR_POWER, DOCTOR_PROBLEM, FAULT_DEVICE_OFFLINE,
                        "Connect USB power or charge the battery: radio and modem need more than is left.",
                        "it runs on a battery that is at %u percent", now->charge);
        else if (now->power_known)
                doctor_say(d, DOCTOR_POWER, DOCTOR_OK, FAULT_NONE, NULL, "battery at %u percent",
                           now->charge);
}

static void judge_sim(struct doctor *d)
{
        const struct job *j = &d->job;

        if (!(j->identity.families & FAMILY_CELLULAR))
                return;
        if (j->modem.active_sim == SIM_EXTERNAL)
                doctor_note(
                        d, DOCTOR_SIM,
                        "the external SIM is chosen; this choice stays until it is changed, also when the card "
                        "is taken out",
                        "If there is no such card any more: 'usher repair sim' goes back to the internal one.");
        else if (j->modem.active_sim == SIM_INTERNAL)
                doctor_ok(d, DOCTOR_SIM, "the internal SIM is chosen");
}

static bool is_about_cloud(enum fault fault)
{
        return fault == FAULT_DEVICE_NO_INTERNET || fault == FAULT_DEVICE_CLOUD_BLOCKED ||
               fault == FAULT_DEVICE_KEYS;
}

/* What it does not even try is no problem by itself. */
static bool judge_idle(struct doctor *d)
{
        struct job *j = &d->job;

        if (j->now.inspection.mode != DEVICE_MODE_LISTENING ||
            j->now.inspection.connection == CONNECTION_CONNECTING)
                return false;
        if (j->diagnosis.cloud_attempts >= ATTEMPTS_CLEAR) {
                j->diagnosis.net_status = NET_CONNECTED; /* so it was, when it tried */
                return false;
        }
        if (j->identity.families == FAMILY_WIFI && j->now.known.n == 0)
                doctor_note(d, DOCTOR_NETWORK, "it knows no Wi-Fi network",
                            "Give it one: usher setup, with --wifi-ssid and --wifi-password-file.");
        else if (j->now.known.n > 0)
                doctor_say(d, DOCTOR_NETWORK, DOCTOR_OK, FAULT_NONE, NULL, "it knows %zu Wi-Fi networks",
                           j->now.known.n);
        doctor_note(d, DOCTOR_CONNECTION, "it waits for setup and does not connect to its cloud",
                    "Run usher setup, or press RESET to let it connect as it is.");
        return true;
}

static void judge_network(struct doctor *d)
{
        const struct job *j = &d->job;
        struct step_result r = {};

        if (j->now.inspection.connection == CONNECTION_CONNECTED) {
                doctor_ok(d, DOCTOR_NETWORK, "it has a network");
                doctor_ok(d, DOCTOR_CONNECTION, "connected to its cloud");
                return;
        }
        if (j->identity.protected || j->now.inspection.connection < 0)
                return;
        if (judge_idle(d))
                return;
        (void)diagnosis_later(j, &r);
        if (is_about_cloud(r.trouble.fault)) {
                doctor_ok(d, DOCTOR_NETWORK, "it has a network");
                doctor_problem(d, DOCTOR_CONNECTION, &r.trouble);
        } else if (j->diagnosis.net_status == NET_CONNECTED) {
                doctor_ok(d, DOCTOR_NETWORK, "it has a network");
                doctor_note(d, DOCTOR_CONNECTION, r.trouble.cause, "Ask again in a minute.");
        } else {
                doctor_problem(d, DOCTOR_NETWORK, &r.trouble);
        }
}

static void judge(struct doctor *d)
{
        judge_found(d);
        if (!d->opened)
                return;
        if (!d->job.now.inspection.asked) {
                doctor_problem(d, DOCTOR_FIRMWARE, &d->job.end.trouble);
                return;
        }
        judge_firmware(d);
        judge_mode(d);
        judge_power(d);
        judge_sim(d);
        judge_network(d);
}

void doctor_device_judge(struct doctor *d)
{
        judge(d);
        for (int id = 0; id < _DOCTOR_MAX; id++)
                if (is_mine((enum doctor_id)id) && d->waits[id]) {
                        d->waits[id] = false; /* nothing to be said */
                        d->pending--;
                }
}
