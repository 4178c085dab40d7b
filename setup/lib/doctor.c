/* SPDX-License-Identifier: Apache-2.0 */

/* What is wrong with this machine, or with a device: setup/doctor as events, a CHECK for each of its rows
 * and a VERDICT at the end. */

#include "setup/doctor/doctor.h"
#include "cloud/ca.h"
#include "proto/base/timer.h"
#include "setup/doctor/probe.h"
#include "setup/lib/check.h"
#include "setup/lib/ctx-private.h"
#include "setup/lib/label-private.h"
#include <errno.h>
#include <string.h>

struct usher_doctor {
        struct usher_ctx *ctx;
        struct doctor *doctor;
        struct doctor_config config;
        struct doctor_check checks[_DOCTOR_MAX];
        struct label label;
        struct profile profile;
        char host[PROBE_HOST_MAX + 1];
        uint64_t start_ms;
        struct usher_event *verdict; /* kept from the start: it must not be lost */
};

/* ---- telling ---- */

/* Without memory a check is lost; the verdict knows it all the same. */
static void on_check(void *userdata, enum doctor_id id, const struct doctor_check *check)
{
        struct usher_doctor *d = userdata;
        struct usher_event *e = calloc(1, sizeof(*e));

        if (!e)
                return;
        *e = (struct usher_event){ .kind = USHER_EVENT_CHECK,
                                   .subject = d,
                                   .step = doctor_key(id),
                                   .text = doctor_title(id),
                                   .state = doctor_state_name(check->state),
                                   .ms = check->ms,
                                   .trouble = check->trouble,
                                   .said_by_cause = !check_sentence(id, check),
                                   .advice = doctor_advice(check) };
        (void)check_line(id, check, &e->json);
        event_put(&d->ctx->events, e);
}

static void on_over(void *userdata)
{
        struct usher_doctor *d = userdata;
        const struct doctor_check *problem = doctor_first_problem(d->checks);
        struct usher_event *e = TAKE_PTR(d->verdict);

        e->kind = USHER_EVENT_VERDICT;
        e->subject = d;
        e->ms = timer_now_ms() - d->start_ms;
        (void)verdict_line(d->checks, e->ms, &e->json);
        if (problem) {
                e->trouble = problem->trouble;
                e->said_by_cause = !check_sentence((enum doctor_id)(problem - d->checks), problem);
                e->advice = doctor_advice(problem);
        }
        event_put(&d->ctx->events, e);
        d->doctor = doctor_free(d->doctor);
}

/* ---- asking ---- */

static void take_device_cloud(struct usher_doctor *d)
{
        const char *value = ctx_text(d->ctx, SETTING_DEVICE_CLOUD);

        d->config.device_host = PROBE_HOST;
        d->config.device_port = PROBE_PORT;
        if (value && probe_address(value, d->host, &d->config.device_port) == 0)
                d->config.device_host = d->host;
}

static void take_settings(struct usher_doctor *d)
{
        const struct usher_ctx *c = d->ctx;
        const char *token = ctx_text(c, SETTING_TOKEN_FILE), *programs = ctx_text(c, SETTING_LIBEXEC_FOLDER);

        d->config.radio = ctx_text(c, SETTING_RADIO);
        d->config.cloud_url = ctx_text(c, SETTING_CLOUD);
        d->config.cloud_ca = ctx_text(c, SETTING_CLOUD_CA);
        d->config.token_file = token && token[0] ? token : NULL;
        d->config.profile_path = c->profile_path;
        d->config.programs = !programs ? LIBEXEC_DIR : programs[0] ? programs : NULL;
}

static int take_device(struct usher_doctor *d, const struct usher_label *label)
{
        int r = label_copy(&label->label, &d->label);

        if (r == 0)
                r = profile_copy(&d->ctx->profile, &d->profile);
        d->config.label = &d->label;
        d->config.profile = &d->profile;
        return r;
}

static int begin(struct usher_doctor *d, const struct usher_label *label)
{
        int r;

        d->start_ms = timer_now_ms();
        d->verdict = calloc(1, sizeof(*d->verdict));
        take_device_cloud(d);
        take_settings(d);
        r = d->verdict ? cloud_ca_check(d->config.cloud_ca, &d->ctx->trouble) : -ENOMEM;
        if (r == 0 && label)
                r = take_device(d, label);
        return r < 0 ? r
                     : doctor_new(d->ctx->context, &d->config, on_check, on_over, d, d->checks, &d->doctor);
}

/* ---- life ---- */

static void end(struct usher_doctor *d)
{
        _cleanup_(ctx_leave) struct entry e;

        if (ctx_enter(d->ctx, &e) < 0)
                return;
        doctor_free(d->doctor);
        event_drop(&d->ctx->events, d);
        event_free(d->verdict);
        label_done(&d->label);
        profile_done(&d->profile);
}

struct usher_doctor *usher_doctor_free(struct usher_doctor *d)
{
        struct usher_ctx *c = d ? d->ctx : NULL;

        if (!d || !ctx_is_ours(c))
                return NULL;
        end(d);
        free(d);
        ctx_unuse(c);
        return NULL;
}

int usher_doctor_new(struct usher_ctx *c, const struct usher_label *label, struct usher_doctor **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        struct usher_doctor *d;
        int r = ctx_enter(c, &e);

        if (r < 0)
                return r;
        d = calloc(1, sizeof(*d));
        if (!d)
                return -ENOMEM;
        d->ctx = ctx_use(c);
        r = begin(d, label);
        if (r < 0)
                (void)usher_doctor_free(d);
        else
                *ret = d;
        return r;
}
