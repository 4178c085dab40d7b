/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim device: virtual devices on the sim radio until SIGTERM or SIGINT: one, or the rows of a list,
 * all with the same options. It says "ready" on standard output once they can be found (or, if they never
 * can, once they run), and at its end a line of JSON for each with what tests ask for: connections,
 * handshakes, the pool's high-water mark and overflows. */

#include "tests/sim/cli/device.h"
#include "proto/base/fault.h"
#include "tests/sim/cli/board.h"
#include "tests/sim/cli/device-list.h"
#include "tests/sim/cli/device-options.h"
#include "tests/sim/cli/effects.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-event.h>

struct host {
        sd_event *loop;
        struct board **board;
        size_t n, ready;
        bool list;
        size_t before_kib; /* resident, without the devices */
        FILE *log;
        int effects; /* -1: none */
};

/* making them */

/* What the row says, else what the option says, else what the serial number tells. */
static int take_kind(const struct device_options *o, const struct device_row *row,
                     struct vdevice_config *config)
{
        const char *os = row->os ? row->os : o->os, *platform = row->platform ? row->platform : o->platform;

        if (platform)
                config->platform = platform_by_key(platform);
        else
                config->platform = platform_by_serial(row->serial) ?: platform_by_key("argon");
        if (config->platform && os_version_parse(os, &config->os) == 0)
                return 0;
        fprintf(stderr, "usher-sim device: %s: there is no platform '%s' or no version '%s'\n", row->serial,
                platform ? platform : "argon", os);
        return -EINVAL;
}

static void on_ready(void *userdata);

static int add(struct host *h, const struct device_options *o, const struct device_row *row,
               struct secret *secret)
{
        const struct board_options options = { .dir = o->dir,
                                               .cloud = o->cloud,
                                               .log = h->log,
                                               .effects = h->effects,
                                               .ready = on_ready,
                                               .userdata = h };
        struct vdevice_config config = o->config;
        int r;

        config.serial = row->serial;
        config.id = row->id;
        config.mobile_secret = secret;
        config.loop_seed += (unsigned)h->n;
        r = take_kind(o, row, &config);
        if (r == 0)
                r = board_new(&options, &config, row->rssi, &h->board[h->n]);
        h->n += r == 0;
        return r;
}

static int add_row(struct host *h, const struct device_options *o, const struct device_row *row)
{
        struct secret *secret;
        int r = secret_new(row->secret, strlen(row->secret), &secret);

        if (r < 0)
                return r;
        r = add(h, o, row, secret);
        secret_free(secret);
        if (r < 0)
                fprintf(stderr, "usher-sim device: %s: line %u\n", o->from, row->line);
        return r;
}

/* A device is a listener, a client and a connection to the cloud. */
static void allow_descriptors(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return;
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static size_t resident_kib(void)
{
        unsigned long pages = 0;
        FILE *f = fopen("/proc/self/statm", "re");

        if (f) {
                if (fscanf(f, "%*u %lu", &pages) != 1)
                        pages = 0;
                (void)fclose(f);
        }
        return pages * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static int add_list(struct host *h, const struct device_options *o)
{
        _cleanup_(device_list_done) struct device_list list = { 0 };
        _cleanup_(freep) char *why = NULL;
        int r = device_list_read(o->from, &list, &why);

        if (r < 0) {
                fprintf(stderr, "usher-sim device: %s: %s\n", o->from, why ? why : strerror(-r));
                return r;
        }
        h->list = true;
        h->board = calloc(list.n, sizeof(struct board *));
        if (!h->board)
                return -ENOMEM;
        allow_descriptors();
        h->before_kib = resident_kib();
        for (size_t i = 0; i < list.n && r == 0; i++)
                r = add_row(h, o, &list.row[i]);
        return r;
}

static int add_one(struct host *h, const struct device_options *o)
{
        const struct device_row row = { .serial = o->config.serial, .id = o->config.id };

        h->board = calloc(1, sizeof(struct board *));
        return h->board ? add(h, o, &row, o->secret) : -ENOMEM;
}

/* what they say */

static size_t each_kib(const struct host *h)
{
        size_t now_kib = resident_kib();

        return now_kib > h->before_kib ? (now_kib - h->before_kib) / h->n : 0;
}

static void on_ready(void *userdata)
{
        struct host *h = userdata;

        if (++h->ready < h->n)
                return;
        if (h->list)
                printf("ready %zu devices, %zu KiB each\n", h->n, each_kib(h));
        else
                printf("ready %s\n", board_name(h->board[0]));
        (void)fflush(stdout);
}

static void print_end(const struct host *h)
{
        for (size_t i = 0; i < h->n; i++)
                board_print_end(h->board[i]);
        if (h->list)
                printf("{\"devices\":%zu,\"kib_each\":%zu}\n", h->n, each_kib(h));
        (void)fflush(stdout);
}

/* A device's two buttons are signals. */
static int on_mode(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct host *h = userdata;

        (void)source;
        (void)info;
        for (size_t i = 0; i < h->n; i++)
                board_press_mode(h->board[i]);
        return 0;
}

static int on_reset(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct host *h = userdata;

        (void)source;
        (void)info;
        for (size_t i = 0; i < h->n; i++)
                board_press_reset(h->board[i]);
        return 0;
}

static int watch_buttons(sd_event *loop, struct host *h)
{
        int r = sd_event_add_signal(loop, NULL, SIGUSR1 | SD_EVENT_SIGNAL_PROCMASK, on_mode, h);

        return r < 0 ? r : sd_event_add_signal(loop, NULL, SIGUSR2 | SD_EVENT_SIGNAL_PROCMASK, on_reset, h);
}

static int run(struct host *h)
{
        static const int ends[] = { SIGTERM, SIGINT };
        sd_event *loop = h->loop;
        sigset_t mask;
        int r = 0;

        (void)sigemptyset(&mask);
        for (size_t i = 0; i < ELEMENTSOF(ends); i++)
                (void)sigaddset(&mask, ends[i]);
        (void)sigprocmask(SIG_BLOCK, &mask, NULL);
        for (size_t i = 0; i < ELEMENTSOF(ends) && r >= 0; i++)
                r = sd_event_add_signal(loop, NULL, ends[i], NULL, NULL);
        if (r >= 0)
                r = watch_buttons(loop, h);
        return r < 0 ? r : sd_event_loop(loop);
}

static int load_world(const char *path, struct world **ret)
{
        _cleanup_(freep) char *why = NULL;
        int r = path ? world_load(path, &why, ret) : world_new(ret);

        if (r < 0)
                fprintf(stderr, "usher-sim device: %s: %s\n", path ? path : "world",
                        why ? why : strerror(-r));
        return r;
}

static int open_log(const char *path, FILE **ret)
{
        if (!path)
                return 0;
        *ret = fopen(path, "we");
        if (!*ret) {
                fprintf(stderr, "usher-sim device: --log %s: %s\n", path, strerror(errno));
                return -errno;
        }
        (void)setvbuf(*ret, NULL, _IOLBF, 0);
        return 0;
}

static int open_effects(const char *path, int *ret)
{
        int r = path ? effects_open(path, ret) : 0;

        if (r < 0)
                fprintf(stderr, "usher-sim device: --effects %s: %s\n", path, strerror(-r));
        return r;
}

static void host_done(struct host *h)
{
        for (size_t i = 0; i < h->n; i++)
                board_free(h->board[i]);
        free(h->board);
        if (h->log)
                (void)fclose(h->log);
        closep(&h->effects);
        sd_event_unref(h->loop);
}

static int serve(struct device_options *o, struct world *world)
{
        _cleanup_(host_done) struct host h = { .effects = -1 };
        int r = sd_event_new(&h.loop);

        o->config.loop = h.loop;
        o->config.world = world;
        o->config.timing = &o->timing;
        o->config.mishaps = o->mishap;
        if (r >= 0)
                r = open_log(o->log, &h.log);
        if (r >= 0)
                r = open_effects(o->effects, &h.effects);
        if (r >= 0)
                r = o->from ? add_list(&h, o) : add_one(&h, o);
        if (r < 0)
                return EXIT_USAGE;
        r = run(&h);
        if (r < 0)
                fprintf(stderr, "usher-sim device: %s\n", strerror(-r));
        print_end(&h);
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

int sim_device(int argc, char **argv)
{
        _cleanup_(device_options_done) struct device_options o = { 0 };
        struct world *world = NULL;
        int r, code = EXIT_USAGE;

        r = device_options_parse(argc, argv, &o);
        if (r > 0)
                code = EXIT_DONE;
        if (r == 0 && load_world(o.world, &world) == 0)
                code = serve(&o, world);
        world_free(world);
        return code;
}
