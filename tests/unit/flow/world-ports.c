/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/unit/flow/world-ports.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "setup/flow/profile/read.h"
#include "setup/ports/device.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MTU = 247, FIND_MS = 20, CONNECT_MS = 50, CLOUD_MS = 100 };

static const char USER[] = "me@example.com";
static const char CODE[] = "0123456789012345678901234567890123456789012345678901234567890AB";
static const char SECRET[] = "ABCDEFGHIJKLMNO";

/* the link */
static int link_write(struct radio_link *link, const uint8_t *data, size_t len)
{
        struct world_link *l = container_of(link, struct world_link, link);

        l->ports->to_device += len;
        return vdevice_write(l->ports->vdevice, l->id, data, len);
}

static void link_free(struct radio_link *link)
{
        struct world_link *l = container_of(link, struct world_link, link);

        if (l->ports->up == l)
                l->ports->up = NULL;
        vdevice_link_down(l->ports->vdevice, l->id);
        free(l);
}

static const struct radio_link_ops link_ops = { link_write, link_free };

static void on_notify(void *userdata, unsigned id, const uint8_t *data, size_t len)
{
        struct world_ports *w = userdata;

        w->to_client += len;
        if (w->up && w->up->id == id && w->up->link.events)
                w->up->link.events->on_data(w->up->link.userdata, data, len);
}

static void on_drop(void *userdata, unsigned id)
{
        struct world_ports *w = userdata;
        struct world_link *l = w->up;

        if (!l || l->id != id)
                return;
        w->up = NULL;
        if (l->link.events)
                l->link.events->on_lost(l->link.userdata,
                                        &(struct trouble){ FAULT_LINK_LOST, "the link ended" });
}

/* operations: one timer each */
enum world_kind { WORLD_FIND, WORLD_CONNECT, WORLD_CLOUD };

struct world_op {
        struct op op;
        struct world_ports *ports;
        enum world_kind kind;
        answer_fn done;
        void *userdata;
        struct timer *timer;
        enum cloud_ask ask;
        char text[64]; /* CLOUD_RENAME: the name; CLOUD_FIRMWARE: the version */
        bool with_secret;
        bool avoided; /* find: the device is not meant */
};

static void world_op_free(struct op *op)
{
        struct world_op *o = container_of(op, struct world_op, op);

        if (o->ports->finding == o)
                o->ports->finding = NULL;
        timer_free(o->timer);
        o->ports->ops--;
        free(o);
}

static void found(struct world_op *o)
{
        struct port_peer peer = { .name = o->ports->name, .address = "here", .rssi = -50 };

        if (o->ports->advertised && !o->avoided)
                o->done(o->userdata, &(struct answer){ .peer = &peer });
        else
                o->ports->finding = o;
}

static void connected(struct world_op *o)
{
        struct world_ports *w = o->ports;
        struct world_link *l = calloc(1, sizeof(*l));
        struct port_link link = { .max_write = MTU - 3 };

        assert_non_null(l);
        assert_null(w->up);
        l->ports = w;
        l->id = ++w->links;
        l->link.ops = &link_ops;
        l->link.max_write = MTU - 3;
        if (vdevice_link_up(w->vdevice, l->id, MTU, &l->link.version) < 0) {
                free(l);
                o->done(o->userdata, &(struct answer){ .trouble.fault = FAULT_BT_CONNECT });
                return;
        }
        w->up = l;
        link.version = l->link.version;
        vdevice_subscribe(w->vdevice, l->id, true);
        device_attach(w->device, &l->link);
        o->done(o->userdata, &(struct answer){ .link = &link });
}

static enum fault claim(struct world_ports *w)
{
        if (!w->online)
                return FAULT_CLAIM_OFFLINE;
        if (w->owner[0] && strcmp(w->owner, USER) != 0)
                return FAULT_CLAIM_FOREIGN;
        snprintf(w->owner, sizeof(w->owner), "%s", USER);
        return FAULT_NONE;
}

static void cloud_answers(struct world_op *o)
{
        struct world_ports *w = o->ports;
        struct port_cloud c = { .ask = o->ask };
        struct answer a = { .cloud = &c };
        _cleanup_(secret_freep) struct secret *secret = NULL;

        switch (o->ask) {
        case CLOUD_ACCOUNT: c.account.user = USER; break;
        case CLOUD_FIRMWARE:
                w->firmware_asks++;
                if (w->firmware && (c.firmware.data = w->firmware(o->text)))
                        c.firmware.len = w->firmware_len;
                break;
        case CLOUD_SERIAL:
                if (o->with_secret)
                        assert_int_equal(secret_new(SECRET, strlen(SECRET), &secret), 0);
                c.serial = (struct said_serial){ w->id, w->platform_id, NULL, secret };
                break;
        case CLOUD_DEVICE:
                c.device.known = strcmp(w->owner, USER) == 0;
                c.device.owner = c.device.known ? w->owner : NULL;
                c.device.name = w->device_name;
                c.device.online = w->online;
                c.device.last_handshake_s = w->handshake_s;
                break;
        case CLOUD_CLAIM_CODE:
                w->asked = true;
                assert_int_equal(secret_new(CODE, strlen(CODE), &secret), 0);
                c.claim_code.code = secret;
                break;
        case CLOUD_CLAIM: a.trouble.fault = claim(w); break;
        case CLOUD_RENAME: snprintf(w->device_name, sizeof(w->device_name), "%s", o->text); break;
        case CLOUD_LIMIT: break;
        case CLOUD_SIM: c.sim.state = PORT_SIM_ACTIVE; break;
        case CLOUD_PRODUCT:
        case CLOUD_MEMBER:
        case CLOUD_IMPORT:
        case CLOUD_MARK:
        case CLOUD_SIM_ACTIVATE:
        case _CLOUD_ASK_MAX: fail();
        }
        o->done(o->userdata, &a);
}

static void on_due(void *userdata)
{
        struct world_op *o = userdata;

        o->timer = timer_free(o->timer);
        switch (o->kind) {
        case WORLD_FIND: found(o); break;
        case WORLD_CONNECT: connected(o); break;
        case WORLD_CLOUD: cloud_answers(o); break;
        }
}

static struct world_op *begin(struct ports *p, enum world_kind kind, uint64_t ms, answer_fn done,
                              void *userdata, struct op **ret)
{
        struct world_op *o = calloc(1, sizeof(*o));

        assert_non_null(o);
        o->op.free = world_op_free;
        o->ports = container_of(p, struct world_ports, ports);
        o->ports->ops++;
        o->kind = kind;
        o->done = done;
        o->userdata = userdata;
        assert_int_equal(timer_new(NULL, ms, on_due, o, &o->timer), 0);
        *ret = &o->op;
        return o;
}

static int world_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                      struct op **ret)
{
        assert_int_equal(strlen(target->setup_code), LABEL_CODE_LEN);
        begin(p, WORLD_FIND, FIND_MS, done, userdata, ret)->avoided = target->n_avoid > 0;
        return 0;
}

static int world_connect(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        begin(p, WORLD_CONNECT, CONNECT_MS, done, userdata, ret);
        return 0;
}

static int world_open(struct ports *p, const struct secret *secret, answer_fn done, void *userdata,
                      struct op **ret)
{
        return device_open(container_of(p, struct world_ports, ports)->device, secret, done, userdata, ret);
}

static int world_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                     void *userdata, struct op **ret)
{
        return device_ask(container_of(p, struct world_ports, ports)->device, requests, n, done, userdata,
                          ret);
}

static void world_hang_up(struct ports *p)
{
        device_hang_up(container_of(p, struct world_ports, ports)->device);
}

static size_t world_heard(struct ports *p, struct port_heard ret[static PORT_HEARD_MAX])
{
        (void)p;
        (void)ret;
        return 0;
}

static unsigned world_exchanges(struct ports *p)
{
        return device_exchanges(container_of(p, struct world_ports, ports)->device);
}

static int world_cloud(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                       struct op **ret)
{
        struct world_op *o = begin(p, WORLD_CLOUD, CLOUD_MS, done, userdata, ret);

        o->ask = query->ask;
        switch ((int)query->ask) {
        case CLOUD_SERIAL: o->with_secret = query->serial.partial_secret; break;
        case CLOUD_DEVICE: assert_string_equal(query->device.device_id, o->ports->id); break;
        case CLOUD_CLAIM: assert_string_equal(query->claim.device_id, o->ports->id); break;
        case CLOUD_RENAME:
                assert_string_equal(query->rename.device_id, o->ports->id);
                snprintf(o->text, sizeof(o->text), "%s", query->rename.name);
                break;
        case CLOUD_FIRMWARE: snprintf(o->text, sizeof(o->text), "%s", query->firmware.os_version); break;
        default: break;
        }
        return 0;
}

static const struct ports_ops world_ops = { world_find,    world_heard,     world_connect,
                                            NULL,          world_open,      world_ask,
                                            world_hang_up, world_exchanges, world_cloud };

static void on_lost(void *userdata)
{
        struct world_ports *w = userdata;

        if (w->ports.link_lost)
                w->ports.link_lost(w->ports.userdata);
}

/* what the device tells */
static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct world_ports *w = userdata;
        struct world_op *o = w->finding;

        w->advertised = advert->on;
        snprintf(w->name, sizeof(w->name), "%s", advert->name);
        if (o && advert->on) {
                w->finding = NULL;
                assert_int_equal(timer_new(NULL, FIND_MS, on_due, o, &o->timer), 0);
        }
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct world_ports *w = userdata;

        w->online = true;
        if (online->full_handshake)
                w->handshake_s = timer_wall_s();
        if (online->claim_code && w->asked && !w->owner[0]) {
                assert_string_equal(secret_text(online->claim_code), CODE);
                snprintf(w->owner, sizeof(w->owner), "%s", USER);
                vdevice_set_claimed(w->vdevice, true);
        }
}

static void on_offline(void *userdata)
{
        struct world_ports *w = userdata;

        w->lost += w->online;
        w->online = false;
}

static void on_handled(void *userdata, uint16_t type, int32_t result)
{
        (void)type;
        (void)result;
        ((struct world_ports *)userdata)->handled++;
}

static const struct vdevice_ops device_ops = {
        .notify = on_notify,
        .drop_link = on_drop,
        .advertise = on_advertise,
        .online = on_online,
        .offline = on_offline,
        .handled = on_handled,
};

static void make_device(struct world_ports *w, const struct world_config *config)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct vdevice_config c = config->device;
        const char *text = config->secret ? config->secret : SECRET;
        _cleanup_(freep) char *why = NULL;
        struct vdevice_facts facts;

        if (config->world)
                assert_int_equal(world_parse(config->world, &why, &w->world), 0);
        else
                assert_int_equal(world_new(&w->world), 0);
        assert_int_equal(secret_new(text, strlen(text), &secret), 0);
        c.platform = platform_by_key(config->platform ? config->platform : "argon");
        assert_non_null(c.platform);
        assert_int_equal(os_version_parse(config->os ? config->os : "6.2.0", &c.os), 0);
        snprintf(w->serial, sizeof(w->serial), "%sAB12345A0DE", c.platform->serial_prefix);
        w->platform_id = c.platform->id;
        c.serial = w->serial;
        c.mobile_secret = secret;
        c.world = w->world;
        c.mishaps = config->mishap;
        c.n_mishaps = config->n_mishaps;
        assert_int_equal(vdevice_new(&c, &device_ops, w, &w->vdevice), 0);
        vdevice_facts(w->vdevice, &facts);
        snprintf(w->id, sizeof(w->id), "%s", facts.id);
}

/* the scene */
static const char *const states[] = {
        [STEP_STARTED] = "started", [STEP_DONE] = "done",     [STEP_RETRYING] = "retrying",
        [STEP_SKIPPED] = "skipped", [STEP_FAILED] = "failed", [STEP_WAITING] = "waiting",
};

static void on_event(void *userdata, const struct runner_event *e)
{
        struct world_scene *s = userdata;
        size_t len = strlen(s->events);

        if (e->kind == RUNNER_RESULT) {
                s->over = true;
                s->ms = e->ms;
        } else if (e->kind == RUNNER_STEP && e->state != STEP_SKIPPED && e->state != STEP_WAITING) {
                s->starts += e->state == STEP_STARTED;
                snprintf(s->events + len, sizeof(s->events) - len, "%s%s %s%s%s", len ? ";" : "", e->step,
                         states[e->state], e->trouble.fault ? " " : "",
                         e->trouble.fault ? fault_info(e->trouble.fault)->key : "");
        }
}

static void make_job(struct world_scene *s, const struct world_config *config)
{
        const struct platform *p = platform_by_key(config->platform ? config->platform : "argon");
        const char *profile = config->profile,
                   *password = config->password ? config->password : "correct horse";
        struct trouble error = {};
        struct profile pr;
        char label[64];
        struct label l;
        struct trouble why;

        if (!profile)
                profile = p->has & PLATFORM_WIFI ? "[setup]\nname = Lamp\n[wifi]\nssid = usher-lab\n"
                                                 : "[setup]\nname = Lamp\n";
        snprintf(label, sizeof(label), "%s %s", s->world.serial, SECRET);
        assert_int_equal(label_parse(label, strlen(label), &l, &why), 0);
        if (profile_parse(profile, strlen(profile), &pr, &error) < 0)
                fail_msg("%s", error.cause);
        if (pr.n_networks > 0 && password[0])
                assert_int_equal(secret_new(password, strlen(password), &pr.networks[0].password), 0);
        if (config->second_password)
                assert_int_equal(secret_new(config->second_password, strlen(config->second_password),
                                            &pr.networks[1].password),
                                 0);
        job_init(&s->job, &l, &pr);
        s->job.asked.task = config->task;
}

void world_scene_init(struct world_scene *s, const struct world_config *config)
{
        memset(s, 0, sizeof(*s));
        s->world.ports.ops = &world_ops;
        make_device(&s->world, config);
        assert_int_equal(device_new(NULL, on_lost, &s->world, &s->world.device), 0);
        make_job(s, config);
}

static void end_job(struct world_scene *s)
{
        s->runner = runner_free(s->runner);
        assert_int_equal(s->world.ops, 0);
        assert_null(s->world.up);
        job_done(&s->job);
}

void world_scene_again(struct world_scene *s, const struct world_config *config)
{
        end_job(s);
        s->over = false;
        s->events[0] = 0;
        make_job(s, config);
}

void world_scene_start(struct world_scene *s)
{
        assert_int_equal(runner_new(&s->job, &s->world.ports, on_event, s, &s->runner), 0);
        assert_int_equal(runner_start(s->runner), 0);
}

static bool is_over(void *userdata)
{
        return ((struct world_scene *)userdata)->over;
}

bool world_scene_run(struct world_scene *s, uint64_t limit_ms)
{
        if (!s->runner)
                world_scene_start(s);
        return timer_virtual_run(is_over, s, limit_ms);
}

void world_scene_done(struct world_scene *s)
{
        end_job(s);
        device_free(s->world.device);
        vdevice_free(s->world.vdevice);
        world_free(s->world.world);
        assert_int_equal(timer_virtual_pending(), 0);
}
