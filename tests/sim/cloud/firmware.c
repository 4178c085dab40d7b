/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware for updates over BLE (cloud.md 7): the chain of upgrades, one file per question, and Device OS
 * releases with their modules. */

#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/state.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* Is this the step from what the device has? */
static bool is_step(struct call *c, const json_t *step, int64_t platform_id)
{
        const char *version = rec_text(step, "from_version");
        const char *has = call_text(c, "current_system_firmware_version");
        int64_t have, ncp;

        if (rec_int(step, "platform_id") != platform_id)
                return false;
        if (rec_int(step, "ncp_from") != 0)
                return call_int(c, "current_ncp_firmware_module_version", &ncp) == 0 &&
                       ncp == rec_int(step, "ncp_from");
        if (version)
                return has && strcmp(version, has) == 0;
        return call_int(c, "current_system_firmware_version", &have) == 0 && have == rec_int(step, "from");
}

/* 200 with the next file, or 204: up to date. */
int firmware_upgrade(struct call *c)
{
        json_t *step;
        const char *key;
        int64_t platform_id;
        char url[256];

        if (call_int(c, "platform_id", &platform_id) < 0 || !call_has(c, "current_system_firmware_version"))
                return refuse(c, SHAPE_FIRMWARE_QUERY);
        json_object_foreach(state_all(c->cloud, FIRMWARE), key, step) {
                if (!is_step(c, step, platform_id))
                        continue;
                (void)snprintf(url, sizeof(url), "%s/v1/firmware/files/%s/%s", c->cloud->base_url, key,
                               rec_text(step, "name"));
                return answer(c, 200, json_pack("{s:s}", "binary_url", url));
        }
        return answer_empty(c, 204);
}

static int answer_binary(struct call *c, const char *base64)
{
        size_t max = strlen(base64) / 4 * 3 + 3, len;
        unsigned char *bytes;

        bytes = malloc(max + 1);
        if (!bytes)
                return -ENOMEM;
        if (sodium_base642bin(bytes, max, base64, strlen(base64), "\n ", &len, NULL,
                              sodium_base64_VARIANT_ORIGINAL) < 0)
                len = 0;
        bytes[len] = 0;
        c->reply->status = 200;
        c->reply->body = (char *)bytes;
        c->reply->len = len;
        return answer_header(c, "Content-Type", "application/octet-stream");
}

int firmware_file(struct call *c)
{
        const json_t *step = state_find(c->cloud, FIRMWARE, c->arg[0]);

        return step ? answer_binary(c, rec_text(step, "base64")) : refuse(c, SHAPE_FIRMWARE_UNKNOWN);
}

static json_t *release_json(struct call *c, const json_t *release)
{
        json_t *platforms = json_object_get(release, "platforms"), *modules, *supported = json_array();
        const char *platform;
        char url[256];

        json_object_foreach(platforms, platform, modules)
                (void)json_array_append_new(supported, json_integer(strtol(platform, NULL, 10)));
        (void)snprintf(url, sizeof(url), "%s/v1/firmware/device-os/v%s", c->cloud->base_url,
                       rec_text(release, "version"));
        return json_pack("{s:O,s:O,s:O,s:O,s:s,s:o*}", "version", json_object_get(release, "version"),
                         "internal_version", json_object_get(release, "internal_version"), "release_state",
                         json_object_get(release, "release_state"), "state",
                         json_object_get(release, "release_state"), "base_url", url, "supported_platforms",
                         supported);
}

static bool supports(const json_t *release, const char *platform)
{
        return !platform || json_object_get(json_object_get(release, "platforms"), platform);
}

int releases_list(struct call *c)
{
        json_t *list = json_array(), *release;
        const char *key;
        int64_t internal;

        json_object_foreach(state_all(c->cloud, RELEASES), key, release) {
                if (!supports(release, call_text(c, "platform_id")))
                        continue;
                if (call_int(c, "internal_version", &internal) == 0 &&
                    internal != rec_int(release, "internal_version"))
                        continue;
                if (json_array_append_new(list, release_json(c, release)) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        }
        return answer(c, 200,
                      json_pack("{s:o,s:{s:I,s:i}}", "versions", list, "meta", "total",
                                (json_int_t)json_array_size(list), "page", 1));
}

static json_t *find_release(struct call *c, const char *version, const char *platform)
{
        json_t *release, *best = NULL;
        const char *key;

        if (strcmp(version, "latest") != 0) {
                release = state_find(c->cloud, RELEASES, *version == 'v' ? version + 1 : version);
                return release && supports(release, platform) ? release : NULL;
        }
        json_object_foreach(state_all(c->cloud, RELEASES), key, release)
                if (supports(release, platform) && rec_is(release, "release_state", "ga") &&
                    (!best || rec_int(release, "internal_version") > rec_int(best, "internal_version")))
                        best = release;
        return best;
}

/* A module ends with its own check sum, big-endian; a client compares that with the rest. */
static void check_sums(const char *base64, char ret_stored[static 9], char ret_actual[static 9])
{
        size_t len = 0, max = strlen(base64) / 4 * 3 + 3;
        unsigned char *bytes = malloc(max);
        const unsigned char *end;

        if (!bytes ||
            sodium_base642bin(bytes, max, base64, strlen(base64), "\n ", &len, NULL,
                              sodium_base64_VARIANT_ORIGINAL) < 0 ||
            len < 4) {
                (void)snprintf(ret_stored, 9, "00000000");
                (void)snprintf(ret_actual, 9, "ffffffff");
        } else {
                end = bytes + len - 4;
                (void)snprintf(ret_stored, 9, "%02x%02x%02x%02x", end[0], end[1], end[2], end[3]);
                (void)snprintf(ret_actual, 9, "%08x", (unsigned)crc32(0, bytes, (unsigned)len - 4));
        }
        free(bytes);
}

static json_t *module_json(const json_t *module)
{
        char stored[9], actual[9];

        check_sums(rec_text(module, "base64") ?: "", stored, actual);
        return json_pack("{s:s,s:{s:s,s:I},s:{s:s,s:s,s:b}}", "filename",
                         rec_text(module, "filename") ?: "module.bin", "prefixInfo", "moduleFunction",
                         rec_text(module, "function") ?: "system_part", "moduleIndex",
                         (json_int_t)rec_int(module, "index"), "crc", "storedCrc", stored, "actualCrc",
                         actual, "ok", strcmp(stored, actual) == 0);
}

int release_get(struct call *c)
{
        const char *platform = call_text(c, "platform_id");
        json_t *release = find_release(c, c->arg[0], platform), *out, *modules, *module;
        size_t i;

        if (!release)
                return refuse(c, SHAPE_FIRMWARE_UNKNOWN);
        out = release_json(c, release);
        modules = json_array();
        if (platform)
                json_array_foreach(json_object_get(json_object_get(release, "platforms"), platform), i,
                                   module)
                        (void)json_array_append_new(modules, module_json(module));
        if (!out || json_object_set_new(out, "modules", modules) < 0)
                return -ENOMEM;
        return answer(c, 200, out);
}

int release_file(struct call *c)
{
        const json_t *release = find_release(c, c->arg[0], NULL);
        json_t *modules, *module;
        const char *platform;
        size_t i;

        json_object_foreach(json_object_get(release, "platforms"), platform, modules)
                json_array_foreach(modules, i, module)
                        if (rec_is(module, "filename", c->arg[1]) && rec_text(module, "base64"))
                                return answer_binary(c, rec_text(module, "base64"));
        return refuse(c, SHAPE_FIRMWARE_UNKNOWN);
}

/* No token needed. */
int build_targets(struct call *c)
{
        json_t *targets = json_array(), *release;
        const char *key;

        json_object_foreach(state_all(c->cloud, RELEASES), key, release)
                (void)json_array_append_new(targets, json_pack("{s:O,s:[],s:b}", "version",
                                                               json_object_get(release, "version"),
                                                               "platforms", "prereleases", 0));
        return answer(c, 200, json_pack("{s:o*,s:{}}", "targets", targets, "platforms"));
}
