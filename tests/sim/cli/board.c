/* SPDX-License-Identifier: Apache-2.0 */

/* The machine's words go to the radio and to the cloud as they come. Each board has a connection of its own
 * to the cloud, so that one that is not answered keeps no other waiting. */

#include "tests/sim/cli/board.h"
#include "proto/base/timer.h"
#include "tests/sim/cli/effects.h"
#include "tests/sim/cli/radio.h"
#include "tests/sim/cli/report.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { FOUND_AT_LATEST_MS = 200 }; /* a device that never advertises is ready, too */

struct board {
        struct board_options options;
        struct vdevice *device;
        struct sim_radio *radio;
        struct poster *poster;
        struct timer *found_at_latest;
        char serial[16];
        char *signal;           /* path of its file of signal strength */
        bool found, made, said; /* what "ready" waits for, and whether it was said */
};

static void say_ready(struct board *b)
{
        if (b->said || !b->found || !b->made)
                return;
        b->said = true;
        b->found_at_latest = timer_free(b->found_at_latest);
        b->options.ready(b->options.userdata);
}

static void on_found_at_latest(void *userdata)
{
        struct board *b = userdata;

        b->found = true;
        say_ready(b);
}

/* The cloud knows the device now, or cannot be told: then its own words are on standard error. */
static void on_made(void *userdata, int status, const char *body)
{
        struct board *b = userdata;

        if (status != 200)
                fprintf(stderr, "usher-sim: the virtual cloud does not know the device: %s\n",
                        status ? body : "no answer");
        b->made = true;
        say_ready(b);
}

/* what the device does */

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct board *b = userdata;

        sim_radio_advertise(b->radio, advert);
        b->found |= advert->on && sim_radio_error(b->radio) == 0;
        say_ready(b);
}

static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        sim_radio_notify(((struct board *)userdata)->radio, link, data, len);
}

static void on_drop(void *userdata, unsigned link)
{
        sim_radio_drop_link(((struct board *)userdata)->radio, link);
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct board *b = userdata;

        if (b->poster && report_online(b->poster, b->device, online) < 0)
                fprintf(stderr, "usher-sim: the virtual cloud cannot be told\n");
}

static void on_offline(void *userdata)
{
        struct board *b = userdata;
        struct vdevice_facts facts;

        vdevice_facts(b->device, &facts);
        if (b->poster)
                (void)report_offline(b->poster, facts.id);
}

static void on_handled(void *userdata, uint16_t type, int32_t result)
{
        struct board *b = userdata;

        if (b->options.log)
                fprintf(b->options.log, "%u %d\n", type, result);
}

static void on_effect(void *userdata, const struct vdevice_effect *effect)
{
        struct board *b = userdata;
        const struct effect line = { .who = "device",
                                     .serial = b->serial,
                                     .name = effect->name,
                                     .to = effect->to,
                                     .to_len = effect->to_len,
                                     .changed = effect->changed };

        if (b->options.effects >= 0 && effects_append(b->options.effects, &line) < 0)
                fprintf(stderr, "usher-sim device: the file of effects cannot be written\n");
}

/* life */

static int write_signal(struct board *b, const char *text)
{
        _cleanup_(closep) int fd = -1;

        if (asprintf(&b->signal, "%s/%s.rssi", b->options.dir, board_name(b)) < 0) {
                b->signal = NULL;
                return -ENOMEM;
        }
        fd = open(b->signal, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
        return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int make_device(struct board *b, const struct vdevice_config *config)
{
        static const struct vdevice_ops ops = {
                .notify = on_notify,
                .drop_link = on_drop,
                .advertise = on_advertise,
                .online = on_online,
                .offline = on_offline,
                .handled = on_handled,
                .effect = on_effect,
        };
        int r = vdevice_new(config, &ops, b, &b->device);

        if (r < 0)
                fprintf(stderr,
                        "usher-sim device: %s: serial number, secret, id or name cannot be right, or the "
                        "version was never made for this platform\n",
                        config->serial);
        else
                sim_radio_set_device(b->radio, b->device);
        return r;
}

static int tell_cloud(struct board *b, const struct vdevice_config *config)
{
        int r;

        b->made = !b->options.cloud;
        if (b->made)
                return 0;
        r = poster_new(config->loop, b->options.cloud, &b->poster);
        if (r < 0) {
                fprintf(stderr, "usher-sim device: --cloud is http://127.0.0.1:PORT\n");
                return r;
        }
        return report_made(b->poster, b->device, config, on_made, b);
}

int board_new(const struct board_options *options, const struct vdevice_config *config, const char *signal,
              struct board **ret)
{
        _cleanup_(board_freep) struct board *b = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        b->options = *options;
        (void)snprintf(b->serial, sizeof(b->serial), "%s", config->serial);
        r = sim_radio_new(config->loop, options->dir, &b->radio);
        if (r == 0)
                r = make_device(b, config);
        if (r == 0)
                r = tell_cloud(b, config);
        if (r == 0)
                r = timer_new(config->loop, FOUND_AT_LATEST_MS, on_found_at_latest, b, &b->found_at_latest);
        if (r < 0)
                return r;
        r = signal ? write_signal(b, signal) : 0;
        if (r < 0) {
                fprintf(stderr, "usher-sim device: --dir %s: %s\n", options->dir, strerror(-r));
                return r;
        }
        *ret = TAKE_PTR(b);
        return 0;
}

struct board *board_free(struct board *b)
{
        if (!b)
                return NULL;
        if (b->signal)
                (void)unlink(b->signal);
        free(b->signal);
        timer_free(b->found_at_latest);
        vdevice_free(b->device);
        sim_radio_free(b->radio);
        poster_free(b->poster);
        free(b);
        return NULL;
}

const char *board_name(const struct board *b)
{
        struct vdevice_facts facts;

        vdevice_facts(b->device, &facts);
        return facts.name;
}

void board_press_mode(struct board *b)
{
        vdevice_press_mode(b->device);
}

void board_press_reset(struct board *b)
{
        vdevice_press_reset(b->device);
}

void board_print_end(const struct board *b)
{
        struct vdevice_facts f;

        vdevice_facts(b->device, &f);
        printf("{\"name\":\"%s\",\"connections\":%u,\"handshakes\":%u,\"requests\":%u,\"pool_high_water\":%zu,"
               "\"pool_overflows\":%u,\"decrypt_failures\":%u,\"resets\":%u,\"known_networks\":%u,"
               "\"online\":%s,\"claimed\":%s,\"setup_done\":%s,\"listening\":%s}\n",
               f.name, f.connections, f.handshakes, f.requests, f.pool_high_water, f.pool_overflows,
               f.decrypt_failures, f.resets, f.known_networks, f.online ? "true" : "false",
               f.claimed ? "true" : "false", f.setup_done ? "true" : "false",
               f.listening ? "true" : "false");
}
