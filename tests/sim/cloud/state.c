/* SPDX-License-Identifier: Apache-2.0 */

/* The registry in memory, and its way in and out of text. */

#include "tests/sim/cloud/state.h"
#include "tests/sim/cloud/schema.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

static const char default_seed[] =
        "{\"users\":[{\"username\":\"lab@example.com\",\"password\":\"lab\","
        "\"user_id\":\"5f0000000000000000000001\"}],"
        "\"tokens\":[{\"token\":\"0123456789abcdef0123456789abcdef01234567\",\"user\":\"lab@example.com\"}]}";

/* the first-party client that every SDK signs in with (cloud.md 2.1) */
static const char public_clients[] = "[{\"id\":\"particle\",\"secret\":\"particle\"},"
                                     "{\"id\":\"particle-cli\",\"secret\":\"particle-cli\"},"
                                     "{\"id\":\"particle-api\",\"secret\":\"particle-api\"},"
                                     "{\"id\":\"CLI2\",\"secret\":\"client_secret_here\"},"
                                     "{\"id\":\"user\",\"secret\":\"client_secret_here\"}]";

static int complain(char **ret_why, const char *what, const char *detail)
{
        if (asprintf(ret_why, "%s%s", what, detail) < 0) {
                *ret_why = NULL;
                return -ENOMEM;
        }
        return -EINVAL;
}

static bool key_text(const struct collection_info *info, const json_t *record, char *ret, size_t size)
{
        const json_t *key = json_object_get(record, info->key);

        if (json_is_integer(key))
                return snprintf(ret, size, "%lld", (long long)json_integer_value(key)) > 0;
        return snprintf(ret, size, "%s", json_string_value(key)) < (int)size;
}

static int take_record(const struct collection_info *info, size_t i, json_t *record, json_t *into,
                       char **ret_why)
{
        char where[64], key[256];
        int r;

        (void)snprintf(where, sizeof(where), "%s[%zu]", info->name, i);
        r = schema_complete(info, where, record, ret_why);
        if (r < 0)
                return r;
        if (!key_text(info, record, key, sizeof(key)))
                return complain(ret_why, where, ": its key is longer than 255 characters");
        if (json_object_get(into, key))
                return complain(ret_why, where, ": another record has the same key");
        return json_object_set(into, key, record) < 0 ? -ENOMEM : 0;
}

static int take_collection(const struct collection_info *info, const json_t *list, json_t *state,
                           char **ret_why)
{
        json_t *into, *record;
        size_t i;
        int r;

        into = json_object();
        if (json_object_set_new(state, info->name, into) < 0)
                return -ENOMEM;
        if (!list)
                return 0;
        if (!json_is_array(list))
                return complain(ret_why, info->name, ": must be an array of records");
        json_array_foreach(list, i, record) {
                r = take_record(info, i, record, into, ret_why);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int take_options(const json_t *given, json_t *state, char **ret_why)
{
        json_t *options;
        int r;

        options = given ? json_deep_copy(given) : json_object();
        if (!options)
                return -ENOMEM;
        r = schema_complete(option_info(), "options", options, ret_why);
        if (r < 0) {
                json_decref(options);
                return r;
        }
        return json_object_set_new(state, "options", options) < 0 ? -ENOMEM : 0;
}

static int check_names(const json_t *seed, char **ret_why)
{
        const char *name;
        json_t *value;

        json_object_foreach((json_t *)seed, name, value) {
                bool known = strcmp(name, "options") == 0 || strcmp(name, "faults") == 0;

                for (int i = 0; i < _COLLECTION_MAX && !known; i++)
                        known = strcmp(name, collection_info((enum collection)i)->name) == 0;
                if (!known)
                        return complain(ret_why, name, ": no such collection");
        }
        return 0;
}

static int take_seed(json_t *seed, json_t *state, char **ret_why)
{
        int r;

        r = check_names(seed, ret_why);
        if (r < 0)
                return r;
        if (!json_object_get(seed, "clients") &&
            json_object_set_new(seed, "clients", json_loads(public_clients, 0, NULL)) < 0)
                return -ENOMEM;
        for (int i = 0; i < _COLLECTION_MAX; i++) {
                const struct collection_info *info = collection_info((enum collection)i);

                r = take_collection(info, json_object_get(seed, info->name), state, ret_why);
                if (r < 0)
                        return r;
        }
        r = take_options(json_object_get(seed, "options"), state, ret_why);
        if (r < 0)
                return r;
        if (json_object_get(seed, "faults") &&
            json_object_set(state, "faults", json_object_get(seed, "faults")) < 0)
                return -ENOMEM;
        return 0;
}

int state_new(const char *seed, char **ret_why, json_t **ret)
{
        _cleanup_(json_decrefp) json_t *given = NULL, *state = NULL;
        json_error_t error;
        char where[64];
        int r;

        given = json_loads(seed ?: default_seed, JSON_REJECT_DUPLICATES, &error);
        if (!given) {
                (void)snprintf(where, sizeof(where), "line %d, column %d: ", error.line, error.column);
                return complain(ret_why, where, error.text);
        }
        if (!json_is_object(given))
                return complain(ret_why, "", "the seed must be an object");
        state = json_object();
        if (!state)
                return -ENOMEM;
        r = take_seed(given, state, ret_why);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(state);
        return 0;
}

static int hide_secrets(const struct collection_info *info, json_t *record)
{
        for (size_t i = 0; i < info->n; i++)
                if (info->field[i].secret)
                        (void)json_object_del(record, info->field[i].name);
        return 0;
}

static int dump_collection(const struct collection_info *info, json_t *keyed, bool secrets, json_t *into)
{
        json_t *list, *record, *copy;
        const char *key;

        list = json_array();
        if (json_object_set_new(into, info->name, list) < 0)
                return -ENOMEM;
        json_object_foreach(keyed, key, record) {
                copy = json_deep_copy(record);
                if (copy && !secrets)
                        hide_secrets(info, copy);
                if (json_array_append_new(list, copy) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int state_dump(const json_t *state, bool secrets, json_t **ret)
{
        _cleanup_(json_decrefp) json_t *dump = json_object();
        int r;

        if (!dump)
                return -ENOMEM;
        for (int i = 0; i < _COLLECTION_MAX; i++) {
                const struct collection_info *info = collection_info((enum collection)i);

                r = dump_collection(info, json_object_get(state, info->name), secrets, dump);
                if (r < 0)
                        return r;
        }
        if (json_object_set_new(dump, "options", json_deep_copy(json_object_get(state, "options"))) < 0)
                return -ENOMEM;
        *ret = TAKE_PTR(dump);
        return 0;
}

json_t *state_all(struct vcloud *c, enum collection in)
{
        return json_object_get(c->state, collection_info(in)->name);
}

json_t *state_find(struct vcloud *c, enum collection in, const char *key)
{
        return key ? json_object_get(state_all(c, in), key) : NULL;
}

json_t *state_find_by(struct vcloud *c, enum collection in, const char *field, const char *value)
{
        json_t *record;
        const char *key;

        json_object_foreach(state_all(c, in), key, record)
                if (rec_is(record, field, value))
                        return record;
        return NULL;
}

int state_add(struct vcloud *c, enum collection in, const char *key, json_t **ret)
{
        _cleanup_(json_decrefp) json_t *record = json_object();
        _cleanup_(freep) char *why = NULL;
        const struct collection_info *info = collection_info(in);
        int r;

        if (state_find(c, in, key))
                return -EEXIST;
        if (!record || json_object_set_new(record, info->key, json_string(key)) < 0)
                return -ENOMEM;
        /* the table's "!" fields other than the key are set by the caller at once */
        for (size_t i = 0; i < info->n; i++)
                if (info->field[i].preset && info->field[i].preset[0] == '!' &&
                    strcmp(info->field[i].name, info->key) != 0 &&
                    json_object_set_new(record, info->field[i].name,
                                        info->field[i].kind == WHOLE ? json_integer(0) : json_string("")) <
                            0)
                        return -ENOMEM;
        r = schema_complete(info, info->name, record, &why);
        if (r < 0)
                return r;
        if (json_object_set(state_all(c, in), key, record) < 0)
                return -ENOMEM;
        c->changed = true;
        *ret = state_find(c, in, key);
        return 0;
}

void state_remove(struct vcloud *c, enum collection in, const char *key)
{
        if (json_object_del(state_all(c, in), key) == 0)
                c->changed = true;
}

json_t *state_option(struct vcloud *c, const char *name)
{
        return json_object_get(json_object_get(c->state, "options"), name);
}

void make_hex(size_t n, char *ret)
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < n; i++)
                ret[i] = digits[randombytes_uniform(16)];
        ret[n] = 0;
}

void make_code(size_t n, char *ret)
{
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        for (size_t i = 0; i < n; i++)
                ret[i] = alphabet[randombytes_uniform(64)];
        ret[n] = 0;
}
