/* SPDX-License-Identifier: Apache-2.0 */

/* Reads session.json. A test without its vectors has nothing to say, so every defect ends the program. */

#include "tests/wire/vectors.h"
#include <err.h>
#include <jansson.h>
#include <sodium.h>

static json_t *member(const json_t *object, const char *key)
{
        json_t *value = json_object_get(object, key);

        if (!value)
                errx(1, "%s: no member %s", WIRE_SESSION_JSON, key);
        return value;
}

static void hex(const json_t *object, const char *key, uint8_t *ret, size_t size, size_t *ret_len)
{
        const char *text = json_string_value(member(object, key)), *end = NULL;

        if (!text || sodium_hex2bin(ret, size, text, strlen(text), NULL, ret_len, &end) != 0 || *end)
                errx(1, "%s: %s is not hex of at most %zu bytes", WIRE_SESSION_JSON, key, size);
}

static void blob(const json_t *object, const char *key, struct blob *ret)
{
        hex(object, key, ret->data, sizeof(ret->data), &ret->len);
}

static void scalars(const json_t *object, struct ecjpake_scalars *ret)
{
        const struct {
                const char *key;
                uint8_t *to;
        } all[] = {
                { "x1", ret->x1 }, { "v1", ret->v1 }, { "x2", ret->x2 },
                { "v2", ret->v2 }, { "v3", ret->v3 },
        };
        size_t len;

        for (size_t i = 0; i < ELEMENTSOF(all); i++) {
                hex(object, all[i].key, all[i].to, sizeof(ret->x1), &len);
                if (len != sizeof(ret->x1))
                        errx(1, "%s: scalar %s is short", WIRE_SESSION_JSON, all[i].key);
        }
}

static long number(const json_t *object, const char *key)
{
        return (long)json_integer_value(json_object_get(object, key));
}

static size_t frames(const json_t *array, struct vector_frame *ret)
{
        json_t *item;
        size_t i;

        if (json_array_size(array) > VECTOR_FRAMES_MAX)
                errx(1, "%s: too many frames", WIRE_SESSION_JSON);
        json_array_foreach(array, i, item) {
                ret[i].counter = (uint32_t)number(item, "counter");
                ret[i].id = (uint16_t)number(item, "id");
                ret[i].type = (uint16_t)number(item, "type");
                ret[i].result = (int32_t)number(item, "result");
                blob(item, "payload", &ret[i].payload);
                blob(item, "frame", &ret[i].frame);
        }
        return json_array_size(array);
}

static void load(const json_t *from, struct vector *ret)
{
        const char *text = json_string_value(member(from, "mobile_secret"));

        ret->mobile_secret.len = strlen(text);
        if (ret->mobile_secret.len > sizeof(ret->mobile_secret.data))
                errx(1, "%s: mobile_secret is too long", WIRE_SESSION_JSON);
        memcpy(ret->mobile_secret.data, text, ret->mobile_secret.len);
        scalars(member(from, "client_scalars"), &ret->client);
        scalars(member(from, "device_scalars"), &ret->device);
        blob(from, "client_round1", &ret->client_round1);
        blob(from, "device_round1", &ret->device_round1);
        blob(from, "device_round2", &ret->device_round2);
        blob(from, "client_round2", &ret->client_round2);
        blob(from, "client_confirm", &ret->client_confirm);
        blob(from, "device_confirm", &ret->device_confirm);
        blob(from, "shared_secret", &ret->shared_secret);
        ret->n_requests = frames(member(from, "requests"), ret->requests);
        ret->n_replies = frames(member(from, "replies"), ret->replies);
}

size_t vectors_load(struct vector ret[static VECTOR_CASES_MAX])
{
        json_error_t error;
        json_t *root = json_load_file(WIRE_SESSION_JSON, 0, &error), *item;
        size_t i, n;

        if (!root)
                errx(1, "%s:%d: %s", WIRE_SESSION_JSON, error.line, error.text);
        n = json_array_size(root);
        if (n == 0 || n > VECTOR_CASES_MAX)
                errx(1, "%s: %zu cases", WIRE_SESSION_JSON, n);
        json_array_foreach(root, i, item)
                load(item, &ret[i]);
        json_decref(root);
        return n;
}
