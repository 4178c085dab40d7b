/* SPDX-License-Identifier: Apache-2.0 */

/* Everything is started at once and answers when it likes; what is shown keeps the table's order. */

#include "setup/doctor/doctor-private.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct doctor *d)
{
        while (d->next < _DOCTOR_MAX && !d->waits[d->next]) {
                enum doctor_id id = d->next++;

                if (d->check[id].state != DOCTOR_UNKNOWN)
                        d->told(d->userdata, id, &d->check[id]);
        }
}

void doctor_expect(struct doctor *d, enum doctor_id id)
{
        d->waits[id] = true;
        d->pending++;
}

void doctor_say(struct doctor *d, enum doctor_id id, enum doctor_state state, enum fault fault,
                const char *advice, const char *cause, ...)
{
        struct doctor_check *c = &d->check[id];
        va_list ap;

        if (c->state != DOCTOR_UNKNOWN)
                return;
        c->state = state;
        c->advice = advice;
        c->ms = timer_now_ms() - d->start_ms;
        va_start(ap, cause);
        (void)trouble_vset(&c->trouble, fault, cause, ap);
        va_end(ap);
        if (d->waits[id])
                d->pending--;
        d->waits[id] = false;
}

void doctor_ok(struct doctor *d, enum doctor_id id, const char *what)
{
        doctor_say(d, id, DOCTOR_OK, FAULT_NONE, NULL, "%s", what);
}

void doctor_note(struct doctor *d, enum doctor_id id, const char *what, const char *advice)
{
        doctor_say(d, id, DOCTOR_NOTE, FAULT_NONE, advice, "%s", what);
}

void doctor_problem(struct doctor *d, enum doctor_id id, const struct trouble *why)
{
        doctor_say(d, id, DOCTOR_PROBLEM, why->fault, NULL, "%s", why->cause);
}

static void look(struct doctor *d)
{
        if (d->has_ended)
                return;
        if (d->over && d->examined) {
                doctor_device_judge(d);
                doctor_device_stop(d);
        }
        tell(d);
        if (d->pending > 0)
                return;
        d->has_ended = true;
        d->ended(d->userdata);
}

static int on_post(sd_event_source *source, void *userdata)
{
        (void)source;
        look(userdata);
        return 0;
}

/* The loop has something to do at least once. */
static void on_first(void *userdata)
{
        (void)userdata;
}

struct doctor *doctor_free(struct doctor *d)
{
        if (!d)
                return NULL;
        sd_event_source_disable_unref(d->post);
        timer_free(d->first);
        doctor_device_stop(d);
        doctor_gateway_stop(d);
        free(d);
        return NULL;
}

int doctor_new(struct context *context, const struct doctor_config *config, doctor_told_fn told,
               doctor_over_fn over, void *userdata, struct doctor_check checks[static _DOCTOR_MAX],
               struct doctor **ret)
{
        _cleanup_(doctor_freep) struct doctor *d = calloc(1, sizeof(*d));
        int r;

        if (!d)
                return -ENOMEM;
        *d = (struct doctor){ .context = context,
                              .loop = context_loop(context),
                              .config = config,
                              .check = checks,
                              .told = told,
                              .ended = over,
                              .userdata = userdata,
                              .start_ms = timer_now_ms() };
        memset(checks, 0, sizeof(checks[0]) * _DOCTOR_MAX);
        r = sd_event_add_post(d->loop, &d->post, on_post, d);
        if (r >= 0)
                r = timer_new(d->loop, 0, on_first, d, &d->first);
        if (r >= 0)
                r = doctor_gateway_start(d);
        if (r == 0 && config->label)
                r = doctor_device_start(d);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}
