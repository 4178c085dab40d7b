/* SPDX-License-Identifier: Apache-2.0 */

/* Spellings differ between the documentation, the official clients and recorded traffic (cloud.md);
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

        /* 63 characters today; what a device can store is what SET_CLAIM_CODE takes (cloud.md 3.1) */
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

int reply_token(const json_t *j, int64_t now_s, struct secret **ret, int64_t *ret_expires_s)
{
        const char *token = cloud_json_text(j, "access_token");
        uint32_t life_s = cloud_json_number(j, "expires_in");
        int r;

        if (!token || strpbrk(token, " \t\r\n"))
                return -EBADMSG;
        r = secret_new(token, strlen(token), ret);
        if (r < 0)
                return r;
        *ret_expires_s = life_s ? now_s + life_s : 0;
        return 0;
}

int reply_mfa_wanted(const json_t *j, struct secret **ret)
{
        const char *error = cloud_json_text(j, "error"), *token = cloud_json_text(j, "mfa_token");

        if (!error || strcmp(error, "mfa_required") != 0 || !token)
                return -ENOENT;
        return secret_new(token, strlen(token), ret);
}

int reply_product(const json_t *j, struct cloud_product *ret)
{
        const json_t *p = json_object_get(j, "product");
        struct cloud_product product = { 0 };

        if (json_is_array(p))
                p = json_array_get(p, 0);
        product.id = cloud_json_number(p, "id");
        product.name = cloud_json_text(p, "name");
        product.slug = cloud_json_text(p, "slug");
        product.platform_id = cloud_json_number(p, "platform_id");
        if (!product.id)
                return -EBADMSG;
        *ret = product;
        return 0;
}

static bool list_has(const json_t *list, const char *id)
{
        for (size_t i = 0; i < json_array_size(list); i++) {
                const char *text = json_string_value(json_array_get(list, i));

                if (text && strcasecmp(text, id) == 0)
                        return true;
        }
        return false;
}

static enum cloud_import import_of(const json_t *j, const char *id)
{
        static const struct {
                const char *list;
                enum cloud_import result;
        } lists[] = {
                /* an id in two lists has the worse of both */
                { "invalidDeviceIds", IMPORT_INVALID },     { "nonmemberDeviceIds", IMPORT_NOT_OWNED },
                { "protectedDeviceIds", IMPORT_PROTECTED }, { "updatedDeviceIds", IMPORT_ADDED },
                { "existingDeviceIds", IMPORT_EXISTED },
        };

        for (size_t i = 0; i < ELEMENTSOF(lists); i++)
                if (list_has(json_object_get(j, lists[i].list), id))
                        return lists[i].result;
        return IMPORT_UNSAID;
}

int reply_imports(const json_t *j, const struct secret *sent, struct cloud_imports *ret)
{
        _cleanup_(json_decref_ptr) json_t *asked = NULL;
        struct cloud_imports imports = { 0 };
        const json_t *ids;
        int r;

        r = cloud_json_read(secret_text(sent), secret_len(sent), &asked);
        if (r < 0)
                return r;
        ids = json_object_get(asked, "ids");
        if (!json_is_object(j) || json_array_size(ids) > PRODUCT_IMPORT_MAX)
                return -EBADMSG;
        for (size_t i = 0; i < json_array_size(ids); i++)
                imports.result[imports.n++] = import_of(j, json_string_value(json_array_get(ids, i)));
        *ret = imports;
        return 0;
}

static bool is_yes(const json_t *j, const char *key)
{
        const char *text = cloud_json_text(j, key);

        return cloud_json_true(j, key) || (text && strcmp(text, "yes") == 0);
}

/* What the status alone does not tell: an activation under way, or one that failed. */
static enum cloud_sim_state sim_state(const json_t *j, const char *status)
{
        const char *action = cloud_json_text(j, "last_status_change_action");
        bool activating = action && (strcmp(action, "activate") == 0 || strcmp(action, "reactivate") == 0);

        if (strcmp(status, "active") == 0)
                return SIM_ACTIVE;
        if (activating && is_yes(j, "state_change_in_progress"))
                return SIM_ACTIVATING;
        if (activating && is_yes(j, "last_status_change_action_error"))
                return SIM_FAILED;
        return strcmp(status, "never_before_activated") == 0 ? SIM_NEW : SIM_INACTIVE;
}

int reply_sim(const json_t *j, const char *iccid, struct cloud_sim *ret)
{
        struct cloud_sim sim = { .iccid = iccid };

        sim.status = cloud_json_text(j, "status");
        if (!sim.status || !is_about(j, iccid))
                return -EBADMSG;
        sim.state = sim_state(j, sim.status);
        sim.owner = cloud_json_text(j, "owner");
        sim.device_id = cloud_json_text(j, "last_device_id");
        sim.carrier = cloud_json_text(j, "carrier");
        sim.product_id = cloud_json_number(j, "product_id");
        sim.changed_s = cloud_json_time(j, "last_status_change_action_on");
        sim.activations = cloud_json_number(j, "activations_count");
        *ret = sim;
        return 0;
}

int reply_event(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_news *ret)
{
        const char *device_id = cloud_json_text(j, "coreid"), *data = cloud_json_text(j, "data");

        if (!device_id || url_device_id(device_id, id) < 0)
                return -EBADMSG;
        ret->device_id = id;
        ret->data = data ? data : "";
        ret->published_s = cloud_json_time(j, "published_at");
        return 0;
}

int reply_limit(const json_t *j, struct cloud_limit *ret)
{
        const json_t *list = json_object_get(j, "data");
        struct cloud_limit limit = { 0 };

        if (!json_is_array(list))
                return -EBADMSG;
        for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *a = json_object_get(json_array_get(list, i), "attributes");
                const json_t *terms = json_object_get(json_object_get(a, "pricing_terms"), "device");
                const char *type = cloud_json_text(a, "agreement_type");

                if (!type || strcmp(type, "developer") != 0)
                        continue;
                limit.known = true;
                limit.max_devices = cloud_json_number(terms, "max_devices");
                limit.reached |=
                        cloud_json_true(json_object_get(a, "current_usage_summary"), "device_limit_reached");
        }
        *ret = limit;
        return 0;
}
