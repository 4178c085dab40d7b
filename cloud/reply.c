/* SPDX-License-Identifier: Apache-2.0 */

/* Spellings differ between the documentation, the official clients and recorded traffic (cloud reference);
 * both are read everywhere. Where a reply names the device it is about, the name is compared: a proxy's
 * cache or a mixed-up answer must not count as this device's. */

#include "cloud/reply.h"
#include "cloud/url.h"
#include <errno.h>
#include <strings.h>

static const char *text_of(const json_t *j, const char *key, const char *or_key)
{
        const char *text = cloud_json_text(j, key);

        return text ? text : cloud_json_text(j, or_key);
}

static bool is_about(const json_t *j, const char *subject)
{
        const char *id = text_of(j, "id", "_id");

        return !id || !subject || !*subject || strcasecmp(id, subject) == 0;
}

int reply_device(const json_t *j, const char *id, struct cloud_device *ret)
{
        struct cloud_device d = { .known = true };

        d.id = cloud_json_text(j, "id");
        if (!d.id || !is_about(j, id))
                return -EBADMSG;
        d.name = cloud_json_text(j, "name");
        d.owner = cloud_json_text(j, "owner");
        d.serial = cloud_json_text(j, "serial_number");
        d.iccid = text_of(j, "iccid", "last_iccid");
        d.os_version = cloud_json_text(j, "system_firmware_version");
        d.platform_id = cloud_json_number(j, "platform_id");
        d.product_id = cloud_json_number(j, "product_id");
        if (d.product_id <= 100) /* a sandbox device has its platform's number here (3.5) */
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

int reply_serial(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_serial *ret,
                 struct secret **ret_secret)
{
        struct cloud_serial s = { 0 };
        const char *device_id = text_of(j, "deviceID", "device_id"), *secret;
        int r;

        if (!device_id || url_device_id(device_id, id) < 0)
                return -EBADMSG;
        s.device_id = id;
        s.iccid = cloud_json_text(j, "iccid");
        s.platform_id = cloud_json_number(j, "platform_id");
        secret = cloud_json_text(j, "mobile_secret");
        if (secret) {
                r = secret_new(secret, strlen(secret), ret_secret);
                if (r < 0)
                        return r;
                s.mobile_secret = *ret_secret;
        }
        *ret = s;
        return 0;
}

int reply_claim(const json_t *j, const char *id, struct cloud_claim *ret)
{
        struct cloud_claim c = { 0 };

        if (!json_is_object(j) || !is_about(j, id))
                return -EBADMSG;
        c.transfer_requested = cloud_json_text(j, "transfer_id") != NULL;
        c.online = cloud_json_true(j, "connected") || cloud_json_true(j, "online");
        if (!c.transfer_requested && !cloud_json_true(j, "ok") && !cloud_json_text(j, "id"))
                return -EBADMSG;
        *ret = c;
        return 0;
}

int reply_claim_code(const json_t *j, struct secret **ret)
{
        const char *code = cloud_json_text(j, "claim_code");
        size_t len = code ? strlen(code) : 0;

        /* 63 characters today; what a device can store is what SET_CLAIM_CODE takes (3.1) */
        if (len == 0 || len > 63)
                return -EBADMSG;
        return secret_new(code, len, ret);
}

int reply_account(const json_t *token, const json_t *user, struct cloud_account *ret,
                  const char ***ret_scopes)
{
        struct cloud_account a = { 0 };
        const json_t *scopes = json_object_get(token, "scopes");
        const char **texts;

        if ((token && !json_is_object(token)) || (user && !cloud_json_text(user, "username")))
                return -EBADMSG;
        texts = calloc(json_array_size(scopes) + 1, sizeof(*texts));
        if (!texts)
                return -ENOMEM;
        for (size_t i = 0; i < json_array_size(scopes); i++)
                if (json_is_string(json_array_get(scopes, i)))
                        texts[a.n_scopes++] = json_string_value(json_array_get(scopes, i));
        a.scopes = texts;
        a.user = cloud_json_text(user, "username");
        a.api_user = !user;
        a.token_expires_s = cloud_json_time(token, "expires_at");
        a.client = text_of(token, "client", "client_id");
        *ret = a;
        *ret_scopes = texts;
        return 0;
}

int reply_done(const json_t *j, size_t body_len, const char *subject)
{
        if (body_len == 0)
                return 0;
        return json_is_object(j) && is_about(j, subject) ? 0 : -EBADMSG;
}
