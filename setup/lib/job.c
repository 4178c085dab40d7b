/* SPDX-License-Identifier: Apache-2.0 */

/* The life of a job: it is made with a copy of the context's profile, which may be changed until it starts;
 * the steps are those of setup/engine/work.h, as for everybody else. */

#include "proto/base/timer.h"
#include "setup/flow/profile/keys.h"
#include "setup/lib/job-private.h"
#include "setup/lib/label-private.h"
#include "setup/lib/profile-private.h"
#include <errno.h>
#include <string.h>

static const char *const tasks[_TASK_MAX] = {
        [TASK_SETUP] = "setup",
        [TASK_REPAIR_SIM] = "repair-sim",
        [TASK_REPAIR_SETUP_DONE] = "repair-setup-done",
        [TASK_WIFI_LIST] = "wifi-list",
        [TASK_WIFI_FORGET] = "wifi-forget",
        [TASK_WIFI_CLEAR] = "wifi-clear",
        [TASK_INSPECT] = "inspect",
        [TASK_UPDATE] = "update",
};

int task_find(const char *name, enum task *ret)
{
        for (size_t i = 0; i < _TASK_MAX; i++)
                if (strcmp(tasks[i], name) == 0) {
                        *ret = (enum task)i;
                        return 0;
                }
        return -ENOENT;
}

const char *usher_job_get_task(const struct usher_job *j)
{
        return tasks[j->job.asked.task];
}

/* ---- making ---- */

static int make(struct usher_ctx *c, enum task task, const struct label *label, struct usher_job **ret)
{
        struct usher_job *j = calloc(1, sizeof(*j));
        _cleanup_(label_done) struct label copy = {};
        struct profile profile;
        int r;

        if (!j)
                return -ENOMEM;
        r = label ? label_copy(label, &copy) : 0;
        if (r == 0)
                r = profile_copy(&c->profile, &profile);
        if (r < 0) {
                free(j);
                return r;
        }
        j->ctx = ctx_use(c);
        j->answered = c->answered;
        job_init(&j->job, &copy, &profile);
        j->job.asked.task = task;
        j->start_ms = timer_now_ms();
        *ret = j;
        return 0;
}

int usher_job_new(struct usher_ctx *c, const char *task, const struct usher_label *label,
                  struct usher_job **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        enum task t = TASK_SETUP;
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = task_find(task, &t);
        return r < 0 ? r : make(c, t, label ? &label->label : NULL, ret);
}

static void end(struct usher_job *j)
{
        _cleanup_(ctx_leave) struct entry e;

        if (ctx_enter(j->ctx, &e) < 0)
                return;
        op_free(j->sign_in);
        work_free(j->work);
        event_drop(&j->ctx->events, j);
        report_free(j->report);
        world_done(&j->world);
        free(j->finished);
        job_done(&j->job);
}

struct usher_job *usher_job_free(struct usher_job *j)
{
        struct usher_ctx *c = j ? j->ctx : NULL;

        if (!j || !ctx_is_ours(c))
                return NULL;
        end(j);
        free(j);
        ctx_unuse(c);
        return NULL;
}

/* ---- its profile ---- */

static int enter_new(struct usher_job *j, struct entry *e)
{
        int r = ctx_enter(j->ctx, e);

        return r < 0 ? r : j->stage == JOB_STAGE_NEW ? 0 : -EALREADY;
}

int usher_job_set_profile(struct usher_job *j, const char *section, const char *key, const char *value)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter_new(j, &e);

        if (r == 0)
                r = profile_take(&j->job.asked.profile, section, key, value, &j->ctx->trouble);
        if (r == 0 && strcmp(profile_section(section), "wifi") == 0)
                j->answered = false;
        return r;
}

int usher_job_set_profile_secret(struct usher_job *j, const char *section, const char *key,
                                 const void *secret, size_t len)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter_new(j, &e);

        return r < 0 ? r
                     : profile_set_secret(&j->job.asked.profile, section, key, secret, len,
                                          &j->ctx->trouble);
}

/* ---- work ---- */

static void on_told(void *userdata, const struct told *t)
{
        struct usher_job *j = userdata;

        if (t->kind == TOLD_RESULT)
                j->ms = t->ms;
        if (j->report && t->event && t->kind != TOLD_PROGRESS)
                report_event(j->report, t->event);
        job_told(j, t);
        if (t->kind != TOLD_RESULT)
                return;
        j->stage = JOB_STAGE_OVER;
        job_remember(j);
        j->work = work_free(j->work);
}

static int begin_work(struct usher_job *j, struct trouble *trouble)
{
        struct work_config config = { .context = j->ctx->context,
                                      .job = &j->job,
                                      .world = &j->world.config,
                                      .interactive = j->interactive,
                                      .inspect = j->report,
                                      .deadline_ms = j->deadline_ms };
        int r;

        j->job.asked.inspect = config.inspect;
        r = work_new(&config, on_told, j, &j->work, trouble);
        if (r == 0)
                j->stage = JOB_STAGE_WORK;
        return r;
}

static void tell_end(struct usher_job *j)
{
        on_told(j,
                &(struct told){ .kind = TOLD_RESULT, .job = &j->job, .ms = timer_now_ms() - j->start_ms });
}

static void on_signed_in(void *userdata, const struct trouble *why, const struct secret *token)
{
        struct usher_job *j = userdata;
        struct trouble trouble = *why;
        int r = token ? world_take_token(&j->world, token) : -EINVAL;

        j->sign_in = op_free(j->sign_in);
        if (r == 0)
                r = j->stopping ? -ECANCELED : begin_work(j, &trouble);
        if (r == 0)
                return;
        job_refuse(j, r, &trouble);
        tell_end(j);
}

static int begin_sign_in(struct usher_job *j)
{
        int r = session_begin(j->ctx, &j->job.asked.profile, on_signed_in, j, &j->sign_in);

        if (r == 0)
                j->stage = JOB_STAGE_SIGN_IN;
        return r;
}

static int begin(struct usher_job *j)
{
        struct usher_ctx *c = j->ctx;
        int r = job_want_label(j);

        j->interactive = ctx_yes(c, SETTING_INTERACTIVE);
        j->deadline_ms = (uint64_t)ctx_number(c, SETTING_TIMEOUT) * 1000;
        j->report = report_free(j->report);
        if (r == 0 && ctx_yes(c, SETTING_REPORT))
                r = report_new(&j->report);
        if (r == 0)
                r = job_prepare(j);
        if (r == 0)
                r = job_recall(j);
        if (r < 0)
                return r;
        return j->world.account && !j->world.token ? begin_sign_in(j) : begin_work(j, &c->trouble);
}

int usher_job_start(struct usher_job *j)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter_new(j, &e);

        if (r < 0)
                return r;
        j->job.end = (struct job_end){};
        j->start_ms = timer_now_ms();
        r = begin(j);
        if (r < 0)
                job_refuse(j, r, &j->ctx->trouble);
        return r;
}

static bool is_at_work(const struct usher_job *j)
{
        return j->stage == JOB_STAGE_SIGN_IN || j->stage == JOB_STAGE_WORK;
}

static void give_up(struct usher_job *j)
{
        j->sign_in = op_free(j->sign_in);
        j->work = work_free(j->work);
        job_refuse(j, -ECANCELED, NULL);
        tell_end(j);
}

int usher_job_cancel(struct usher_job *j)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(j->ctx, &e);

        if (r == 0 && is_at_work(j))
                give_up(j);
        return r;
}

int usher_job_stop(struct usher_job *j)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(j->ctx, &e);

        if (r < 0 || !is_at_work(j))
                return r;
        if (j->stopping)
                give_up(j);
        else if (j->work)
                work_stop_after_step(j->work);
        j->stopping = true;
        return 0;
}
