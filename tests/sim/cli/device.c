/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim device: one virtual device on the sim radio until SIGTERM or SIGINT. It says "ready NAME" on
 * standard output once it can be found (or, if it never can, once it runs), and at its end one line of JSON
 * with what tests ask for: connections, handshakes, the pool's high-water mark and overflows. */

#include "tests/sim/cli/device.h"
#include "proto/base/fault.h"
#include "proto/base/number.h"
#include "proto/base/timer.h"
#include "tests/sim/cli/radio.h"
#include "tests/sim/cli/report.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-event.h>

enum { FAULTS_MAX = 16, READY_AT_LATEST_MS = 200 };

struct options {
        const char *dir, *cloud, *world, *log, *platform, *os;
        struct vdevice_config config;
        struct vdevice_timing timing;
        struct mishap mishap[FAULTS_MAX];
        struct secret *secret;
};

struct host {
        sd_event *loop;
        struct vdevice *device;
        struct sim_radio *radio;
        struct poster *poster;
        struct timer *ready;
        FILE *log;
        bool advertised, made; /* what "ready" waits for */
};

static const char help[] =
        "Usage: usher-sim device --dir DIR --serial S (--secret X | --secret-file FILE) [OPTION]...\n\n"
        "A virtual Particle device on the sim radio: usher finds it with --radio sim:DIR.\n\n"
        "  --dir DIR           where its socket is; the folder must exist\n"
        "  --serial S          serial number, 15 characters\n"
        "  --secret X          mobile secret, 15 characters (it is virtual: the command line may show it)\n"
        "  --secret-file FILE  the same from a file\n"
        "  --platform NAME     argon (preset), boron, bsom, b5som, tracker, trackerm, esomx, p2, photon2, msom ...\n"
        "  --os VERSION        Device OS, preset 6.2.0\n"
        "  --id HEX            device id; preset: made from the serial number\n"
        "  --name NAME         advertised name, as product firmware may set it\n"
        "  --cloud URL         goes online at this 'usher-sim cloud'\n"
        "  --world FILE        networks around it (tests/sim/device/world.h); preset: Wi-Fi 'usher-lab', 'correct horse'\n"
        "  --interval-ms N     connection interval: data passes only on its events; preset 0: at once\n"
        "  --packets N         packets per event and direction, preset 4\n"
        "  --loop-ms N         a pass of its loop begins 0 to N ms after the last, and does one request; what comes\n"
        "                      meanwhile fills its pool; preset 100, the firmware's own; 0: it reads at once\n"
        "  --loop-seed N       of the passes' lengths, preset 0\n"
        "  --join-ms N         how long joining Wi-Fi takes (also --scan-ms, --dhcp-ms, --dtls-ms, --boot-ms)\n"
        "  --start HOW         listening (preset), boot, provisioning\n"
        "  --setup-done        the setup flag of old firmware is set\n"
        "  --protected         Device Protection is on\n"
        "  --active-sim N      1 internal (preset), 2 external\n"
        "  --ethernet          the Ethernet feature flag is set\n"
        "  --fault F           NAME[=ARG][,times=K]; may be given several times:\n";

static void print_help(void)
{
        const char *arg, *summary, *name;

        fputs(help, stdout);
        for (size_t i = 0; (name = mishap_describe(i, &arg, &summary)); i++)
                printf("      %s%s%s%*s %s\n", name, arg ? "=" : "", arg ? arg : "",
                       (int)(26 - strlen(name) - (arg ? strlen(arg) + 1 : 0)), "", summary);
        fputs("  --log FILE          a line per request that was handled: type and result\n"
              "\nSIGUSR1 holds its MODE button for 3 seconds, SIGUSR2 presses RESET.\n",
              stdout);
}

/* options */

enum {
        OPT_JOIN = 256,
        OPT_LOOP,
        OPT_LOOP_SEED,
        OPT_SCAN,
        OPT_DHCP,
        OPT_DTLS,
        OPT_BOOT,
        OPT_SECRET_FILE,
        OPT_SETUP_DONE,
        OPT_PROTECTED
};

static const struct option table[] = {
        { "dir", required_argument, NULL, 'd' },
        { "serial", required_argument, NULL, 's' },
        { "secret", required_argument, NULL, 'x' },
        { "secret-file", required_argument, NULL, OPT_SECRET_FILE },
        { "platform", required_argument, NULL, 'p' },
        { "os", required_argument, NULL, 'o' },
        { "id", required_argument, NULL, 'i' },
        { "name", required_argument, NULL, 'n' },
        { "cloud", required_argument, NULL, 'c' },
        { "world", required_argument, NULL, 'w' },
        { "interval-ms", required_argument, NULL, 'I' },
        { "packets", required_argument, NULL, 'P' },
        { "loop-ms", required_argument, NULL, OPT_LOOP },
        { "loop-seed", required_argument, NULL, OPT_LOOP_SEED },
        { "join-ms", required_argument, NULL, OPT_JOIN },
        { "scan-ms", required_argument, NULL, OPT_SCAN },
        { "dhcp-ms", required_argument, NULL, OPT_DHCP },
        { "dtls-ms", required_argument, NULL, OPT_DTLS },
        { "boot-ms", required_argument, NULL, OPT_BOOT },
        { "start", required_argument, NULL, 'S' },
        { "setup-done", no_argument, NULL, OPT_SETUP_DONE },
        { "protected", no_argument, NULL, OPT_PROTECTED },
        { "active-sim", required_argument, NULL, 'a' },
        { "ethernet", no_argument, NULL, 'e' },
        { "fault", required_argument, NULL, 'f' },
        { "log", required_argument, NULL, 'l' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
};

static int number(const char *text, unsigned max, unsigned *ret)
{
        if (number_read(text, 0, max, ret) < 0) {
                fprintf(stderr, "usher-sim device: '%s' is not a number from 0 to %u\n", text, max);
                return -EINVAL;
        }
        return 0;
}

static int take_start(const char *text, enum vdevice_start *ret)
{
        static const char *const names[] = {
                [VDEVICE_START_LISTENING] = "listening",
                [VDEVICE_START_BOOT] = "boot",
                [VDEVICE_START_PROVISIONING] = "provisioning",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcmp(names[i], text) == 0) {
                        *ret = (enum vdevice_start)i;
                        return 0;
                }
        fprintf(stderr, "usher-sim device: --start is listening, boot or provisioning\n");
        return -EINVAL;
}

static int take_fault(struct options *o, const char *text)
{
        const char *why;

        if (o->config.n_mishaps == FAULTS_MAX) {
                fprintf(stderr, "usher-sim device: at most %d faults\n", FAULTS_MAX);
                return -E2BIG;
        }
        if (mishap_parse(text, &why, &o->mishap[o->config.n_mishaps]) < 0) {
                fprintf(stderr, "usher-sim device: --fault %s: %s\n", text, why);
                return -EINVAL;
        }
        o->config.n_mishaps++;
        return 0;
}

static int take_secret(struct options *o, const char *text, bool file)
{
        int r = file ? secret_read_file(text, 64, &o->secret) : secret_new(text, strlen(text), &o->secret);

        if (r < 0)
                fprintf(stderr, "usher-sim device: the secret cannot be read: %s\n", strerror(-r));
        return r;
}

static int take(struct options *o, int c, const char *arg)
{
        switch (c) {
        case 'd': o->dir = arg; return 0;
        case 's': o->config.serial = arg; return 0;
        case 'x': return take_secret(o, arg, false);
        case OPT_SECRET_FILE: return take_secret(o, arg, true);
        case 'p': o->platform = arg; return 0;
        case 'o': o->os = arg; return 0;
        case 'i': o->config.id = arg; return 0;
        case 'n': o->config.advert_name = arg; return 0;
        case 'c': o->cloud = arg; return 0;
        case 'w': o->world = arg; return 0;
        case 'l': o->log = arg; return 0;
        case 'I': return number(arg, 10000, &o->config.interval_ms);
        case 'P': return number(arg, 64, &o->config.packets);
        case OPT_LOOP: return number(arg, 10000, &o->timing.loop_ms);
        case OPT_LOOP_SEED: return number(arg, UINT_MAX, &o->config.loop_seed);
        case OPT_JOIN: return number(arg, INT_MAX, &o->timing.join_ms);
        case OPT_SCAN: return number(arg, INT_MAX, &o->timing.scan_ms);
        case OPT_DHCP: return number(arg, INT_MAX, &o->timing.dhcp_ms);
        case OPT_DTLS: return number(arg, INT_MAX, &o->timing.dtls_ms);
        case OPT_BOOT: return number(arg, INT_MAX, &o->timing.boot_ms);
        case 'S': return take_start(arg, &o->config.start);
        case OPT_SETUP_DONE: o->config.setup_done = true; return 0;
        case OPT_PROTECTED: o->config.protected = true; return 0;
        case 'a': return number(arg, 2, &o->config.active_sim);
        case 'e': o->config.ethernet_detection = true; return 0;
        case 'f': return take_fault(o, arg);
        case 'h': print_help(); return 1;
        default: return -EINVAL;
        }
}

static int parse(int argc, char **argv, struct options *o)
{
        int c, r = 0;

        optind = 1;
        while (r == 0 && (c = getopt_long(argc, argv, "", table, NULL)) >= 0)
                r = take(o, c, optarg);
        if (r != 0)
                return r;
        if (optind < argc || !o->dir || !o->config.serial || !o->secret) {
                fprintf(stderr, "usher-sim device: --dir, --serial and --secret are needed; see --help\n");
                return -EINVAL;
        }
        o->config.platform = platform_by_key(o->platform);
        if (!o->config.platform || os_version_parse(o->os, &o->config.os) < 0) {
                fprintf(stderr, "usher-sim device: there is no platform '%s' or no version '%s'\n",
                        o->platform, o->os);
                return -EINVAL;
        }
        return 0;
}

/* what the device does */

static void say_ready(struct host *h)
{
        struct vdevice_facts facts;

        if (!h->ready || !h->advertised || !h->made)
                return;
        h->ready = timer_free(h->ready);
        vdevice_facts(h->device, &facts);
        printf("ready %s\n", facts.name);
        (void)fflush(stdout);
}

static void on_ready_at_latest(void *userdata)
{
        struct host *h = userdata;

        h->advertised = h->made = true;
        say_ready(h);
}

/* The cloud knows the device now, or cannot be told: then its own words are on standard error. */
static void on_made(void *userdata, int status, const char *body)
{
        struct host *h = userdata;

        if (status != 200)
                fprintf(stderr, "usher-sim: the virtual cloud does not know the device: %s\n",
                        status ? body : "no answer");
        h->made = true;
        say_ready(h);
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct host *h = userdata;

        sim_radio_advertise(h->radio, advert);
        h->advertised |= advert->on && sim_radio_error(h->radio) == 0;
        say_ready(h);
}

static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        sim_radio_notify(((struct host *)userdata)->radio, link, data, len);
}

static void on_drop(void *userdata, unsigned link)
{
        sim_radio_drop_link(((struct host *)userdata)->radio, link);
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct host *h = userdata;

        if (h->poster && report_online(h->poster, h->device, online) < 0)
                fprintf(stderr, "usher-sim: the virtual cloud cannot be told\n");
}

static void on_offline(void *userdata)
{
        struct host *h = userdata;
        struct vdevice_facts facts;

        vdevice_facts(h->device, &facts);
        if (h->poster)
                (void)report_offline(h->poster, facts.id);
}

static void on_handled(void *userdata, uint16_t type, int32_t result)
{
        struct host *h = userdata;

        if (h->log)
                fprintf(h->log, "%u %d\n", type, result);
}

static void print_end(const struct host *h)
{
        struct vdevice_facts f;

        vdevice_facts(h->device, &f);
        printf("{\"connections\":%u,\"handshakes\":%u,\"requests\":%u,\"pool_high_water\":%zu,"
               "\"pool_overflows\":%u,\"decrypt_failures\":%u,\"resets\":%u,\"known_networks\":%u,"
               "\"online\":%s,\"claimed\":%s,\"setup_done\":%s,\"listening\":%s}\n",
               f.connections, f.handshakes, f.requests, f.pool_high_water, f.pool_overflows,
               f.decrypt_failures, f.resets, f.known_networks, f.online ? "true" : "false",
               f.claimed ? "true" : "false", f.setup_done ? "true" : "false",
               f.listening ? "true" : "false");
        (void)fflush(stdout);
}

/* The device's two buttons are signals. */
static int on_mode(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct host *h = userdata;

        (void)source;
        (void)info;
        vdevice_press_mode(h->device);
        return 0;
}

static int on_reset(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct host *h = userdata;

        (void)source;
        (void)info;
        vdevice_press_reset(h->device);
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
        if (r >= 0)
                r = timer_new(loop, READY_AT_LATEST_MS, on_ready_at_latest, h, &h->ready);
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

static int start(const struct options *o, struct host *h)
{
        static const struct vdevice_ops ops = {
                .notify = on_notify,
                .drop_link = on_drop,
                .advertise = on_advertise,
                .online = on_online,
                .offline = on_offline,
                .handled = on_handled,
        };
        int r = sim_radio_new(h->loop, o->dir, &h->radio);

        if (r == 0 && o->cloud)
                r = poster_new(h->loop, o->cloud, &h->poster);
        if (r < 0) {
                fprintf(stderr, "usher-sim device: --cloud is http://127.0.0.1:PORT\n");
                return r;
        }
        if (o->log) {
                h->log = fopen(o->log, "we");
                if (!h->log)
                        return -errno;
                (void)setvbuf(h->log, NULL, _IOLBF, 0);
        }
        r = vdevice_new(&o->config, &ops, h, &h->device);
        if (r < 0)
                fprintf(stderr,
                        "usher-sim device: serial number, secret, id or name cannot be right, or the version "
                        "was never made for this platform\n");
        else
                sim_radio_set_device(h->radio, h->device);
        h->made = !h->poster;
        if (r == 0 && h->poster)
                r = report_made(h->poster, h->device, &o->config, on_made, h);
        return r;
}

int sim_device(int argc, char **argv)
{
        struct options o = { .platform = "argon", .os = "6.2.0", .timing = vdevice_timing_default };
        struct host h = { 0 };
        struct world *world = NULL;
        int r, code = EXIT_DONE;

        r = parse(argc, argv, &o);
        if (r == 0)
                r = load_world(o.world, &world);
        if (r == 0)
                r = sd_event_new(&h.loop);
        if (r != 0) {
                secret_free(o.secret);
                return r > 0 ? EXIT_DONE : EXIT_USAGE;
        }
        o.config.loop = h.loop;
        o.config.mobile_secret = o.secret;
        o.config.world = world;
        o.config.timing = &o.timing;
        o.config.mishaps = o.mishap;
        r = start(&o, &h);
        if (r < 0)
                code = EXIT_USAGE;
        else if ((r = run(&h)) < 0) {
                fprintf(stderr, "usher-sim device: %s\n", strerror(-r));
                code = EXIT_INTERNAL;
        }
        if (h.device)
                print_end(&h);
        timer_free(h.ready);
        vdevice_free(h.device);
        sim_radio_free(h.radio);
        poster_free(h.poster);
        world_free(world);
        sd_event_unref(h.loop);
        if (h.log)
                (void)fclose(h.log);
        secret_free(o.secret);
        return code;
}
