/* SPDX-License-Identifier: Apache-2.0 */

/* The import is the one verb whose HTTP 200 may mean failure: the reply sorts the ids into lists, and each
 * id's own list is its result. */

#include "cloud/product.h"
#include "cloud/call.h"
#include "cloud/device-private.h"
#include "cloud/reply.h"
#include "cloud/url.h"
#include "proto/base/text.h"
#include <errno.h>
#include <strings.h>

/* product */
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

static void read_product(struct call_end *end)
{
        cloud_product_fn done = (cloud_product_fn)end->done;
        struct cloud_product p;

        if (end->error->trouble.fault == FAULT_NONE && reply_product(end->json, &p) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &p : NULL);
}

int cloud_product(struct cloud_client *c, unsigned product_id, cloud_product_fn done, void *userdata,
                  struct op **ret)
{
        static const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_PRODUCT,
                .read = read_product,
        };

        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u", product_id);
}

/* membership */
const char *cloud_import_text(enum cloud_import i)
{
        switch (i) {
        case IMPORT_ADDED: return "added to the product";
        case IMPORT_EXISTED: return "already in the product";
        case IMPORT_NOT_OWNED: return "it belongs to somebody who is not in the product's team";
        case IMPORT_INVALID: return "unknown, of another platform, or in another product";
        case IMPORT_PROTECTED: return "it is protected";
        case IMPORT_UNSAID:
        case _IMPORT_MAX: break;
        }
        return "the cloud does not say what became of it";
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
        if ((j && !json_is_object(j)) || json_array_size(ids) > PRODUCT_IMPORT_MAX)
                return -EBADMSG;
        for (size_t i = 0; i < json_array_size(ids); i++)
                imports.result[imports.n++] = import_of(j, json_string_value(json_array_get(ids, i)));
        *ret = imports;
        return 0;
}

/* The ids are those of the request's body, in its order. */
static void read_imports(struct call_end *end)
{
        cloud_import_fn done = (cloud_import_fn)end->done;
        struct cloud_imports imports;

        if (end->error->trouble.fault == FAULT_NONE &&
            ((!end->json && end->reply->len) || reply_imports(end->json, end->sent, &imports) < 0))
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &imports : NULL);
}

static json_t *id_list(const char *const *device_ids, size_t n)
{
        json_t *list = json_array();
        char id[CLOUD_ID_LEN + 1];

        for (size_t i = 0; i < n && list; i++)
                if (url_device_id(device_ids[i], id) < 0 ||
                    json_array_append_new(list, json_string(id)) < 0) {
                        json_decref(list);
                        list = NULL;
                }
        return list;
}

int cloud_import(struct cloud_client *c, unsigned product_id, const char *const *device_ids, size_t n,
                 const char *claim_user, bool import_sims, cloud_import_fn done, void *userdata,
                 struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_PRODUCT,
                .body = &body,
                .read = read_imports,
        };
        json_t *ids;
        int r;

        ids = n && n <= PRODUCT_IMPORT_MAX ? id_list(device_ids, n) : NULL;
        if (!ids)
                return -EINVAL;
        if (claim_user && !text_is_utf8(claim_user)) {
                json_decref(ids);
                return -EINVAL;
        }
        r = call_json_body(json_pack("{s:o, s:b, s:s*}", "ids", ids, "import_sims", import_sims,
                                     "claim_user", claim_user),
                           &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/devices",
                          product_id);
}

/* One change of one member: DELETE or PUT with or without a body. */
static int change(struct cloud_client *c, const char *method, const char *device_id, json_t *object,
                  cloud_done_fn done, void *userdata, struct op **ret, unsigned product_id, bool owner)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = method,
                .endpoint = ENDPOINT_DEVICE,
                .body = &body,
                .subject = id,
                .read = call_read_done,
        };
        int r = 0;

        if (url_device_id(device_id, id) < 0) {
                json_decref(object);
                return -EINVAL;
        }
        if (object)
                r = call_json_body(object, &body);
        if (r < 0)
                return r;
        if (owner)
                return call_start(c, &request, (call_done_fn)done, userdata, ret,
                                  "/v1/products/%u/devices/%s/owner", product_id, id);
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/devices/%s",
                          product_id, id);
}

int cloud_product_remove(struct cloud_client *c, unsigned product_id, const char *device_id,
                         cloud_done_fn done, void *userdata, struct op **ret)
{
        return change(c, "DELETE", device_id, NULL, done, userdata, ret, product_id, false);
}

int cloud_product_unclaim(struct cloud_client *c, unsigned product_id, const char *device_id,
                          cloud_done_fn done, void *userdata, struct op **ret)
{
        return change(c, "DELETE", device_id, NULL, done, userdata, ret, product_id, true);
}

/* devices of a product */
int cloud_product_device(struct cloud_client *c, unsigned product_id, const char *device_id,
                         cloud_device_fn done, void *userdata, struct op **ret)
{
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_DEVICE,
                .subject = id,
                .read = device_read,
        };

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/devices/%s",
                          product_id, id);
}

int cloud_product_find(struct cloud_client *c, unsigned product_id, const char *serial,
                       cloud_devices_fn done, void *userdata, struct op **ret)
{
        static const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_PRODUCT,
                .body_max = HTTP_LIST_MAX,
                .read = device_read_list,
        };

        return call_start(c, &request, (call_done_fn)done, userdata, ret,
                          "/v1/products/%u/devices?serialNumber=%s", product_id, serial);
}

static json_t *group_list(const char *const *groups)
{
        json_t *list = json_array();

        for (; list && *groups; groups++)
                if (json_array_append_new(list, json_string(*groups)) < 0) {
                        json_decref(list);
                        list = NULL;
                }
        return list;
}

static int set_new(json_t *object, const char *key, json_t *value)
{
        return json_object_set_new(object, key, value) < 0 ? -EINVAL : 0; /* no value: not UTF-8 */
}

static int make_change(const struct cloud_product_change *change, json_t *object)
{
        int r = 0;

        if (change->name)
                r = set_new(object, "name", json_string(change->name));
        if (r >= 0 && change->notes)
                r = set_new(object, "notes", json_string(change->notes));
        if (r >= 0 && change->development)
                r = set_new(object, "development", json_boolean(*change->development));
        if (r >= 0 && change->firmware_version)
                r = set_new(object, "desired_firmware_version", json_integer(*change->firmware_version));
        if (r >= 0 && change->groups)
                r = set_new(object, "groups", group_list(change->groups));
        return r;
}

int cloud_product_set(struct cloud_client *c, unsigned product_id, const char *device_id,
                      const struct cloud_product_change *what, cloud_done_fn done, void *userdata,
                      struct op **ret)
{
        json_t *object = json_object();
        int r;

        if (!object)
                return -ENOMEM;
        r = make_change(what, object);
        if (r < 0) {
                json_decref(object);
                return r;
        }
        return change(c, "PUT", device_id, object, done, userdata, ret, product_id, false);
}
