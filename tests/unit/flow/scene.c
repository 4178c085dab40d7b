/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/unit/flow/scene.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "setup/flow/profile/read.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

static const char LABEL[] = "ARNKAB1234ABCDE ABCDEFGHIJKLMNO";

static const char *const states[] = {
        [STEP_STARTED] = "started", [STEP_DONE] = "done",     [STEP_RETRYING] = "retrying",
        [STEP_SKIPPED] = "skipped", [STEP_FAILED] = "failed", [STEP_WAITING] = "waiting",
};

static void answer(struct scene *s, enum question_kind question)
{
        struct wifi_network n = { .security = WIFI_SECURITY_AUTO };
        struct trouble error = {};

        s->questions++;
        s->question = question;
        if (question == QUESTION_WIFI_NETWORK) {
                if (!s->answer_ssid)
                        return;
                n.ssid_len = strlen(s->answer_ssid);
                memcpy(n.ssid, s->answer_ssid, n.ssid_len);
        } else {
                if (!s->answer_password)
                        return;
                assert_int_equal(secret_new(s->answer_password, strlen(s->answer_password), &n.password), 0);
        }
        assert_int_equal(runner_answer(s->runner, &n, &error), 0);
        assert_null(n.password);
}

static const char *light_of(const char *step)
{
        size_t n;
        const struct step *table = steps(&n);

        for (size_t i = 0; i < n; i++)
                if (strcmp(table[i].name, step) == 0)
                        return table[i].light;
        return NULL;
}

static void on_event(void *userdata, const struct runner_event *e)
{
        struct scene *s = userdata;
        size_t len = strlen(s->events);

        assert_false(s->over);
        assert_true(len + 200 < sizeof(s->events));
        assert_ptr_equal(e->light, e->kind == RUNNER_RESULT ? NULL : light_of(e->step));
        switch (e->kind) {
        case RUNNER_STEP:
                assert_in_range(e->try, 1, e->of);
                assert_null(strstr(e->trouble.cause, "(null)"));
                snprintf(s->events + len, sizeof(s->events) - len, "%s%s %s", len ? ";" : "", e->step,
                         states[e->state]);
                if (e->trouble.fault && e->state != STEP_WAITING)
                        snprintf(s->events + strlen(s->events), 100, " %s",
                                 fault_info(e->trouble.fault)->key);
                if (e->trouble.cause[0] && e->state == STEP_DONE)
                        snprintf(s->events + strlen(s->events), 100, " (%.90s)", e->trouble.cause);
                break;
        case RUNNER_QUESTION: answer(s, e->question); break;
        case RUNNER_RESULT:
                s->over = true;
                s->ms = e->ms;
                break;
        }
}

void scene_set_password(struct scene *s, size_t network, const char *password)
{
        assert_int_equal(
                secret_new(password, strlen(password), &s->job.asked.profile.networks[network].password), 0);
}

static void new_job(struct scene *s, const char *profile)
{
        const char *text = profile ? profile : "[setup]\nname = Lamp\n[wifi]\nssid = Home\n";
        struct trouble error = {};
        struct profile p;
        struct label l;
        struct trouble why;

        assert_int_equal(label_parse(LABEL, strlen(LABEL), &l, &why), 0);
        if (profile_parse(text, strlen(text), &p, &error) < 0)
                fail_msg("%s", error.cause);
        job_init(&s->job, &l, &p);
        if (!profile)
                scene_set_password(s, 0, "password");
}

void scene_init(struct scene *s, const char *profile)
{
        memset(s, 0, sizeof(*s));
        fake_init(&s->world);
        new_job(s, profile);
}

void scene_again(struct scene *s, const char *profile)
{
        scene_restart(s);
        job_done(&s->job);
        new_job(s, profile);
}

void scene_start(struct scene *s)
{
        assert_int_equal(runner_new(&s->job, &s->world.ports, on_event, s, &s->runner), 0);
        assert_int_equal(runner_start(s->runner), 0);
        assert_string_equal(s->events, "");
}

static bool is_over(void *userdata)
{
        return ((struct scene *)userdata)->over;
}

bool scene_run(struct scene *s, uint64_t limit_ms)
{
        if (!s->runner)
                scene_start(s);
        return timer_virtual_run(is_over, s, limit_ms);
}

void scene_restart(struct scene *s)
{
        s->runner = runner_free(s->runner);
        s->world.device.restart = timer_free(s->world.device.restart);
        assert_int_equal(s->world.alive, 0);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_false(s->world.linked);
        s->over = false;
        s->events[0] = 0;
        s->world.log[0] = 0;
}

void scene_done(struct scene *s)
{
        scene_restart(s);
        job_done(&s->job);
}

unsigned scene_count(const char *haystack, const char *needle)
{
        unsigned n = 0;

        for (const char *at = haystack; (at = strstr(at, needle)); at++)
                n++;
        return n;
}
