/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware over control requests (device.md 1.5): no offsets, any failing chunk ends the
 * update. A virtual image is text: its first line "usher-sim-os VERSION" says what the device becomes. */

#include "tests/sim/device/handlers.h"
#include <errno.h>
#include <stdio.h>

enum { IMAGE_MAX = 1024 * 1024, VALIDATION_FAILED = -1320, INTEGRITY_FAILED = -1330 };

static const char magic[] = "usher-sim-os ";

void vd_ota_done(struct vdevice *d)
{
        buf_done(&d->ota.image);
        timer_free(d->ota.timer);
        vd_request_free(d->ota.finishing);
        d->ota = (struct ota){ 0 };
}

/* Whoever waits for the end of the update is told. */
static void cancel(struct vdevice *d)
{
        struct request *q = TAKE_PTR(d->ota.finishing);

        vd_ota_done(d);
        if (q)
                vd_channel_complete(d, q, CONTROL_CANCELLED);
}

int32_t vd_start_firmware_update(struct vdevice *d, struct request *q)
{
        uint32_t size = 0, format = 0;
        const struct wire_field fields[] = {
                { 1, WIRE_UINT, 0, &size },
                { 2, WIRE_UINT, 0, &format },
        };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        cancel(d);
        if (format != 0)
                return CONTROL_NOT_SUPPORTED;
        if (vd_mishap(d, MISHAP_OTA_DISABLED))
                return CONTROL_OTA_UPDATES_DISABLED;
        if (size == 0 || size > IMAGE_MAX)
                return CONTROL_OTA_INVALID_SIZE;
        d->ota = (struct ota){ .active = true, .size = size, .image = buf_init(size) };
        return vd_encoded(wire_put_uint(&q->reply, 1, OTA_CHUNK));
}

int32_t vd_firmware_update_data(struct vdevice *d, struct request *q)
{
        struct wire_bytes chunk = { 0 };
        const struct wire_field fields[] = { { 1, WIRE_BYTES, 0, &chunk } };
        int32_t r = CONTROL_OK;

        if (!d->ota.active)
                return CONTROL_INVALID_STATE;
        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                r = CONTROL_BAD_DATA;
        else if (chunk.len == 0 || chunk.len > OTA_CHUNK || chunk.len > d->ota.size - d->ota.image.len)
                r = CONTROL_OUT_OF_RANGE;
        else if (buf_append(&d->ota.image, chunk.data, chunk.len) < 0)
                r = CONTROL_NO_MEMORY;
        if (r < 0)
                vd_ota_done(d);
        return r;
}

int32_t vd_cancel_firmware_update(struct vdevice *d, struct request *q)
{
        (void)q;
        cancel(d);
        return CONTROL_OK;
}

static int image_version(const struct buf *image, struct os_version *ret)
{
        char text[OS_VERSION_TEXT_MAX] = { 0 };
        size_t n = 0;

        if (image->len < sizeof(magic) || memcmp(image->data, magic, sizeof(magic) - 1) != 0)
                return -EBADMSG;
        for (const uint8_t *p = image->data + sizeof(magic) - 1;
             p < image->data + image->len && *p != '\n' && n < sizeof(text) - 1; p++)
                text[n++] = (char)*p;
        return os_version_parse(text, ret);
}

static void applied(struct vdevice *d, struct os_version version)
{
        char text[OS_VERSION_TEXT_MAX];

        os_version_format(version, text);
        vd_effect(d, "firmware", text, strlen(text), os_version_compare(d->flash.os, version) != 0);
}

/* Beside the system thread: other requests are answered meanwhile, so this reply may come after theirs. */
static void on_flashed(void *userdata)
{
        struct vdevice *d = userdata;
        struct request *q = TAKE_PTR(d->ota.finishing);
        struct os_version version;
        int32_t r = VALIDATION_FAILED;

        if (vd_mishap(d, MISHAP_OTA_CORRUPT)) {
                r = INTEGRITY_FAILED;
        } else if (image_version(&d->ota.image, &version) == 0 && os_runs_on(d->config.platform, version)) {
                r = CONTROL_OK;
                if (!d->ota.validate_only) {
                        applied(d, version);
                        d->flash.os = version;
                        q->sent = vd_reset_soon;
                }
        }
        vd_ota_done(d);
        vd_channel_complete(d, q, r);
}

int32_t vd_finish_firmware_update(struct vdevice *d, struct request *q)
{
        bool validate_only = false;
        const struct wire_field fields[] = { { 1, WIRE_BOOL, 0, &validate_only } };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (!d->ota.active)
                return CONTROL_INVALID_STATE;
        if (d->ota.image.len < d->ota.size) {
                vd_ota_done(d);
                return CONTROL_INVALID_STATE;
        }
        d->ota.active = false;
        d->ota.validate_only = validate_only;
        d->ota.finishing = q;
        vd_arm(d, &d->ota.timer, d->timing.flash_ms, on_flashed, d);
        return HANDLER_LATER;
}
