/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Shared by doctor.c, gateway.c and device.c, nobody else. */

#include "proto/base/timer.h"
#include "setup/doctor/doctor.h"
#include "setup/flow/runner.h"
#include "setup/ports/context.h"
#include "setup/ports/ports.h"

struct doctor {
        struct context *context;
        sd_event *loop; /* its own */
        const struct doctor_config *config;
        struct doctor_check *check;
        doctor_told_fn told;
        doctor_over_fn ended;
        void *userdata;
        sd_event_source *post; /* after whatever the loop has done */
        struct timer *first;
        bool has_ended;
        uint64_t start_ms;
        unsigned pending;    /* checks and jobs under way */
        enum doctor_id next; /* to be told */
        bool waits[_DOCTOR_MAX];

        /* the gateway */
        struct token token;
        struct ports *ports; /* NULL: neither token nor device */
        struct op *api, *account, *probe, *radio;
        struct timer *deadline;

        /* the device */
        struct job job;
        bool examined; /* there is a job */
        struct runner *runner;
        struct timer *find_deadline;
        bool over, found, opened;
        char peer[JOB_TEXT_MAX]; /* as it advertises */
};

/* doctor.c */

/* The check will have an answer: whoever calls this gives it. */
void doctor_expect(struct doctor *d, enum doctor_id id);

/* The answer. Without doctor_expect() before, it just counts; a second answer is ignored. */
void doctor_say(struct doctor *d, enum doctor_id id, enum doctor_state state, enum fault fault,
                const char *advice, const char *cause, ...) __attribute__((format(printf, 6, 7)));

/* A good one, a remark, a problem. */
void doctor_ok(struct doctor *d, enum doctor_id id, const char *what);
void doctor_note(struct doctor *d, enum doctor_id id, const char *what, const char *advice);
void doctor_problem(struct doctor *d, enum doctor_id id, const struct trouble *why);

/* gateway.c */
int doctor_gateway_start(struct doctor *d);
void doctor_gateway_stop(struct doctor *d);

/* device.c */
int doctor_device_start(struct doctor *d);
void doctor_device_stop(struct doctor *d);

/* Says what the device has told of itself, or why it has not; after the runner is gone. */
void doctor_device_judge(struct doctor *d);
