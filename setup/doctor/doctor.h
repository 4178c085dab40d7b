/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What `usher doctor` looks at: one row per check, filled as answers come. The gateway's own checks and
 * those of a device run at the same time, each with a deadline. */

#include "cloud/token.h"
#include "setup/flow/job.h"

/* In the order in which they are told. */
enum doctor_id {
        DOCTOR_LIBCURL,
        DOCTOR_DECODER,
        DOCTOR_PROFILE,
        DOCTOR_CLOCK,
        DOCTOR_API,
        DOCTOR_TOKEN,
        DOCTOR_DEVICE_CLOUD,
        DOCTOR_RADIO,
        DOCTOR_LINK,
        DOCTOR_AIRTIME,
        DOCTOR_DEVICE,
        DOCTOR_SESSION,
        DOCTOR_FIRMWARE,
        DOCTOR_MODE,
        DOCTOR_POWER,
        DOCTOR_SIM,
        DOCTOR_NETWORK,
        DOCTOR_CONNECTION,
        _DOCTOR_MAX,
};

enum doctor_state {
        DOCTOR_UNKNOWN, /* under way; at the end: not asked for, or nothing to be said. Not shown */
        DOCTOR_OK,
        DOCTOR_NOTE, /* worth knowing, no problem by itself */
        DOCTOR_PROBLEM,
};

struct doctor_check {
        enum doctor_state state;
        struct trouble trouble; /* the fault is a problem's */
        const char *advice;     /* NULL: a problem's fault knows better; static */
        uint64_t ms;            /* since the doctor began */
};

struct doctor_config {
        const char *radio, *cloud_url;
        const char *cloud_ca;    /* NULL: the system's store */
        const char *device_host; /* of the device cloud */
        uint16_t device_port;
        const char *token_file;
        const char *profile_path; /* NULL: none */
        const char *programs;     /* folder of usher-decode and usher-scan (setup/label/child.h) */
        struct label *label;      /* taken over; NULL: the gateway only */
        struct profile *profile;  /* taken over */
};

struct context;
struct doctor;

/* Deadlines: of the gateway's checks, of hearing the device, of all that is asked of it. */
enum { DOCTOR_GATEWAY_MS = 14000, DOCTOR_FIND_MS = 13000, DOCTOR_DEVICE_MS = 45000 };

/* `told` is called for every check that has an answer, as soon as all before it have one. */
typedef void (*doctor_told_fn)(void *userdata, enum doctor_id id, const struct doctor_check *check);

/* All checks have an answer. The doctor may be freed inside. */
typedef void (*doctor_over_fn)(void *userdata);

/* Begins all checks; they answer from the context's loop. `config`, with all that it points to, and `checks`
 * outlive the doctor. 0, -ENOMEM, ... */
int doctor_new(struct context *context, const struct doctor_config *config, doctor_told_fn told,
               doctor_over_fn over, void *userdata, struct doctor_check checks[static _DOCTOR_MAX],
               struct doctor **ret);

/* Takes NULL, returns NULL; ends what is under way. Not from inside doctor_told_fn. */
struct doctor *doctor_free(struct doctor *d);
DEFINE_CLEANUP(struct doctor *, doctor_free)

/* names.c: "device-cloud", "Device cloud by UDP"; "problem"; what to do about it, or NULL */
const char *doctor_key(enum doctor_id id);
const char *doctor_title(enum doctor_id id);
const char *doctor_state_name(enum doctor_state state);
const char *doctor_advice(const struct doctor_check *check);

/* NULL: there is none. */
const struct doctor_check *doctor_first_problem(const struct doctor_check checks[static _DOCTOR_MAX]);

/* That of the first problem's fault; 0 if there is none. */
int doctor_exit_code(const struct doctor_check checks[static _DOCTOR_MAX]);
