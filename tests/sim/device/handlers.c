/* SPDX-License-Identifier: Apache-2.0 */

/* The table of requests, and those about the device itself: identity, modes, setup done, claim code, reset
 * (device.md 3.6 and 4.2). Results are those of Device OS; what depends on the version is
 * asked of struct os_behaviour. */

#include "tests/sim/device/handlers.h"
#include <sodium.h>

enum { MODULE_CHECKS = 0x1e, MODULE_SIZE = 65536, FEATURE_ETHERNET_DETECTION = 1, MODE_LISTENING = 1 };

int32_t vd_end_list(struct vdevice *d, struct request *q)
{
        static const uint8_t zeros[16];

        return d->os.padded_lists ? vd_encoded(buf_append(&q->reply, zeros, sizeof(zeros))) : CONTROL_OK;
}

/* identity */

static int32_t echo(struct vdevice *d, struct request *q)
{
        (void)d;
        return vd_encoded(buf_append(&q->reply, q->body.data, q->body.len));
}

static void on_app(void *userdata)
{
        struct vdevice *d = userdata;
        struct request *q = vd_requests_pop(&d->app.queue);

        d->app.timer = timer_free(d->app.timer);
        if (d->app.queue.head)
                vd_arm(d, &d->app.timer, d->config.app_ms, on_app, d);
        vd_channel_complete(d, q, vd_encoded(buf_append(&q->reply, q->body.data, q->body.len)));
}

/* In the application's thread: the system goes on with other requests. */
static int32_t app_custom(struct vdevice *d, struct request *q)
{
        if (d->config.app_ms == 0)
                return CONTROL_NOT_SUPPORTED;
        vd_requests_push(&d->app.queue, q);
        if (!d->app.timer)
                vd_arm(d, &d->app.timer, d->config.app_ms, on_app, d);
        return HANDLER_LATER;
}

void vd_app_done(struct vdevice *d)
{
        struct request *q;

        d->app.timer = timer_free(d->app.timer);
        while ((q = vd_requests_pop(&d->app.queue)))
                vd_request_free(q);
}

static int32_t get_device_id(struct vdevice *d, struct request *q)
{
        bool other = vd_mishap(d, MISHAP_WRONG_DEVICE) != NULL;

        return vd_encoded(wire_put_text(&q->reply, 1, other ? "e00fce68ffffffffffffffff" : d->identity.id));
}

static int32_t get_serial_number(struct vdevice *d, struct request *q)
{
        bool other = vd_mishap(d, MISHAP_WRONG_DEVICE) != NULL;

        return vd_encoded(wire_put_text(&q->reply, 1, other ? "ARNKAB000ZZZZZZ" : d->identity.serial));
}

static int32_t get_system_version(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_text(&q->reply, 1, d->os_text));
}

static void ncp_is_on(struct vdevice *d, struct request *q)
{
        d->net.ncp_on = true;
        if (wire_put_text(&q->reply, 1, "0.0.7") < 0 || wire_put_uint(&q->reply, 2, 7) < 0)
                vd_channel_complete(d, q, -281);
        else
                vd_channel_complete(d, q, CONTROL_OK);
}

/* Only the Argon class has a Wi-Fi coprocessor with a firmware of its own. */
static bool has_ncp_firmware(const struct vdevice *d)
{
        return (d->config.platform->has & PLATFORM_WIFI) && d->config.platform->chip == CHIP_NRF52840;
}

static int32_t get_ncp_firmware_version(struct vdevice *d, struct request *q)
{
        if (!has_ncp_firmware(d))
                return CONTROL_NOT_SUPPORTED;
        vd_busy(d, d->net.ncp_on ? 0 : d->timing.ncp_ms, ncp_is_on, q);
        return HANDLER_LATER;
}

static int32_t nothing(struct vdevice *d, struct request *q)
{
        (void)d;
        (void)q;
        return CONTROL_OK;
}

/* The list of old firmware (field 1) and that of new firmware (field 2) number types and flags differently;
 * new is here what knows assets, whose modules the old numbers cannot tell. */
struct module {
        unsigned type, old_type, index, version;
};

static int put_module(struct vdevice *d, struct buf *list, const struct module *m)
{
        _cleanup_(buf_done) struct buf entry = buf_init(64);
        bool new = d->os.asset_info;
        int r;

        r = wire_put_uint(&entry, 1, new ? m->type : m->old_type);
        if (r == 0)
                r = wire_put_uint(&entry, 2, m->index);
        if (r == 0)
                r = wire_put_uint(&entry, 3, m->version);
        if (r == 0 && new)
                r = wire_put_fixed32(&entry, 6, MODULE_CHECKS);
        if (r == 0 && new)
                r = wire_put_fixed32(&entry, 7, MODULE_CHECKS);
        if (r == 0)
                r = wire_put_uint(&entry, new ? 11 : 4, MODULE_SIZE);
        return r < 0 ? r : wire_put_message(list, new ? 2 : 1, &entry);
}

static int32_t get_module_info(struct vdevice *d, struct request *q)
{
        enum { NCP = 7 };
        unsigned version = d->flash.os.major * 1000 + d->flash.os.minor * 100 + d->flash.os.patch;
        const struct module modules[] = {
                { 2, 1, 0, version }, /* bootloader */
                { 4, 2, 1, version }, /* system part */
                { 5, 3, 1, 6 },       /* application */
                { NCP, 5, 0, 7 },
        };

        for (size_t i = 0; i < ELEMENTSOF(modules); i++)
                if ((modules[i].type != NCP || has_ncp_firmware(d)) &&
                    put_module(d, &q->reply, &modules[i]) < 0)
                        return -281;
        return CONTROL_OK;
}

static int32_t get_asset_info(struct vdevice *d, struct request *q)
{
        (void)q;
        return d->os.asset_info ? CONTROL_OK : CONTROL_NOT_SUPPORTED;
}

/* features and modes */

static int read_feature(struct request *q, bool *ret_enabled)
{
        uint32_t feature = 0;
        const struct wire_field fields[] = {
                { 1, WIRE_UINT, 0, &feature },
                { 2, WIRE_BOOL, 0, ret_enabled },
        };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        return feature == FEATURE_ETHERNET_DETECTION ? CONTROL_OK : CONTROL_NOT_SUPPORTED;
}

static int32_t set_feature(struct vdevice *d, struct request *q)
{
        bool enabled = false;
        int32_t r = read_feature(q, &enabled);

        if (r == CONTROL_OK)
                d->flash.ethernet_detection = enabled;
        return r;
}

static int32_t get_feature(struct vdevice *d, struct request *q)
{
        bool ignored = false;
        int32_t r = read_feature(q, &ignored);

        return r < 0 ? r : vd_encoded(wire_put_uint(&q->reply, 1, d->flash.ethernet_detection));
}

static int32_t start_listening(struct vdevice *d, struct request *q)
{
        (void)q;
        if (d->provisioning)
                return d->os.start_listening_refuses ? CONTROL_NOT_ALLOWED : CONTROL_OK;
        vd_listen(d);
        return CONTROL_OK;
}

/* In the system thread and before the reply can leave (device.md 3.8). */
static int32_t stop_listening(struct vdevice *d, struct request *q)
{
        (void)q;
        vd_stop_listening(d);
        return CONTROL_OK;
}

static int32_t get_device_mode(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_uint(&q->reply, 1, d->listening ? MODE_LISTENING : 0));
}

static int32_t set_setup_done(struct vdevice *d, struct request *q)
{
        bool done = false;
        const struct wire_field fields[] = { { 1, WIRE_BOOL, 0, &done } };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (!d->os.setup_flag)
                return done ? CONTROL_OK : CONTROL_NOT_SUPPORTED;
        if (done)
                vd_effect(d, "setup-done", NULL, 0, !d->flash.setup_done);
        d->flash.setup_done = done;
        return CONTROL_OK;
}

static int32_t is_setup_done(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_uint(&q->reply, 1, !d->os.setup_flag || d->flash.setup_done));
}

static int32_t set_startup_mode(struct vdevice *d, struct request *q)
{
        uint32_t mode = 0;
        const struct wire_field fields[] = { { 1, WIRE_UINT, 0, &mode } };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        d->flash.startup_listening = mode == MODE_LISTENING;
        return CONTROL_OK;
}

/* reset: the reply, a second, and then */

static int32_t reset(struct vdevice *d, struct request *q)
{
        (void)d;
        q->sent = vd_reset_soon;
        return CONTROL_OK;
}

static int32_t dfu_mode(struct vdevice *d, struct request *q)
{
        (void)d;
        q->sent = vd_dfu_soon;
        return CONTROL_OK;
}

/* Networks and both APNs go, the active SIM stays (device.md 1.3b: why the external SIM is sticky). */
static int32_t factory_reset(struct vdevice *d, struct request *q)
{
        vd_wifi_forget_all(d);
        for (size_t i = 0; i < ELEMENTSOF(d->flash.apn); i++) {
                secret_free(d->flash.apn[i].password);
                d->flash.apn[i] = (struct stored_apn){ 0 };
        }
        return reset(d, q);
}

/* claim */

/* Which code it is can be told from four bytes of its hash, the code cannot. */
static void claim_code_effect(struct vdevice *d, const struct secret *code, bool changed)
{
        uint8_t hash[crypto_generichash_BYTES_MIN];
        char hex[9];

        (void)crypto_generichash(hash, sizeof(hash), secret_bytes(code), secret_len(code), NULL, 0);
        sodium_bin2hex(hex, sizeof(hex), hash, 4);
        vd_effect(d, "claim-code", hex, 8, changed);
}

static int32_t set_claim_code(struct vdevice *d, struct request *q)
{
        struct wire_bytes code = { 0 };
        const struct wire_field fields[] = { { 1, WIRE_BYTES, CLAIM_CODE_MAX_LEN, &code } };
        struct secret *s;

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (secret_new(code.data, code.len, &s) < 0)
                return CONTROL_NO_MEMORY;
        if (code.len)
                claim_code_effect(d, s, !secret_equal(d->flash.claim_code, s));
        secret_free(d->flash.claim_code);
        d->flash.claim_code = code.len ? s : secret_free(s);
        return CONTROL_OK;
}

static int32_t is_claimed(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_uint(&q->reply, 1, d->flash.claimed));
}

/* THE table; a number that is not here is -120. */
static const struct {
        uint16_t type;
        unsigned needs; /* PLATFORM_*: without it the firmware has no handler */
        handler_fn fn;
} handlers[] = {
        { CONTROL_ECHO, 0, echo },
        { CONTROL_APP_CUSTOM, 0, app_custom },
        { CONTROL_GET_DEVICE_ID, 0, get_device_id },
        { CONTROL_GET_SERIAL_NUMBER, 0, get_serial_number },
        { CONTROL_GET_SYSTEM_VERSION, 0, get_system_version },
        { CONTROL_GET_NCP_FIRMWARE_VERSION, 0, get_ncp_firmware_version },
        { CONTROL_GET_SYSTEM_CAPABILITIES, 0, nothing },
        { CONTROL_SET_FEATURE, 0, set_feature },
        { CONTROL_GET_FEATURE, 0, get_feature },
        { CONTROL_RESET, 0, reset },
        { CONTROL_FACTORY_RESET, 0, factory_reset },
        { CONTROL_DFU_MODE, 0, dfu_mode },
        { CONTROL_SAFE_MODE, 0, reset },
        { CONTROL_START_LISTENING, 0, start_listening },
        { CONTROL_STOP_LISTENING, 0, stop_listening },
        { CONTROL_GET_DEVICE_MODE, 0, get_device_mode },
        { CONTROL_SET_DEVICE_SETUP_DONE, 0, set_setup_done },
        { CONTROL_IS_DEVICE_SETUP_DONE, 0, is_setup_done },
        { CONTROL_SET_STARTUP_MODE, 0, set_startup_mode },
        { CONTROL_GET_PROTECTED_STATE, 0, vd_get_protected_state },
        { CONTROL_SET_PROTECTED_STATE, 0, vd_set_protected_state },
        { CONTROL_GET_MODULE_INFO, 0, get_module_info },
        { CONTROL_GET_ASSET_INFO, 0, get_asset_info },
        { CONTROL_DIAGNOSTIC_INFO, 0, vd_diagnostic_info },
        { CONTROL_SET_CLAIM_CODE, 0, set_claim_code },
        { CONTROL_IS_CLAIMED, 0, is_claimed },
        { CONTROL_START_NYAN_SIGNAL, 0, nothing },
        { CONTROL_STOP_NYAN_SIGNAL, 0, nothing },
        { CONTROL_START_FIRMWARE_UPDATE, 0, vd_start_firmware_update },
        { CONTROL_FINISH_FIRMWARE_UPDATE, 0, vd_finish_firmware_update },
        { CONTROL_CANCEL_FIRMWARE_UPDATE, 0, vd_cancel_firmware_update },
        { CONTROL_FIRMWARE_UPDATE_DATA, 0, vd_firmware_update_data },
        { CONTROL_CLOUD_GET_CONNECTION_STATUS, 0, vd_get_connection_status },
        { CONTROL_CLOUD_CONNECT, 0, vd_cloud_connect },
        { CONTROL_CLOUD_DISCONNECT, 0, vd_cloud_disconnect_request },
        { CONTROL_NETWORK_GET_INTERFACE_LIST, 0, vd_get_interface_list },
        { CONTROL_NETWORK_GET_INTERFACE, 0, vd_get_interface },
        { CONTROL_WIFI_JOIN_NEW_NETWORK, PLATFORM_WIFI, vd_join_new_network },
        { CONTROL_WIFI_JOIN_KNOWN_NETWORK, PLATFORM_WIFI, vd_join_known_network },
        { CONTROL_WIFI_GET_KNOWN_NETWORKS, PLATFORM_WIFI, vd_get_known_networks },
        { CONTROL_WIFI_REMOVE_KNOWN_NETWORK, PLATFORM_WIFI, vd_remove_known_network },
        { CONTROL_WIFI_CLEAR_KNOWN_NETWORKS, PLATFORM_WIFI, vd_clear_known_networks },
        { CONTROL_WIFI_GET_CURRENT_NETWORK, PLATFORM_WIFI, vd_get_current_network },
        { CONTROL_WIFI_SCAN_NETWORKS, PLATFORM_WIFI, vd_scan_networks },
        { CONTROL_WIFI_SET_NETWORK_CREDENTIALS, PLATFORM_WIFI, vd_set_network_credentials },
        { CONTROL_CELLULAR_SET_ACCESS_POINT, PLATFORM_CELLULAR, vd_set_access_point },
        { CONTROL_CELLULAR_GET_ACCESS_POINT, PLATFORM_CELLULAR, vd_get_access_point },
        { CONTROL_CELLULAR_SET_ACTIVE_SIM, PLATFORM_CELLULAR, vd_set_active_sim },
        { CONTROL_CELLULAR_GET_ACTIVE_SIM, PLATFORM_CELLULAR, vd_get_active_sim },
        { CONTROL_CELLULAR_GET_ICCID, PLATFORM_CELLULAR, vd_get_iccid },
};

static handler_fn find(const struct vdevice *d, uint16_t type)
{
        for (size_t i = 0; i < ELEMENTSOF(handlers); i++)
                if (handlers[i].type == type &&
                    (handlers[i].needs & d->config.platform->has) == handlers[i].needs)
                        return handlers[i].fn;
        return NULL;
}

/* MISHAP_RESULT speaks about one request type. */
static struct mishap *told_result(struct vdevice *d, uint16_t type)
{
        return vd_mishap_at(d, MISHAP_RESULT, type);
}

void vd_handle(struct vdevice *d, struct request *q)
{
        struct mishap *told = told_result(d, q->type);
        handler_fn fn = find(d, q->type);
        int32_t r;

        if (vd_is_refused(d, q->type))
                r = CONTROL_PROTECTED;
        else if (told)
                r = told->result;
        else
                r = fn ? fn(d, q) : CONTROL_NOT_SUPPORTED;
        if (r != HANDLER_LATER)
                vd_channel_complete(d, q, r);
}
