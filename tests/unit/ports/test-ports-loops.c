/* SPDX-License-Identifier: Apache-2.0 */

/* Whole setups of virtual devices on real loops, in one thread: two contexts that know nothing of each
 * other, and one that serves two jobs. Devices and cloud live on a third loop. */

#include "proto/base/timer.h"
#include "setup/flow/profile/read.h"
#include "setup/flow/runner.h"
#include "setup/ports/context.h"
#include "setup/ports/ports.h"
#include "tests/sim/cli/radio.h"
#include "tests/sim/cloud/http.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

enum { LIMIT_MS = 30000, EVENTS_MAX = 200 };

#define SECRET "ABCDEFGHIJKLMNO"
#define TOKEN  "0123456789abcdef0123456789abcdef01234567"

static const char *const serials[2] = { "ARGNHAB12340AAA", "ARGNHAB12340BBB" };
static const char *const ids[2] = { "e00fce680000000000000001", "e00fce680000000000000002" };

struct place;

/* A device in range. */
struct device {
        struct place *place;
        size_t i;
        char dir[64];
        struct sim_radio *radio;
        struct vdevice *v;
};

/* Who sets it up. */
struct job_run {
        struct place *place;
        size_t i;
        struct context *context;
        struct job job;
        struct ports *ports;
        struct runner *runner;
        bool over;
};

struct place {
        sd_event *air;
        struct world *world;
        struct secret *secret;
        struct device device[2];
        struct job_run run[2];
        char order[EVENTS_MAX]; /* whose event came, '0' or '1' */
        size_t n_order;
        struct vcloud *cloud;
        struct vhttp *http;
};

/* device */
static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        sim_radio_notify(((struct device *)userdata)->radio, link, data, len);
}

static void on_drop(void *userdata, unsigned link)
{
        sim_radio_drop_link(((struct device *)userdata)->radio, link);
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        sim_radio_advertise(((struct device *)userdata)->radio, advert);
}

/* The virtual cloud hears of it. */
static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct device *d = userdata;
        struct vcloud_reply reply;
        char path[64], body[160];
        struct vcloud_request request = { .method = "POST", .path = path, .body = body };

        if (!d->place->cloud)
                return;
        (void)snprintf(path, sizeof(path), "/sim/devices/%s/online", ids[d->i]);
        (void)snprintf(body, sizeof(body), "{\"full_handshake\":true,\"claim_code\":\"%s\"}",
                       secret_text(online->claim_code));
        request.len = strlen(body);
        assert_int_equal(vcloud_handle(d->place->cloud, &request, &reply), 0);
        assert_int_equal(reply.status, 200);
        vcloud_reply_done(&reply);
}

static void make_device(struct place *p, size_t i, const char *dir)
{
        static const struct vdevice_ops ops = {
                .notify = on_notify, .drop_link = on_drop, .advertise = on_advertise, .online = on_online
        };
        static const struct vdevice_timing brisk = {
                .scan_ms = 5, .join_ms = 5, .dhcp_ms = 5, .dtls_ms = 5, .boot_ms = 5, .supervision_ms = 1000
        };
        struct device *d = &p->device[i];
        struct vdevice_config config = { .loop = p->air,
                                         .platform = platform_by_key("argon"),
                                         .os = { .major = 6, .minor = 2 },
                                         .serial = serials[i],
                                         .id = ids[i],
                                         .mobile_secret = p->secret,
                                         .world = p->world,
                                         .start = VDEVICE_START_LISTENING,
                                         .timing = &brisk };

        d->place = p;
        d->i = i;
        (void)snprintf(d->dir, sizeof(d->dir), "%s", dir);
        assert_int_equal(sim_radio_new(p->air, d->dir, &d->radio), 0);
        assert_int_equal(vdevice_new(&config, &ops, d, &d->v), 0);
        sim_radio_set_device(d->radio, d->v);
}

/* job */
static void on_event(void *userdata, const struct runner_event *e)
{
        struct job_run *r = userdata;
        struct place *p = r->place;

        if (e->kind == RUNNER_RESULT)
                r->over = true;
        else if (p->n_order < EVENTS_MAX)
                p->order[p->n_order++] = (char)('0' + r->i);
}

static void begin(struct place *p, size_t i, struct context *context, const char *profile)
{
        _cleanup_(secret_freep) struct secret *token = NULL;
        struct job_run *r = &p->run[i];
        struct usher_ports_config world = { .cloud_url = p->http ? vhttp_url(p->http) : NULL };
        struct trouble error = {};
        struct profile parsed;
        struct trouble why = {};
        struct label label;
        char text[64], radio[80];

        *r = (struct job_run){ .place = p, .i = i, .context = context };
        (void)snprintf(text, sizeof(text), "%s %s", serials[i], SECRET);
        (void)snprintf(radio, sizeof(radio), "sim:%s", p->device[i].dir);
        world.radio = radio;
        if (p->http)
                assert_int_equal(secret_new(TOKEN, strlen(TOKEN), &token), 0);
        world.token = token;
        assert_int_equal(label_parse(text, strlen(text), &label, &why), 0);
        assert_int_equal(profile_parse(profile, strlen(profile), &parsed, &error), 0);
        assert_int_equal(secret_new("correct horse", 13, &parsed.networks[0].password), 0);
        job_init(&r->job, &label, &parsed);
        assert_int_equal(usher_ports_new(context, &world, &r->ports, &why), 0);
        assert_int_equal(runner_new(&r->job, r->ports, on_event, r, &r->runner), 0);
        assert_int_equal(runner_start(r->runner), 0);
}

static void end(struct job_run *r)
{
        r->runner = runner_free(r->runner);
        r->ports = usher_ports_free(r->ports);
        job_done(&r->job);
        r->place = NULL;
}

/* One short turn of each loop after the other until *over. */
static void turn(struct place *p, sd_event *one, sd_event *other, const bool *over)
{
        sd_event *loops[] = { p->air, one, other };
        uint64_t start_ms = timer_now_ms();

        while (!*over) {
                if (timer_now_ms() - start_ms > LIMIT_MS)
                        fail_msg("not over after %d ms: %s %s", LIMIT_MS, p->run[0].job.end.trouble.cause,
                                 p->run[1].job.end.trouble.cause);
                for (size_t i = 0; i < ELEMENTSOF(loops); i++)
                        assert_true(!loops[i] || sd_event_run(loops[i], 500) >= 0);
        }
}

static void assert_done(const struct job_run *r)
{
        if (r->job.end.outcome != JOB_DONE)
                fail_msg("job %zu: %s: %s", r->i, fault_info(r->job.end.trouble.fault)->key,
                         r->job.end.trouble.cause);
}

/* Each was still at it when the other had begun. */
static void assert_at_once(struct place *p)
{
        const char *first[2] = { memchr(p->order, '0', p->n_order), memchr(p->order, '1', p->n_order) };
        const char *last[2] = { memrchr(p->order, '0', p->n_order), memrchr(p->order, '1', p->n_order) };

        assert_true(first[0] && first[1]);
        assert_true(first[0] < last[1] && first[1] < last[0]);
}

/* life */
static int set_up(void **state)
{
        struct place *p = calloc(1, sizeof(*p));

        assert_non_null(p);
        assert_int_equal(secret_init(), 0);
        assert_true(sd_event_new(&p->air) >= 0);
        assert_int_equal(world_new(&p->world), 0);
        assert_int_equal(secret_new(SECRET, strlen(SECRET), &p->secret), 0);
        *state = p;
        return 0;
}

static int tear_down(void **state)
{
        struct place *p = *state;

        for (size_t i = 0; i < ELEMENTSOF(p->device); i++) {
                if (p->run[i].place)
                        end(&p->run[i]);
                vdevice_free(p->device[i].v);
                sim_radio_free(p->device[i].radio);
                (void)rmdir(p->device[i].dir); /* the second of two in one folder */
        }
        vhttp_free(p->http);
        vcloud_free(p->cloud);
        world_free(p->world);
        secret_free(p->secret);
        sd_event_unref(p->air);
        free(p);
        return 0;
}

static const char without_account[] = "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n";

static void two_contexts(void **state)
{
        _cleanup_(context_freep) struct context *one = NULL, *other = NULL;
        char dir[2][32] = { "/tmp/usher-loops-XXXXXX", "/tmp/usher-loops-XXXXXX" };
        struct place *p = *state;

        assert_int_equal(context_new(&one), 0);
        assert_int_equal(context_new(&other), 0);
        assert_ptr_not_equal(context_loop(one), context_loop(other));
        for (size_t i = 0; i < 2; i++) {
                assert_non_null(mkdtemp(dir[i]));
                make_device(p, i, dir[i]);
                begin(p, i, i == 0 ? one : other, without_account);
        }
        turn(p, context_loop(one), context_loop(other), &p->run[0].over);
        turn(p, context_loop(one), context_loop(other), &p->run[1].over);
        assert_done(&p->run[0]);
        assert_done(&p->run[1]);
        assert_at_once(p);
        end(&p->run[0]);
        end(&p->run[1]);
}

/* The one that goes, in the middle of its job, takes nothing of the other's. */
static void a_context_goes(void **state)
{
        _cleanup_(context_freep) struct context *one = NULL, *other = NULL;
        char dir[2][32] = { "/tmp/usher-loops-XXXXXX", "/tmp/usher-loops-XXXXXX" };
        struct place *p = *state;
        bool begun = false;

        assert_int_equal(context_new(&one), 0);
        assert_int_equal(context_new(&other), 0);
        for (size_t i = 0; i < 2; i++) {
                assert_non_null(mkdtemp(dir[i]));
                make_device(p, i, dir[i]);
                begin(p, i, i == 0 ? one : other, without_account);
        }
        while (!begun) {
                assert_true(sd_event_run(p->air, 500) >= 0);
                assert_true(sd_event_run(context_loop(one), 500) >= 0);
                assert_true(sd_event_run(context_loop(other), 500) >= 0);
                begun = p->run[0].job.now.session && p->run[1].job.now.session;
        }
        end(&p->run[0]);
        one = context_free(one);
        turn(p, context_loop(other), NULL, &p->run[1].over);
        assert_done(&p->run[1]);
        end(&p->run[1]);
}

/* one for many */
static void make_cloud(struct place *p)
{
        static const char seed[] =
                "{\"users\":[{\"username\":\"ann@x.org\",\"password\":\"pw\"}],"
                "\"tokens\":[{\"token\":\"" TOKEN "\",\"user\":\"ann@x.org\"}],"
                "\"devices\":[{\"id\":\"e00fce680000000000000001\",\"serial\":\"ARGNHAB12340AAA\","
                "\"mobile_secret\":\"" SECRET "\",\"platform_id\":12},"
                "{\"id\":\"e00fce680000000000000002\",\"serial\":\"ARGNHAB12340BBB\","
                "\"mobile_secret\":\"" SECRET "\",\"platform_id\":12}]}";
        struct vhttp_config config = { .loop = p->air, .listen = "127.0.0.1:0" };
        char *why = NULL;

        assert_int_equal(vcloud_new(p->air, seed, &why, &p->cloud), 0);
        config.cloud = p->cloud;
        assert_int_equal(vhttp_new(&config, &why, &p->http), 0);
}

static void one_context_for_two_jobs(void **state)
{
        _cleanup_(context_freep) struct context *context = NULL;
        char dir[] = "/tmp/usher-loops-XXXXXX";
        struct place *p = *state;

        make_cloud(p);
        assert_int_equal(context_new(&context), 0);
        assert_non_null(mkdtemp(dir));
        for (size_t i = 0; i < 2; i++) {
                make_device(p, i, dir);
                begin(p, i, context, "[setup]\nclaim = user\nname = Lamp\n[wifi]\nssid = usher-lab\n");
        }
        turn(p, context_loop(context), NULL, &p->run[0].over);
        turn(p, context_loop(context), NULL, &p->run[1].over);
        for (size_t i = 0; i < 2; i++) {
                assert_done(&p->run[i]);
                end(&p->run[i]);
        }
        assert_at_once(p);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(two_contexts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_context_goes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(one_context_for_two_jobs, set_up, tear_down),
        };

        (void)alarm(60);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
