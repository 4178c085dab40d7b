/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/fuzz/hostile-run.h"
#include "proto/base/text.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "setup/cli/line.h"
#include "setup/cli/progress.h"
#include "setup/engine/report.h"
#include "setup/engine/told.h"
#include "setup/flow/profile/read.h"
#include "setup/flow/runner.h"
#include "setup/flow/step.h"
#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RADIO_MS = 50, CLOUD_MS = 100, OPS_MAX = 60000, QUESTIONS_MAX = 50, DEADLINE_MS = 24 * 3600 * 1000 };

/* the ports */
enum op_kind { OP_FIND, OP_CONNECT, OP_CLOUD };

struct world_op {
        struct op op;
        struct world *world;
        const struct world_kind *kind;
        enum op_kind what;
        struct timer *timer;
        answer_fn done;
        void *userdata;
        struct port_query query;
};

static const struct world_kind *kind_now;

static void op_drop(struct op *op)
{
        struct world_op *o = (struct world_op *)op;

        timer_free(o->timer);
        if (o->world->radio == o)
                o->world->radio = NULL;
        o->world->alive--;
        free(o);
}

static void found(struct world_op *o, uint8_t how)
{
        struct port_peer peer = { .name = "Argon-4ABCDE", .address = "here", .rssi = -(int)how };

        if (how > 200)
                peer.name = hostile_text(&o->world->in, peer.name);
        o->done(o->userdata, &(struct answer){ .peer = &peer });
}

static void connected(struct world_op *o, uint8_t how)
{
        struct port_link link = { .version = how > 240 ? how : 2, .max_write = how & 1 ? 20 : 244 };

        o->world->linked = true;
        if (kind_now->connected)
                kind_now->connected(o->world, &link);
        o->done(o->userdata, &(struct answer){ .link = &link });
}

static void radio_fails(struct world_op *o)
{
        static const enum fault faults[] = { FAULT_DEVICE_NOT_FOUND, FAULT_BT_CONNECT,
                                             FAULT_BT_POWERED_OFF,   FAULT_BT_BUSY,
                                             FAULT_LINK_LOST,        FAULT_INTERNAL,
                                             FAULT_BT_NO_ADAPTER,    FAULT_DEVICE_NO_SECRET };
        struct answer a = {};

        (void)trouble_set(&a.trouble, faults[hostile_byte(&o->world->in) % ELEMENTSOF(faults)], "%s",
                          hostile_text(&o->world->in, ""));
        o->done(o->userdata, &a);
}

static void fire(void *userdata)
{
        struct world_op *o = userdata;
        uint8_t how = hostile_byte(&o->world->in);

        o->timer = timer_free(o->timer);
        if (how == 0xfe)
                return; /* never answers */
        switch (o->what) {
        case OP_FIND:
        case OP_CONNECT:
                if (how >= 0xfa)
                        radio_fails(o);
                else if (o->what == OP_FIND)
                        found(o, how);
                else
                        connected(o, how);
                break;
        case OP_CLOUD: hostile_answer(&o->world->cloud, &o->query, o->done, o->userdata); break;
        }
}

static int begin(struct ports *p, enum op_kind what, const struct port_query *query, answer_fn done,
                 void *userdata, struct op **ret)
{
        struct world *w = (struct world *)p;
        struct world_op *o = calloc(1, sizeof(*o));

        assert(o);
        *o = (struct world_op){
                .op.free = op_drop, .world = w, .what = what, .done = done, .userdata = userdata
        };
        if (query)
                o->query = *query;
        w->alive++;
        w->ops++;
        if (what != OP_CLOUD) {
                assert(!w->radio && !w->linked);
                w->radio = o;
        }
        assert(timer_new(NULL, what == OP_CLOUD ? CLOUD_MS : RADIO_MS, fire, o, &o->timer) == 0);
        *ret = &o->op;
        return 0;
}

static int world_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                      struct op **ret)
{
        assert(strlen(target->setup_code) == 6);
        return begin(p, OP_FIND, NULL, done, userdata, ret);
}

static size_t world_heard(struct ports *p, struct port_heard ret[static PORT_HEARD_MAX])
{
        struct world *w = (struct world *)p;
        size_t n = hostile_byte(&w->in) % (PORT_HEARD_MAX + 1);

        for (size_t i = 0; i < n; i++) {
                snprintf(ret[i].name, sizeof(ret[i].name), "%s", hostile_text(&w->in, "Boron-4ABCDF"));
                snprintf(ret[i].setup_code, sizeof(ret[i].setup_code), "%s", hostile_text(&w->in, "4ABCDF"));
        }
        return n;
}

static int world_connect(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        return begin(p, OP_CONNECT, NULL, done, userdata, ret);
}

/* What a question must hold, whatever the world has said before. */
static void check_query(const struct port_query *q)
{
        switch (q->ask) {
        case CLOUD_SERIAL: assert(q->serial.serial[0]); break;
        case CLOUD_DEVICE: assert(q->device.device_id[0]); break;
        case CLOUD_CLAIM: assert(q->claim.device_id[0]); break;
        case CLOUD_RENAME: assert(q->rename.device_id[0] && q->rename.name[0]); break;
        case CLOUD_FIRMWARE: assert(q->firmware.platform_id && q->firmware.os_version); break;
        case CLOUD_PRODUCT: assert(q->product.product_id); break;
        case CLOUD_MEMBER: assert(q->member.product_id && q->member.serial[0]); break;
        case CLOUD_IMPORT: assert(q->import.product_id && q->import.device_id[0]); break;
        case CLOUD_MARK: assert(q->mark.product_id && q->mark.device_id[0]); break;
        case CLOUD_SIM: assert(q->sim.iccid[0]); break;
        case CLOUD_SIM_ACTIVATE: assert(q->sim_activate.iccid[0]); break;
        case CLOUD_ACCOUNT:
        case CLOUD_CLAIM_CODE:
        case CLOUD_LIMIT:
        case _CLOUD_ASK_MAX: break;
        }
}

static int world_cloud(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                       struct op **ret)
{
        check_query(query);
        return begin(p, OP_CLOUD, query, done, userdata, ret);
}

/* the run */
struct run {
        struct world world;
        struct job job;
        struct runner *runner;
        struct progress *progress;
        struct report *report;
        FILE *events;
        unsigned results, questions;
        uint64_t ms;
};

static void clean(const char *text, const char *where)
{
        char copy[TROUBLE_CAUSE_MAX];

        snprintf(copy, sizeof(copy), "%s", text);
        text_clean(copy);
        if (strcmp(copy, text) != 0 || strstr(text, MARK)) {
                fprintf(stderr, "not clean, or a secret, in %s: %s\n", where, text);
                abort();
        }
}

static void answer(struct run *run, enum question_kind question)
{
        struct wifi_network n = { .security = WIFI_SECURITY_AUTO };
        struct trouble why;

        if (++run->questions > QUESTIONS_MAX)
                return; /* nobody is there any more */
        if (question == QUESTION_WIFI_NETWORK) {
                memcpy(n.ssid, "Home", 4);
                n.ssid_len = hostile_byte(&run->world.in) ? 5 : 4;
        }
        if (question != QUESTION_WIFI_NETWORK || !(hostile_byte(&run->world.in) & 1))
                assert(secret_new(MARK "word", strlen(MARK "word"), &n.password) == 0);
        if (runner_answer(run->runner, &n, &why) < 0) {
                run->questions = QUESTIONS_MAX + 1;
                wifi_network_done(&n);
        }
}

static void put_event(const struct run *run, const struct told *t)
{
        char *line;

        assert(told_line(t, &line) == 0 && line_put(run->events, line) == 0);
        free(line);
}

static void show_step(const struct run *run, const struct runner_event *e)
{
        const struct trouble *why = &e->trouble;

        progress_step(
                run->progress,
                &(struct progress_step){ .text = e->text,
                                         .state = told_state(e->state),
                                         .light = e->light,
                                         .hint = e->hint,
                                         .sentence = why->fault ? fault_info(why->fault)->sentence : NULL,
                                         .cause = why->cause[0] ? why->cause : NULL,
                                         .try = e->try,
                                         .of = e->of,
                                         .ms = e->ms,
                                         .limit_ms = e->limit_ms,
                                         .part = e->part,
                                         .whole = e->whole });
}

static void show_end(const struct run *run)
{
        const struct job *job = &run->job;

        progress_result(run->progress, &(struct progress_end){ .done = job->end.outcome == JOB_DONE,
                                                               .trouble = job->end.trouble,
                                                               .serial = job->asked.label.serial,
                                                               .id = job_device_id(job),
                                                               .platform = job_platform(job),
                                                               .os = job->identity.os,
                                                               .owner = job->cloud.owner_name,
                                                               .name = job->cloud.name,
                                                               .ms = run->ms });
}

static void on_event(void *userdata, const struct runner_event *e)
{
        struct run *run = userdata;

        assert(run->results == 0);
        clean(e->trouble.cause, e->step ? e->step : "the result");
        report_event(run->report, e);
        switch (e->kind) {
        case RUNNER_STEP:
                if (getenv("TRACE"))
                        fprintf(stderr, "%8llu %s %s %u %s: %s\n", (unsigned long long)timer_now_ms(),
                                e->step, told_state(e->state), e->try, fault_info(e->trouble.fault)->key,
                                e->trouble.cause);
                assert(e->try >= 1 && e->try <= e->of);
                show_step(run, e);
                put_event(run, &(struct told){ .kind = TOLD_STEP, .job = &run->job, .event = e });
                break;
        case RUNNER_RESULT:
                run->results++;
                run->ms = e->ms;
                break;
        case RUNNER_QUESTION: answer(run, e->question); break;
        }
}

static bool is_over(void *userdata)
{
        struct run *run = userdata;

        return run->results > 0 || run->world.ops > OPS_MAX;
}

static void take_job(struct run *run)
{
        static const char *const labels[] = { "ARNKAB1234ABCDE " MARK_MOBILE, "B40HAB1234ABCDE " MARK_MOBILE,
                                              "P046AB1234ABCDE " MARK_MOBILE, "ZZZZAB1234ABCDE " MARK_MOBILE,
                                              "P046AB1234ABCDE " MARK "SECR" };
        static const char *const profiles[] = {
                "[setup]\nname = Lamp {code}\n[wifi]\nssid = Home\n",
                "[setup]\nclaim = none\n[wifi]\nssid = Home\n[wifi 2]\nssid = Other\nhidden = yes\n",
                "[setup]\nclaim = user\n",
                ("[setup]\nclaim = product\nproduct = 4711\nclaim-user = me@x\nnotes = x\ngroups = a,b\n"
                 "development = yes\n[wifi]\nssid = Home\n"),
                "[setup]\nclaim = user\n[cellular]\nsim = external\napn = x\ncountry = DE\n",
                "[setup]\nclaim = user\nethernet = yes\nrequest-transfer = yes\n",
                "[setup]\nclaim = user\nmin-os = 5.0.0\n[wifi]\nssid = Home\nsecurity = wpa3\n",
                "[setup]\nclaim = customer\nproduct = 4711\nname = x\nrelease = yes\n[wifi]\nssid = Home\n",
                "[setup]\nclaim = none\nmin-os = 7.0.0\n[cellular]\nsim = internal\n",
        };
        struct hostile *in = &run->world.in;
        const char *label = labels[hostile_byte(in) % ELEMENTSOF(labels)];
        uint8_t which = hostile_byte(in), task = hostile_byte(in);
        const char *profile = profiles[which % ELEMENTSOF(profiles)];
        struct profile p;
        struct trouble why;
        struct label l;

        assert(label_parse(label, strlen(label), &l, &why) == 0);
        if (profile_parse(profile, strlen(profile), &p, &why) < 0) {
                fprintf(stderr, "%s: %s\n", profile, why.cause);
                abort();
        }
        for (size_t i = 0; i < p.n_networks; i++)
                assert(p.networks[i].password ||
                       secret_new(MARK "word", strlen(MARK "word"), &p.networks[i].password) == 0);
        if (which >= 0x80 && p.claim == CLAIM_USER)
                assert(secret_new(MARK "code", strlen(MARK "code"), &p.claim_code) == 0);
        job_init(&run->job, &l, &p);
        run->job.asked.task = task < 0x80 ? TASK_SETUP : (enum task)(task % _TASK_MAX);
        if (run->job.asked.task == TASK_UPDATE)
                run->job.asked.profile.claim = CLAIM_USER;
        else if (run->job.asked.task != TASK_SETUP)
                run->job.asked.profile.claim = CLAIM_NONE;
}

static bool asks_cloud(const struct job *j)
{
        return j->asked.task == TASK_SETUP && (FOR_CLOUD & 1u << j->asked.profile.claim);
}

/* The result against what the world has said. */
static void check_result(const struct run *run)
{
        const struct job *j = &run->job;
        const struct world *w = &run->world;
        bool failed = j->end.outcome == JOB_FAILED || j->end.outcome == JOB_PENDING;

        assert(run->results == 1);
        assert(j->end.outcome == JOB_DONE || failed);
        assert((j->end.trouble.fault != FAULT_NONE) == failed);
        assert((j->end.trouble.fault == FAULT_PENDING) == (j->end.outcome == JOB_PENDING));
        assert(!j->end.verified || j->end.outcome == JOB_DONE);
        if (j->end.outcome != JOB_DONE)
                return;
        if (asks_cloud(j))
                assert(j->end.verified && w->cloud.said_mine);
        if (j->end.verified && (TASKS_DONE & 1u << j->asked.task))
                assert(w->device.said_connected || w->cloud.said_online);
}

static void check_texts(char *text, const char *where, bool json)
{
        char *line = text;

        if (strstr(text, MARK)) {
                fprintf(stderr, "a secret in %s: %s\n", where, text);
                abort();
        }
        for (const char *c = text; *c; c++)
                if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f ||
                    (c[0] == '\xc2' && (unsigned char)c[1] >= 0x80 && (unsigned char)c[1] < 0xa0)) {
                        fprintf(stderr, "a control character in %s: %s\n", where, text);
                        abort();
                }
        while (json && line[0]) {
                char *end = strchr(line, '\n');
                json_t *parsed;

                assert(end);
                parsed = json_loadb(line, (size_t)(end - line), 0, NULL);
                assert(parsed);
                json_decref(parsed);
                line = end + 1;
        }
}

static void check_json(json_t *taken)
{
        _cleanup_(freep) char *text = json_dumps(taken, JSON_COMPACT | JSON_ENCODE_ANY);

        assert(text);
        check_texts(text, "the report", false);
        json_decref(taken);
}

/* The whole reads the machine's list of packages, which takes longer than a run. */
static void check_report(const struct run *run, bool whole)
{
        _cleanup_(freep) char *text = NULL;

        check_json(report_device(&run->job));
        check_json(report_wifi(&run->job));
        check_json(report_inspection(&run->job));
        check_json(report_diagnosis(&run->job));
        if (!whole)
                return;
        assert(report_text(run->report, &run->job, &(struct report_facts){ .verb = "setup", .ms = run->ms },
                           &text) == 0);
        check_json(json_loads(text, 0, NULL));
}

static void init_world(struct run *run, const struct world_kind *kind, struct ports_ops *ops)
{
        struct world *w = &run->world;
        uint8_t k = hostile_byte(&w->in);

        *ops = (struct ports_ops){ .find = world_find,
                                   .heard = world_heard,
                                   .connect = world_connect,
                                   .open = kind->open,
                                   .ask = kind->ask,
                                   .hang_up = kind->hang_up,
                                   .exchanges = kind->exchanges,
                                   .cloud = world_cloud };
        w->ports.ops = ops;
        w->device = (struct hostile_device){ .in = &w->in, .connects_after = k % 16u };
        w->cloud = (struct hostile_cloud){ .in = &w->in,
                                           .device = &w->device,
                                           .me = "me@x",
                                           .owner = (k & 16)   ? "me@x"
                                                    : (k & 32) ? "other@x"
                                                               : NULL };
        w->cloud.online = k & 64;
        kind_now = kind;
        if (kind->init)
                kind->init(w);
}

static void run_to_the_end(struct run *run, uint8_t how)
{
        uint64_t deadline_ms = how < 0x80 ? DEADLINE_MS : (how & 0x3fu) * 20000u + 1000u;

        assert(runner_new(&run->job, &run->world.ports, on_event, run, &run->runner) == 0);
        runner_set_interactive(run->runner, how & 0x40);
        assert(runner_start(run->runner) == 0 && runner_set_deadline(run->runner, deadline_ms) == 0);
        (void)timer_virtual_run(is_over, run, deadline_ms + 1);
        if (run->world.ops > OPS_MAX || run->results == 0 ||
            (run->job.end.trouble.fault == FAULT_TIMEOUT && how < 0x80 && run->questions <= QUESTIONS_MAX)) {
                fprintf(stderr, "without an end: %u operations\n", run->world.ops);
                abort();
        }
        run->runner = runner_free(run->runner);
        run->world.drop = timer_free(run->world.drop);
}

void hostile_run(const struct world_kind *kind, const uint8_t *data, size_t len)
{
        static bool ready;
        static struct run run;
        struct ports_ops ops;
        char *told, *events;
        size_t told_len, events_len;
        FILE *f;

        if (!ready)
                assert(secret_init() == 0 && setenv("TERM", "dumb", 1) == 0);
        ready = true;
        run = (struct run){ .world.in = { data, len, "" } };
        take_job(&run);
        init_world(&run, kind, &ops);
        run.job.asked.inspect = hostile_byte(&run.world.in) & 1;
        f = open_memstream(&told, &told_len);
        run.events = open_memstream(&events, &events_len);
        assert(f && run.events && progress_new(f, false, &run.progress) == 0 &&
               report_new(&run.report) == 0);
        run_to_the_end(&run, hostile_byte(&run.world.in));
        show_end(&run);
        put_event(&run, &(struct told){ .kind = TOLD_RESULT, .job = &run.job, .ms = run.ms });
        progress_free(run.progress);
        fclose(f);
        fclose(run.events);
        check_texts(told, "progress", false);
        check_texts(events, "events", true);
        check_report(&run, len % 64 == 63);
        check_result(&run);
        if (kind->done)
                kind->done(&run.world);
        assert(run.world.alive == 0 && timer_virtual_pending() == 0);
        report_free(run.report);
        free(told);
        free(events);
        job_done(&run.job);
}
