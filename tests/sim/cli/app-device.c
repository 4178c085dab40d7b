/* SPDX-License-Identifier: Apache-2.0 */

/* The machine of tests/sim/device has the same ends as the sim radio gives it: link up, subscribe, write,
 * link down, and out of it notify, drop, advertise. Time on the air is the controller's business here, so
 * the machine's own connection events are off. */

#include "tests/sim/cli/app-device.h"
#include "tests/sim/cli/report.h"
#include "tests/sim/device/device.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DEVICES_MAX = 64, SPEC_MAX = 512 };

struct app_device {
        struct peripheral *p;
        struct vdevice *device;
        struct app_devices *all;
        struct secret *secret;
        char spec[SPEC_MAX]; /* what the pointers point into */
        const char *serial, *id, *name, *os, *platform;
        int rssi;
};

struct app_devices {
        struct sd_event *loop;
        struct app_device device[DEVICES_MAX];
        size_t n;
        struct world *world;
        struct poster *poster;
        struct vdevice_timing timing;
};

/* the machine's word */
static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        peripheral_notify(((struct app_device *)userdata)->p, link, data, len);
}

static void on_drop(void *userdata, unsigned link)
{
        peripheral_hang_up(((struct app_device *)userdata)->p, link, HCI_REMOTE_TERMINATED);
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct app_device *d = userdata;

        peripheral_set_advert(d->p, advert->name, advert->manufacturer, advert->manufacturer_len);
        peripheral_advertise(d->p, advert->on);
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        struct app_device *d = userdata;

        if (d->all->poster && report_online(d->all->poster, d->device, online) < 0)
                fprintf(stderr, "usher-sim vhci: the virtual cloud cannot be told\n");
}

static void on_offline(void *userdata)
{
        struct app_device *d = userdata;
        struct vdevice_facts facts;

        vdevice_facts(d->device, &facts);
        if (d->all->poster)
                (void)report_offline(d->all->poster, facts.id);
}

/* the air's word */
static int on_connected(void *userdata, unsigned link, unsigned mtu, uint8_t *ret_version)
{
        return vdevice_link_up(((struct app_device *)userdata)->device, link, mtu, ret_version);
}

static void on_mtu(void *userdata, unsigned link, unsigned mtu)
{
        vdevice_set_mtu(((struct app_device *)userdata)->device, link, mtu);
}

static void on_subscribed(void *userdata, unsigned link, bool on)
{
        vdevice_subscribe(((struct app_device *)userdata)->device, link, on);
}

static void on_written(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        (void)vdevice_write(((struct app_device *)userdata)->device, link, data, len);
}

static void on_disconnected(void *userdata, unsigned link)
{
        vdevice_link_down(((struct app_device *)userdata)->device, link);
}

/* life */
struct app_devices *app_devices_new(struct sd_event *loop)
{
        struct app_devices *a = calloc(1, sizeof(*a));

        if (!a)
                return NULL;
        a->loop = loop;
        a->timing = vdevice_timing_default;
        return a;
}

static void print_end(const struct app_device *d)
{
        struct vdevice_facts f;

        vdevice_facts(d->device, &f);
        printf("{\"name\":\"%s\",\"connections\":%u,\"handshakes\":%u,\"requests\":%u,\"pool_high_water\":%zu,"
               "\"pool_overflows\":%u,\"decrypt_failures\":%u,\"online\":%s,\"setup_done\":%s,\"listening\":%s}\n",
               f.name, f.connections, f.handshakes, f.requests, f.pool_high_water, f.pool_overflows,
               f.decrypt_failures, f.online ? "true" : "false", f.setup_done ? "true" : "false",
               f.listening ? "true" : "false");
}

struct app_devices *app_devices_free(struct app_devices *a)
{
        if (!a)
                return NULL;
        for (size_t i = 0; i < a->n; i++) {
                if (a->device[i].device)
                        print_end(&a->device[i]);
                vdevice_free(a->device[i].device);
                secret_free(a->device[i].secret);
        }
        (void)fflush(stdout);
        poster_free(a->poster);
        world_free(a->world);
        free(a);
        return NULL;
}

/* command line */
static int refuse(const char *what, const char *why)
{
        fprintf(stderr, "usher-sim vhci: %s: %s\n", what, why);
        return -EINVAL;
}

static int take(struct app_device *d, const char *key, char *value)
{
        if (strcmp(key, "serial") == 0)
                d->serial = value;
        else if (strcmp(key, "id") == 0)
                d->id = value;
        else if (strcmp(key, "platform") == 0)
                d->platform = value;
        else if (strcmp(key, "os") == 0)
                d->os = value;
        else if (strcmp(key, "name") == 0)
                d->name = value;
        else if (strcmp(key, "rssi") == 0)
                d->rssi = (int)strtol(value, NULL, 10);
        else if (strcmp(key, "secret") == 0 && !d->secret) /* virtual: the command line may show it */
                return secret_new(value, strlen(value), &d->secret);
        else if (strcmp(key, "secret-file") == 0 && !d->secret)
                return secret_read_file(value, 64, &d->secret);
        else
                return -EINVAL;
        return 0;
}

int app_devices_add(struct app_devices *a, const char *spec)
{
        struct app_device *d = &a->device[a->n];
        char *save, *word, *equals;
        int r;

        if (a->n == DEVICES_MAX || strlen(spec) >= sizeof(d->spec))
                return refuse("--device", "too many, or too long");
        *d = (struct app_device){ .all = a, .platform = "argon", .os = "6.2.0", .rssi = -50 };
        memcpy(d->spec, spec, strlen(spec) + 1);
        for (word = strtok_r(d->spec, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
                equals = strchr(word, '=');
                if (!equals)
                        return refuse(word, "KEY=VALUE is needed");
                *equals = '\0';
                r = take(d, word, equals + 1);
                if (r < 0)
                        return refuse(word, r == -EINVAL ? "there is no such key" : strerror(-r));
        }
        if (!d->serial || !d->secret)
                return refuse("--device", "serial and secret (or secret-file) are needed");
        a->n++;
        return 0;
}

int app_devices_world(struct app_devices *a, const char *path)
{
        _cleanup_(freep) char *why = NULL;
        int r;

        if (a->world)
                return refuse("--world", "only one");
        r = world_load(path, &why, &a->world);
        return r < 0 ? refuse(path, why ? why : strerror(-r)) : 0;
}

int app_devices_cloud(struct app_devices *a, const char *url)
{
        return a->poster || poster_new(a->loop, url, &a->poster) < 0
                       ? refuse("--cloud", "http://127.0.0.1:PORT, once")
                       : 0;
}

unsigned *app_devices_loop_ms(struct app_devices *a)
{
        return &a->timing.loop_ms;
}

/* starting */
static int make_peripheral(struct app_device *d, size_t i, unsigned max_mtu)
{
        static const struct peripheral_app app = {
                .connected = on_connected,
                .mtu = on_mtu,
                .subscribed = on_subscribed,
                .written = on_written,
                .disconnected = on_disconnected,
        };
        struct vdevice_facts facts;
        struct peripheral_config config = {
                .address = { (uint8_t)i, 0xcd, 0xab, 0x34, 0x12, 0xc0 },
                .address_type = 1,
                .rssi = (int8_t)d->rssi,
                .max_mtu = max_mtu,
                .company = 0x0662,
                .asks_interval = platform_by_key(d->platform)->chip == CHIP_NRF52840,
        };

        vdevice_facts(d->device, &facts);
        (void)snprintf(config.name, sizeof(config.name), "%s", facts.name);
        return peripheral_new(&config, &app, d, &d->p);
}

static int make_device(struct app_device *d)
{
        static const struct vdevice_ops ops = {
                .notify = on_notify,
                .drop_link = on_drop,
                .advertise = on_advertise,
                .online = on_online,
                .offline = on_offline,
        };
        struct vdevice_config config = {
                .loop = d->all->loop,
                .platform = platform_by_key(d->platform),
                .serial = d->serial,
                .id = d->id,
                .advert_name = d->name,
                .mobile_secret = d->secret,
                .world = d->all->world,
                .start = VDEVICE_START_LISTENING,
                .timing = &d->all->timing,
                .loop_seed = (unsigned)(d - d->all->device),
        };

        if (!config.platform || os_version_parse(d->os, &config.os) < 0 ||
            vdevice_new(&config, &ops, d, &d->device) < 0)
                return refuse(d->serial, "platform, version, serial number or secret cannot be right");
        return 0;
}

int app_devices_start(struct app_devices *a, struct controller *c, unsigned max_mtu)
{
        int r = a->world ? 0 : world_new(&a->world);

        for (size_t i = 0; i < a->n && r == 0; i++) {
                r = make_device(&a->device[i]);
                if (r == 0)
                        r = make_peripheral(&a->device[i], i, max_mtu);
                if (r == 0)
                        controller_add(c, a->device[i].p);
        }
        return r;
}
