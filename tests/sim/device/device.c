/* SPDX-License-Identifier: Apache-2.0 */

/* Life of the device: boot, the system loop, listening mode, reset. */

#include "tests/sim/device/device-private.h"
#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

enum {
        SERIAL_LEN = 15,
        ID_LEN = 24,
        SECRET_LEN = 15,
        PASSES_AT_ONCE = 64, /* without a loop */
        PASSES_WALKED = 8,
        RESET_DELAY_MS = 1000,
};

const struct vdevice_timing vdevice_timing_default = {
        .loop_ms = 100,
        .ncp_ms = 300,
        .scan_ms = 1000,
        .join_ms = 1500,
        .associate_ms = 800,
        .dhcp_ms = 400,
        .modem_ms = 2000,
        .dtls_ms = 700,
        .dtls_fail_ms = 10000,
        .boot_ms = 1200,
        .supervision_ms = 5000,
        .radio_reset_ms = 1000,
        .flash_ms = 1500,
};

/* tools of all the files */

void vd_fail(struct vdevice *d, int error)
{
        if (d->error == 0)
                d->error = error;
}

int vd_arm(struct vdevice *d, struct timer **timer, uint64_t after_ms, void (*fire)(void *), void *userdata)
{
        int r;

        *timer = timer_free(*timer);
        r = timer_new(d->config.loop, after_ms, fire, userdata, timer);
        if (r < 0)
                vd_fail(d, r);
        return r;
}

struct mishap *vd_mishap_at(struct vdevice *d, enum mishap_kind kind, uint32_t arg)
{
        for (size_t i = 0; i < d->n_mishaps; i++) {
                struct mishap *m = &d->mishap[i];

                if (m->kind != kind || m->arg != arg)
                        continue;
                if (mishap_per_connection(kind)) {
                        if (m->times == 0 || d->count.links <= m->times)
                                return m;
                } else if (m->times == 0 || m->used < m->times) {
                        m->used++;
                        return m;
                }
        }
        return NULL;
}

struct mishap *vd_mishap(struct vdevice *d, enum mishap_kind kind)
{
        for (size_t i = 0; i < d->n_mishaps; i++)
                if (d->mishap[i].kind == kind)
                        return vd_mishap_at(d, kind, d->mishap[i].arg);
        return NULL;
}

/* the system thread */

/* The same numbers for the same seed (splitmix64), wherever the test runs. */
static uint64_t pass_length(struct vdevice *d)
{
        uint64_t x = d->pass.dice += UINT64_C(0x9e3779b97f4a7c15);

        x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
        return (x ^ x >> 31) % (d->timing.loop_ms + 1);
}

static void on_loop(void *userdata);

/* The next pass. Those since the last one found nothing to do and were not played: only their lengths count.
 * After a long rest the last few are enough to be anywhere within one. */
static void plan_pass(struct vdevice *d)
{
        uint64_t now_ms = timer_now_ms(), rest_ms = (uint64_t)PASSES_WALKED * d->timing.loop_ms;

        if (now_ms - d->pass.at_ms > rest_ms)
                d->pass.at_ms = now_ms - rest_ms;
        do
                d->pass.at_ms += pass_length(d);
        while (d->pass.at_ms < now_ms);
        vd_arm(d, &d->loop, d->pass.at_ms - now_ms, on_loop, d);
}

static void on_loop(void *userdata)
{
        struct vdevice *d = userdata;
        bool more = true;
        int n = 0;

        d->loop = timer_free(d->loop);
        d->pass.at_ms = timer_now_ms();
        while (more && d->running && !vd_is_busy(d) && d->error == 0) {
                more = vd_channel_pass(d);
                if (d->timing.loop_ms > 0 || ++n == PASSES_AT_ONCE)
                        break;
        }
        if (more)
                vd_wake(d);
}

void vd_wake(struct vdevice *d)
{
        if (d->running && !d->loop && !vd_is_busy(d))
                plan_pass(d);
}

bool vd_is_busy(const struct vdevice *d)
{
        return d->busy.timer != NULL;
}

static void on_busy_end(void *userdata)
{
        struct vdevice *d = userdata;
        busy_fn *done = d->busy.done;
        struct request *q = d->busy.request;

        d->busy.timer = timer_free(d->busy.timer);
        d->busy.done = NULL;
        d->busy.request = NULL;
        done(d, q);
        vd_cloud_continue(d);
        vd_wake(d);
}

void vd_busy(struct vdevice *d, uint64_t ms, busy_fn *done, struct request *q)
{
        d->loop = timer_free(d->loop);
        d->busy.done = done;
        d->busy.request = q;
        vd_arm(d, &d->busy.timer, ms, on_busy_end, d);
}

/* listening mode */

void vd_listen(struct vdevice *d)
{
        if (d->listening || d->provisioning)
                return;
        d->listening = true;
        vd_cloud_disconnect(d, 4);
        vd_net_disconnect(d, 4);
        if (!d->radio.on)
                vd_radio_start(d);
        vd_radio_update(d);
}

void vd_effect(struct vdevice *d, const char *name, const void *to, size_t to_len, bool changed)
{
        const struct vdevice_effect effect = {
                .name = name, .to = to, .to_len = to_len, .changed = changed
        };

        if (d->ops.effect)
                d->ops.effect(d->userdata, &effect);
}

void vd_stop_listening(struct vdevice *d)
{
        vd_effect(d, "listening-stopped", NULL, 0, d->listening);
        if (!d->listening)
                return;
        d->listening = false;
        if (d->os.stop_listening_kills_ble)
                vd_radio_stop(d, true);
        else
                vd_radio_update(d);
        if (!d->net.wanted)
                vd_net_connect(d);
}

void vdevice_press_mode(struct vdevice *d)
{
        if (!d->running)
                return;
        if (d->listening)
                vd_stop_listening(d);
        else
                vd_listen(d);
}

/* boot and reset */
static void vd_reset(struct vdevice *d);

static void on_reboot(void *userdata)
{
        vd_reset(userdata);
}

static void learn_version(struct vdevice *d)
{
        os_behaviour(d->config.platform, d->flash.os, &d->os);
        os_version_format(d->flash.os, d->os_text);
        d->protection.on = d->config.protected && d->os.protected_state;
        if (d->config.advert_name)
                snprintf(d->identity.advert_name, sizeof(d->identity.advert_name), "%s",
                         d->config.advert_name);
        else
                os_advert_name(d->config.platform, d->flash.os, d->identity.serial + 9,
                               d->identity.advert_name);
}

static void on_boot(void *userdata)
{
        struct vdevice *d = userdata;
        bool first = d->count.resets == 0;
        struct mishap *reboot;

        d->boot = timer_free(d->boot);
        d->running = true;
        d->booted_ms = timer_now_ms();
        learn_version(d);
        vd_net_start(d);
        d->cloud.wanted = true;
        d->provisioning = d->config.start == VDEVICE_START_PROVISIONING && d->os.provisioning_mode;
        if (d->provisioning)
                vd_radio_start(d);
        if (first && d->config.start == VDEVICE_START_LISTENING)
                vd_listen(d);
        else
                vd_net_connect(d);
        vd_radio_update(d);
        reboot = vd_mishap(d, MISHAP_REBOOTING);
        if (reboot)
                vd_arm(d, &d->reboot, reboot->arg, on_reboot, d);
        vd_wake(d);
}

static void power_down(struct vdevice *d)
{
        d->running = false;
        d->listening = false;
        d->loop = timer_free(d->loop);
        d->reboot = timer_free(d->reboot);
        d->busy.timer = timer_free(d->busy.timer);
        d->busy.request = vd_request_free(d->busy.request);
        vd_radio_stop(d, false);
        vd_net_done(d);
        vd_cloud_done(d);
        vd_ota_done(d);
        vd_app_done(d);
        d->protection.prepared_ms = 0;
}

static void vd_reset(struct vdevice *d)
{
        if (!d->running)
                return;
        power_down(d);
        vd_channel_done(d);
        d->count.resets++;
        d->protection.resets++;
        if (!d->dfu)
                vd_arm(d, &d->boot, d->timing.boot_ms, on_boot, d);
}

static void on_reset_due(struct vdevice *d, struct request *q)
{
        (void)q;
        vd_reset(d);
}

void vd_reset_soon(struct vdevice *d)
{
        if (!vd_is_busy(d))
                vd_busy(d, RESET_DELAY_MS, on_reset_due, NULL);
}

void vd_dfu_soon(struct vdevice *d)
{
        d->dfu = true;
        vd_reset_soon(d);
}

void vdevice_press_reset(struct vdevice *d)
{
        bool in_dfu = d->dfu && !d->running;

        d->dfu = false;
        if (in_dfu)
                vd_arm(d, &d->boot, d->timing.boot_ms, on_boot, d);
        else
                vd_reset(d);
}

void vdevice_set_claimed(struct vdevice *d, bool claimed)
{
        if (claimed)
                d->flash.claim_code = secret_free(d->flash.claim_code);
        d->flash.claimed = claimed;
}

/* life */

static int take_serial(struct vdevice *d, const char *serial)
{
        if (strlen(serial) != SERIAL_LEN)
                return -EINVAL;
        for (size_t i = 0; i < SERIAL_LEN; i++) {
                if (!isalnum((unsigned char)serial[i]))
                        return -EINVAL;
                d->identity.serial[i] = (char)toupper((unsigned char)serial[i]);
        }
        return 0;
}

/* device.md 2.3: RTL872x: 0a10aced2021 + MAC, whose low three bytes end the serial number; nRF52840:
 * e00fce68
 * + a factory number, here a hash of the serial number. */
static int make_id(struct vdevice *d)
{
        uint8_t hash[crypto_generichash_BYTES];

        (void)crypto_generichash(hash, sizeof(hash), (const uint8_t *)d->identity.serial, SERIAL_LEN, NULL,
                                 0);
        if (d->config.platform->chip == CHIP_NRF52840) {
                memcpy(d->identity.id, "e00fce68", 8);
                (void)sodium_bin2hex(d->identity.id + 8, sizeof(d->identity.id) - 8, hash, 8);
                return 0;
        }
        memcpy(d->identity.id, "0a10aced202194944a", 18);
        for (size_t i = 0; i < 6; i++) {
                char c = (char)tolower((unsigned char)d->identity.serial[9 + i]);

                if (!isxdigit((unsigned char)c))
                        return -EINVAL;
                d->identity.id[18 + i] = c;
        }
        return 0;
}

static int take_id(struct vdevice *d, const char *id)
{
        if (!id)
                return make_id(d);
        if (strlen(id) != ID_LEN || strspn(id, "0123456789abcdef") != ID_LEN)
                return -EINVAL;
        memcpy(d->identity.id, id, ID_LEN);
        return 0;
}

static int take_secret(struct vdevice *d, const struct secret *s)
{
        if (!s)
                return 0;
        if (secret_len(s) != SECRET_LEN)
                return -EINVAL;
        return secret_new(secret_bytes(s), SECRET_LEN, &d->identity.mobile_secret);
}

static int take_config(struct vdevice *d, const struct vdevice_config *config)
{
        int r;

        d->config = *config;
        if (!config->platform || !config->world || !os_runs_on(config->platform, config->os) ||
            config->n_mishaps > MISHAPS_MAX || config->active_sim > 2 ||
            (config->advert_name && strlen(config->advert_name) > ADVERT_NAME_MAX))
                return -EINVAL;
        r = take_serial(d, config->serial);
        if (r == 0)
                r = take_id(d, config->id);
        if (r == 0)
                r = take_secret(d, config->mobile_secret);
        if (r < 0)
                return r;
        d->timing = config->timing ? *config->timing : vdevice_timing_default;
        d->pass.dice = config->loop_seed;
        if (config->n_mishaps > 0)
                memcpy(d->mishap, config->mishaps, config->n_mishaps * sizeof(*d->mishap));
        d->n_mishaps = config->n_mishaps;
        d->flash.os = config->os;
        d->flash.setup_done = config->setup_done;
        d->flash.active_sim = config->active_sim ? config->active_sim : 1;
        d->flash.ethernet_detection = config->ethernet_detection;
        d->flash.session_saved = vd_mishap(d, MISHAP_RESUMED_SESSION) != NULL;
        learn_version(d);
        return 0;
}

int vdevice_new(const struct vdevice_config *config, const struct vdevice_ops *ops, void *userdata,
                struct vdevice **ret)
{
        _cleanup_(vdevice_freep) struct vdevice *d = NULL;
        int r;

        d = calloc(1, sizeof(*d));
        if (!d)
                return -ENOMEM;
        d->ops = *ops;
        d->userdata = userdata;
        r = take_config(d, config);
        if (r < 0)
                return r;
        d->radio.advert.name = d->identity.advert_name;
        r = vd_arm(d, &d->boot, 0, on_boot, d);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

struct vdevice *vdevice_free(struct vdevice *d)
{
        if (!d)
                return NULL;
        power_down(d);
        d->boot = timer_free(d->boot);
        vd_radio_done(d);
        vd_channel_done(d);
        vd_wifi_forget_all(d);
        for (size_t i = 0; i < ELEMENTSOF(d->flash.apn); i++)
                secret_free(d->flash.apn[i].password);
        secret_free(d->flash.claim_code);
        secret_free(d->identity.mobile_secret);
        free(d);
        return NULL;
}

void vdevice_facts(const struct vdevice *d, struct vdevice_facts *ret)
{
        *ret = (struct vdevice_facts){
                .name = d->identity.advert_name,
                .id = d->identity.id,
                .os = d->os_text,
                .running = d->running,
                .listening = d->listening,
                .online = d->cloud.status == CLOUD_CONNECTED,
                .claimed = d->flash.claimed,
                .setup_done = d->flash.setup_done,
                .connections = d->count.links,
                .handshakes = d->count.handshakes,
                .requests = d->count.requests,
                .pool_high_water = d->channel.pool.high_water,
                .pool_overflows = d->channel.pool.overflows,
                .decrypt_failures = d->count.bad_frames,
                .resets = d->count.resets,
                .known_networks = (unsigned)d->flash.n_networks,
        };
}

int vdevice_error(const struct vdevice *d)
{
        return d->error;
}
