/* SPDX-License-Identifier: Apache-2.0 */

/* A verb is two functions: one that starts the call, and a reader that turns its end into the verb's result.
 * Readers call done last and touch nothing afterwards. */

#include "cloud/device-private.h"
#include "cloud/reply.h"
#include "cloud/url.h"
#include <errno.h>

/* reading */
int reply_device(const json_t *j, const char *id, struct cloud_device *ret)
{
        struct cloud_device d = { .known = true };

        d.id = cloud_json_text(j, "id");
        if (!d.id || !reply_is_about(j, id))
                return -EBADMSG;
        d.name = cloud_json_text(j, "name");
        d.owner = cloud_json_text(j, "owner");
        d.serial = cloud_json_text(j, "serial_number");
        d.iccid = reply_text(j, "iccid", "last_iccid");
        d.os_version = cloud_json_text(j, "system_firmware_version");
        d.platform_id = cloud_json_number(j, "platform_id");
        d.product_id = cloud_json_number(j, "product_id");
        if (d.product_id <= 100) /* a sandbox device has its platform's number here (cloud.md 3.5) */
                d.product_id = 0;
        d.online = cloud_json_true(j, "online") || cloud_json_true(j, "connected");
        d.development = cloud_json_true(j, "development");
        d.quarantined = cloud_json_true(j, "quarantined");
        d.last_handshake_s = cloud_json_time(j, "last_handshake_at");
        *ret = d;
        return 0;
}

int reply_devices(const json_t *j, struct cloud_device **ret, size_t *ret_n)
{
        _cleanup_(freep) struct cloud_device *devices = NULL;
        const json_t *list = json_is_object(j) ? json_object_get(j, "devices") : j;
        size_t n = 0;

        if (!json_is_array(list))
                return -EBADMSG;
        devices = calloc(json_array_size(list) + 1, sizeof(*devices));
        if (!devices)
                return -ENOMEM;
        for (size_t i = 0; i < json_array_size(list); i++)
                if (reply_device(json_array_get(list, i), NULL, &devices[n]) == 0)
                        n++;
        *ret = TAKE_PTR(devices);
        *ret_n = n;
        return 0;
}

void device_read(struct call_end *end)
{
        cloud_device_fn done = (cloud_device_fn)end->done;
        struct cloud_device d = { .known = false };

        if (end->error->trouble.fault == FAULT_CLOUD_NOT_FOUND)
                end->error->trouble.fault = FAULT_NONE;
        else if (end->error->trouble.fault == FAULT_NONE && reply_device(end->json, end->subject, &d) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &d : NULL);
}

void device_read_list(struct call_end *end)
{
        cloud_devices_fn done = (cloud_devices_fn)end->done;
        _cleanup_(freep) struct cloud_device *devices = NULL;
        size_t n = 0;

        if (end->error->trouble.fault == FAULT_NONE && reply_devices(end->json, &devices, &n) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, devices, n);
}

/* verbs */
static int ask_of(struct cloud_client *c, const char *method, const char *device_id, call_read_fn read,
                  call_done_fn done, void *userdata, struct op **ret)
{
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = method,
                .endpoint = ENDPOINT_DEVICE,
                .subject = id,
                .read = read,
        };

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        return call_start(c, &request, done, userdata, ret, "/v1/devices/%s", id);
}

int cloud_device(struct cloud_client *c, const char *device_id, cloud_device_fn done, void *userdata,
                 struct op **ret)
{
        return ask_of(c, "GET", device_id, device_read, (call_done_fn)done, userdata, ret);
}

int cloud_rename(struct cloud_client *c, const char *device_id, const char *name, cloud_done_fn done,
                 void *userdata, struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "PUT",
                .endpoint = ENDPOINT_DEVICE,
                .body = &body,
                .subject = id,
                .read = call_read_done,
        };
        json_t *text = json_string(name);
        int r;

        if (!text || !*name || url_device_id(device_id, id) < 0) { /* no text: not UTF-8 */
                json_decref(text);
                return -EINVAL;
        }
        r = call_json_body(json_pack("{s:o}", "name", text), &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices/%s", id);
}

int cloud_unclaim(struct cloud_client *c, const char *device_id, cloud_done_fn done, void *userdata,
                  struct op **ret)
{
        return ask_of(c, "DELETE", device_id, call_read_done, (call_done_fn)done, userdata, ret);
}

int cloud_signal(struct cloud_client *c, const char *device_id, bool on, cloud_done_fn done, void *userdata,
                 struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "PUT",
                .endpoint = ENDPOINT_DEVICE,
                .retry = RETRY_UNTOUCHED, /* an absent device is a 500: not worth asking for again */
                .body = &body,
                .subject = id,
                .read = call_read_done,
        };
        int r;

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        r = call_json_body(json_pack("{s:s}", "signal", on ? "1" : "0"), &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices/%s", id);
}
