/* SPDX-License-Identifier: Apache-2.0 */

/* A central on ble/ without the setup protocol: finds, connects, exchanges frames with devices that send
 * them back (usher-sim vhci --echo), and tells how long each part took. For measuring the radio alone, and
 * for scenarios that need to know which part failed.
 *
 *   ble-probe [-n CYCLES] [-s] [-k] [-w SECONDS] [-a hciN] CODE...
 *   -s  one device after another     -k  keep the device object between cycles (no RemoveDevice)
 *   -w  stay connected, one frame twice a second, and tell when the link ends
 */

#include "ble/central.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

enum { DEVICES_MAX = 16, CYCLES_MAX = 200, FRAMES = 5, FRAME_LEN = 180, CYCLE_LIMIT_MS = 60000 };
enum phase { PHASE_FOUND, PHASE_CONNECTED, PHASE_RESOLVED, PHASE_ACQUIRED, PHASE_ECHO, _PHASE_MAX };

static const char *const phase_names[_PHASE_MAX] = { "found", "connected", "resolved", "acquired", "echo" };

struct probe;

struct target {
        struct probe *probe;
        const char *code;
        struct op *op;
        struct link *link;
        char path[BLE_PATH_MAX], address[BLE_ADDRESS_MAX];
        uint64_t since_ms, at_ms[_PHASE_MAX], frame_ms;
        size_t got;
        unsigned frames;
        bool done, failed;
        struct timer *timer;
};

struct probe {
        sd_event *loop;
        struct central *central;
        struct target target[DEVICES_MAX];
        size_t n;
        bool serial, keep;
        unsigned watch_s;
        unsigned cycles, failures;
        uint32_t ms[_PHASE_MAX][CYCLES_MAX * DEVICES_MAX];
        size_t samples;
        struct objects_watch watch;
};

static void target_next(struct probe *p, struct target *t);

static void say(const struct target *t, const char *text, const char *more)
{
        printf("%6llu ms %s: %s%s%s\n", (unsigned long long)(timer_now_ms() - t->since_ms), t->code, text,
               more ? ": " : "", more ? more : "");
        (void)fflush(stdout);
}

static void target_end(struct target *t, bool failed)
{
        t->op = op_free(t->op);
        t->link = link_free(t->link);
        t->timer = timer_free(t->timer);
        t->done = true;
        t->failed = failed;
        target_next(t->probe, t);
}

static void fail(struct target *t, enum fault fault, const char *cause)
{
        say(t, fault_info(fault)->key, cause);
        target_end(t, true);
}

/* echo */
static void send_frame(void *userdata)
{
        struct target *t = userdata;
        uint8_t frame[2 + FRAME_LEN];
        size_t n, max = link_max_write(t->link);

        t->timer = timer_free(t->timer);
        le16_put(frame, FRAME_LEN);
        for (size_t i = 0; i < FRAME_LEN; i++)
                frame[2 + i] = (uint8_t)(i + t->frames);
        t->got = 0;
        t->frame_ms = timer_now_ms();
        for (size_t off = 0; off < sizeof(frame); off += n) {
                n = sizeof(frame) - off < max ? sizeof(frame) - off : max;
                if (link_write(t->link, frame + off, n) < 0)
                        break; /* the loss is told, and a full pipe ends in the cycle's limit */
        }
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
        struct target *t = userdata;

        (void)data;
        t->got += len;
        if (t->got < 2 + FRAME_LEN)
                return;
        t->frames++;
        if (t->probe->watch_s > 0) {
                if (timer_now_ms() - t->since_ms > t->probe->watch_s * 1000ull) {
                        say(t, "still connected", NULL);
                        target_end(t, false);
                        return;
                }
                (void)timer_new(t->probe->loop, 500, send_frame, t, &t->timer);
                return;
        }
        t->at_ms[PHASE_ECHO] += timer_now_ms() - t->frame_ms;
        if (t->frames < FRAMES)
                send_frame(t);
        else
                target_end(t, false);
}

static void on_writable(void *userdata)
{
        (void)userdata;
}

static void on_lost(void *userdata, const struct trouble *why)
{
        struct target *t = userdata;

        say(t, "lost", why->cause);
        target_end(t, true);
}

/* connect */
static void on_connected(void *userdata, const struct central_connected *a)
{
        static const struct link_events events = { .data = on_data,
                                                   .writable = on_writable,
                                                   .lost = on_lost };
        struct target *t = userdata;

        if (a->trouble.fault != FAULT_NONE) {
                fail(t, a->trouble.fault, a->trouble.cause);
                return;
        }
        t->link = a->link;
        t->at_ms[PHASE_ACQUIRED] = timer_now_ms();
        link_start(t->link, &events, t);
        t->op = op_free(t->op);
        (void)timer_new(t->probe->loop, 0, send_frame, t, &t->timer);
}

static void on_found(void *userdata, const struct central_found *f)
{
        struct target *t = userdata;
        int r;

        if (f->trouble.fault != FAULT_NONE) {
                fail(t, f->trouble.fault, f->trouble.cause);
                return;
        }
        t->at_ms[PHASE_FOUND] = timer_now_ms();
        (void)snprintf(t->path, sizeof(t->path), "%s", f->device->path);
        (void)snprintf(t->address, sizeof(t->address), "%s", f->device->address);
        t->op = op_free(t->op);
        r = central_connect(t->probe->central, t->address, on_connected, t, &t->op);
        if (r < 0)
                fail(t, FAULT_INTERNAL, strerror(-r));
}

static void on_change(void *userdata, const struct objects_event *e)
{
        struct probe *p = userdata;
        const struct ble_device *d;

        if (e->change != OBJECTS_DEVICE)
                return;
        d = objects_device(central_objects(p->central), e->path);
        for (size_t i = 0; d && i < p->n; i++) {
                struct target *t = &p->target[i];

                if (strcmp(t->path, e->path) != 0)
                        continue;
                if (d->connected && !t->at_ms[PHASE_CONNECTED])
                        t->at_ms[PHASE_CONNECTED] = timer_now_ms();
                if (d->services_resolved && !t->at_ms[PHASE_RESOLVED])
                        t->at_ms[PHASE_RESOLVED] = timer_now_ms();
        }
}

static void target_begin(struct target *t)
{
        const struct ble_mode mode = ble_mode_listening();
        struct ble_want want = {};
        int r;

        memset(t->at_ms, 0, sizeof(t->at_ms));
        *t->path = '\0';
        t->since_ms = timer_now_ms();
        t->done = t->failed = false;
        t->frames = 0;
        (void)snprintf(want.setup_code, sizeof(want.setup_code), "%s", t->code);
        r = central_find(t->probe->central, &mode, &want, on_found, t, &t->op);
        if (r < 0)
                fail(t, FAULT_INTERNAL, strerror(-r));
}

static void target_next(struct probe *p, struct target *t)
{
        size_t i = (size_t)(t - p->target) + 1;

        if (!t->failed && p->watch_s == 0) {
                uint64_t from = t->since_ms;

                for (size_t k = 0; k < PHASE_ECHO && p->samples < CYCLES_MAX * DEVICES_MAX; k++) {
                        p->ms[k][p->samples] = (uint32_t)(t->at_ms[k] > from ? t->at_ms[k] - from : 0);
                        from = t->at_ms[k] ? t->at_ms[k] : from;
                }
                p->ms[PHASE_ECHO][p->samples++] = (uint32_t)(t->at_ms[PHASE_ECHO] / FRAMES);
        }
        p->failures += t->failed;
        if (p->serial && i < p->n)
                target_begin(&p->target[i]);
}

/* cycles */
static bool all_done(const struct probe *p)
{
        for (size_t i = 0; i < p->n; i++)
                if (!p->target[i].done)
                        return false;
        return true;
}

static bool all_apart(const struct probe *p)
{
        const struct ble_device *d;

        for (size_t i = 0; i < p->n; i++) {
                d = objects_device(central_objects(p->central), p->target[i].path);
                if (d && d->connected)
                        return false;
        }
        return true;
}

static int run_until(sd_event *loop, const struct probe *p, bool (*is)(const struct probe *p),
                     uint64_t limit_ms)
{
        uint64_t end = timer_now_ms() + limit_ms;
        int r = 0;

        while (!is(p) && r >= 0) {
                if (timer_now_ms() > end)
                        return -ETIMEDOUT;
                r = sd_event_run(loop, 100000);
        }
        return r < 0 ? r : 0;
}

static int cycle(sd_event *loop, struct probe *p)
{
        int r;

        p->watch = (struct objects_watch){ .changed = on_change, .userdata = p };
        objects_watch(central_objects(p->central), &p->watch);
        for (size_t i = 0; i < p->n; i++)
                p->target[i].done = false;
        for (size_t i = 0; i < (p->serial ? 1 : p->n); i++)
                target_begin(&p->target[i]);
        r = run_until(loop, p, all_done, p->watch_s * 1000ull + CYCLE_LIMIT_MS);
        for (size_t i = 0; i < p->n; i++)
                if (!p->target[i].done)
                        fail(&p->target[i], FAULT_TIMEOUT, "the cycle's limit");
        if (r >= 0 && p->keep)
                r = run_until(loop, p, all_apart, 10000);
        objects_unwatch(central_objects(p->central), &p->watch);
        return r;
}

static int compare(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

static void summary(struct probe *p)
{
        printf("setups %zu failures %u", p->samples, p->failures);
        for (size_t k = 0; k < _PHASE_MAX && p->samples > 0; k++) {
                qsort(p->ms[k], p->samples, sizeof(p->ms[k][0]), compare);
                printf(" %s %u (%u)", phase_names[k], p->ms[k][p->samples / 2], p->ms[k][p->samples - 1]);
        }
        printf("  [median (max) ms]\n");
}

static int run(struct probe *p, const struct central_config *config)
{
        int r = 0;

        for (unsigned i = 0; r >= 0 && i < p->cycles; i++) {
                if (!p->central)
                        r = central_new(config, &p->central);
                if (r >= 0)
                        r = cycle(p->loop, p);
                if (!p->keep)
                        p->central = central_free(p->central);
        }
        p->central = central_free(p->central);
        if (p->watch_s == 0)
                summary(p);
        return r < 0 || p->failures > 0;
}

int main(int argc, char **argv)
{
        static struct probe p = { .cycles = 1 };
        struct central_config config = { .state_dir = "/run/usher" };
        int opt, r;

        while ((opt = getopt(argc, argv, "n:skw:a:")) != -1) {
                switch (opt) {
                case 'n': p.cycles = (unsigned)strtoul(optarg, NULL, 10); break;
                case 's': p.serial = true; break;
                case 'k': p.keep = true; break;
                case 'w': p.watch_s = (unsigned)strtoul(optarg, NULL, 10); break;
                case 'a': config.adapter = optarg; break;
                default: return EXIT_USAGE;
                }
        }
        p.n = (size_t)(argc - optind);
        if (p.n == 0 || p.n > DEVICES_MAX || p.cycles > CYCLES_MAX)
                return EXIT_USAGE;
        for (size_t i = 0; i < p.n; i++)
                p.target[i] = (struct target){ .probe = &p, .code = argv[optind + i] };
        if (sd_event_new(&p.loop) < 0)
                return EXIT_INTERNAL;
        config.loop = p.loop;
        r = run(&p, &config);
        sd_event_unref(p.loop);
        return r;
}
