/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim cloud: the virtual cloud of tests/sim/cloud on a loopback port, with its registry from a seed or
 * kept in a file. It says "ready URL" on standard output once clients may come, and ends in order on
 * SIGTERM or SIGINT. */

#include "tests/sim/cli/cloud.h"
#include "proto/base/fault.h"
#include "proto/base/number.h"
#include "tests/sim/cli/effects.h"
#include "tests/sim/cloud/file.h"
#include "tests/sim/cloud/http.h"
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define MAX_FAULTS 64
#define MAX_PEM    (256u * 1024)
#define MAX_SEED   (64u * 1024 * 1024)

struct options {
        const char *listen, *seed, *state, *effects, *cert, *key;
        const char *fault[MAX_FAULTS];
        size_t n_faults;
        int64_t date_offset_s;
        bool trace;
};

struct server {
        sd_event *loop;
        const struct options *options;
        struct vcloud *cloud;
        bool unsaved, save_failed;
        int effects; /* -1: none */
};

static const char help[] =
        "Usage: usher-sim cloud [OPTION]...\n\n"
        "A virtual Particle device cloud on a loopback port.\n\n"
        "  --listen HOST:PORT  where (default 127.0.0.1:0; port 0 lets the kernel choose)\n"
        "  --seed FILE         users, tokens, devices, products, SIMs, faults as JSON\n"
        "  --state FILE        keeps the registry there: read at start if it exists, saved on every change\n"
        "  --effects FILE      appends a line of JSON for each thing that was set, also if it was so before\n"
        "  --fault RULE        'METHOD PATHPREFIX KIND[,key=value]...'; may be given several times\n"
        "  --tls-cert FILE --tls-key FILE\n"
        "                      PEM files: serve HTTPS\n"
        "  --date-offset S     the cloud's clock is S seconds ahead, or behind if negative\n"
        "  --trace             one line per request on standard error (paths only, no secrets)\n"
        "  --help\n\n"
        "Prints \"ready URL\" when it listens. Without a seed there is one user, lab@example.com, with the\n"
        "password \"lab\" and the token 0123456789abcdef0123456789abcdef01234567. tests/sim/cloud/README.md has\n"
        "the seed's fields, the kinds of fault and the routes under /sim/.\n";

static int parse(int argc, char **argv, struct options *o)
{
        static const struct option table[] = {
                { "listen", required_argument, NULL, 'l' },
                { "seed", required_argument, NULL, 's' },
                { "state", required_argument, NULL, 'S' },
                { "effects", required_argument, NULL, 'e' },
                { "fault", required_argument, NULL, 'f' },
                { "tls-cert", required_argument, NULL, 'c' },
                { "tls-key", required_argument, NULL, 'k' },
                { "date-offset", required_argument, NULL, 'd' },
                { "trace", no_argument, NULL, 't' },
                { "help", no_argument, NULL, 'h' },
                { NULL, 0, NULL, 0 },
        };
        int c;

        *o = (struct options){ .listen = "127.0.0.1:0" };
        while ((c = getopt_long(argc, argv, "", table, NULL)) >= 0)
                switch (c) {
                case 'l': o->listen = optarg; break;
                case 's': o->seed = optarg; break;
                case 'S': o->state = optarg; break;
                case 'e': o->effects = optarg; break;
                case 'c': o->cert = optarg; break;
                case 'k': o->key = optarg; break;
                case 't': o->trace = true; break;
                case 'd':
                        if (number_read_signed(optarg, INT64_MIN, INT64_MAX, &o->date_offset_s) < 0)
                                return -EINVAL;
                        break;
                case 'f':
                        if (o->n_faults == MAX_FAULTS)
                                return -E2BIG;
                        o->fault[o->n_faults++] = optarg;
                        break;
                case 'h': fputs(help, stdout); return 1;
                default: return -EINVAL;
                }
        return optind == argc && !o->cert == !o->key ? 0 : -EINVAL;
}

static int fail(const char *what, const char *why)
{
        fprintf(stderr, "usher-sim cloud: %s: %s\n", what, why);
        return EXIT_USAGE;
}

/* The state file if there is one, else the seed, else nothing. */
static int read_registry(const struct options *o, char **ret, const char **ret_from)
{
        int r = -ENOENT;

        *ret_from = o->state ?: "default";
        if (o->state)
                r = file_read(o->state, MAX_SEED, ret);
        if (r != -ENOENT)
                return r;
        *ret_from = o->seed ?: "default";
        return o->seed ? file_read(o->seed, MAX_SEED, ret) : 0;
}

static int make_cloud(const struct options *o, sd_event *loop, struct vcloud **ret)
{
        _cleanup_(vcloud_freep) struct vcloud *cloud = NULL;
        _cleanup_(freep) char *text = NULL, *why = NULL;
        const char *from;
        int r;

        r = read_registry(o, &text, &from);
        if (r < 0)
                return fail(from, strerror(-r));
        r = vcloud_new(loop, text, &why, &cloud);
        if (r < 0)
                return fail(from, why ?: strerror(-r));
        for (size_t i = 0; i < o->n_faults; i++) {
                r = vcloud_add_fault(cloud, o->fault[i], &why);
                if (r < 0)
                        return fail("--fault", why ?: strerror(-r));
        }
        *ret = TAKE_PTR(cloud);
        return 0;
}

static void on_effect(void *userdata, const struct vcloud_effect *effect)
{
        const struct server *s = userdata;
        const struct effect line = { .who = "cloud",
                                     .serial = effect->serial,
                                     .name = effect->name,
                                     .to = (const uint8_t *)effect->to,
                                     .to_len = effect->to ? strlen(effect->to) : 0,
                                     .changed = effect->changed };

        if (effects_append(s->effects, &line) < 0)
                fputs("usher-sim cloud: the file of effects cannot be written\n", stderr);
}

/* 0 or an exit code. */
static int watch_effects(struct server *s)
{
        int r;

        if (!s->options->effects)
                return 0;
        r = effects_open(s->options->effects, &s->effects);
        if (r < 0)
                return fail(s->options->effects, strerror(-r));
        vcloud_on_effect(s->cloud, on_effect, s);
        return 0;
}

static void save(struct server *s)
{
        _cleanup_(freep) char *text = NULL;
        int r;

        s->unsaved |= vcloud_take_changed(s->cloud);
        if (!s->options->state || !s->unsaved)
                return;
        r = vcloud_dump(s->cloud, &text);
        if (r == 0)
                r = file_replace(s->options->state, text);
        if (r < 0 && !s->save_failed)
                (void)fail(s->options->state, strerror(-r));
        s->save_failed = s->unsaved = r < 0;
}

static void handled(void *userdata, const char *method, const char *path, unsigned status)
{
        struct server *s = userdata;

        if (s->options->trace)
                fprintf(stderr, "%s %s %u\n", method, path, status);
        save(s);
}

/* SIGTERM and SIGINT end it. */
static int make_loop(sd_event **ret)
{
        _cleanup_(sd_event_unrefp) sd_event *event = NULL;
        const struct sigaction ignore = { .sa_handler = SIG_IGN };
        sigset_t signals;
        int r;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0 || sigaction(SIGPIPE, &ignore, NULL) < 0)
                return -errno;
        r = sd_event_new(&event);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(event);
        return 0;
}

/* Listens; 0 or an exit code. */
static int listen_for(struct server *s, struct vhttp **ret)
{
        _cleanup_(freep) char *why = NULL, *cert = NULL, *key = NULL;
        struct vhttp_config config = { .loop = s->loop,
                                       .cloud = s->cloud,
                                       .listen = s->options->listen,
                                       .handled = handled,
                                       .userdata = s,
                                       .date_offset_s = s->options->date_offset_s };
        int r = 0;

        if (s->options->cert)
                r = file_read(s->options->cert, MAX_PEM, &cert);
        if (r == 0 && s->options->key)
                r = file_read(s->options->key, MAX_PEM, &key);
        if (r < 0)
                return fail("--tls-cert, --tls-key", strerror(-r));
        config.tls_cert = cert;
        config.tls_key = key;
        r = vhttp_new(&config, &why, ret);
        if (r == -EIO && cert)
                return fail("--tls-cert, --tls-key", "not a PEM certificate and its key");
        return r < 0 ? fail(s->options->listen, why ?: strerror(-r)) : 0;
}

static int serve(struct server *s)
{
        _cleanup_(vhttp_freep) struct vhttp *http = NULL;
        int r;

        r = listen_for(s, &http);
        if (r != 0)
                return r;
        printf("ready %s\n", vhttp_url(http));
        if (fflush(stdout) != 0)
                return fail("standard output", strerror(errno));
        r = sd_event_loop(s->loop);
        save(s);
        return r < 0 ? fail("event loop", strerror(-r)) : EXIT_DONE;
}

int sim_cloud(int argc, char **argv)
{
        _cleanup_(sd_event_unrefp) sd_event *loop = NULL;
        _cleanup_(vcloud_freep) struct vcloud *cloud = NULL;
        struct options options;
        struct server server = { .options = &options, .effects = -1 };
        int r;

        r = parse(argc, argv, &options);
        if (r > 0)
                return EXIT_DONE;
        if (r < 0) {
                fputs("usher-sim cloud --help tells the options\n", stderr);
                return EXIT_USAGE;
        }
        r = make_loop(&loop);
        if (r < 0)
                return fail("event loop", strerror(-r));
        r = make_cloud(&options, loop, &cloud);
        if (r != 0)
                return r;
        server.loop = loop;
        server.cloud = cloud;
        r = watch_effects(&server);
        if (r == 0)
                r = serve(&server);
        closep(&server.effects);
        return r;
}
