/* SPDX-License-Identifier: Apache-2.0 */

/* Texts go into JSON as they are: ids, serial numbers, versions and codes hold no quotes. */

#include "tests/sim/cli/report.h"
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void on_answer(void *userdata, int status, const char *body)
{
        json_t *answer = json_loads(body, JSON_REJECT_DUPLICATES, NULL);

        if (status != 200)
                fprintf(stderr, "usher-sim: the virtual cloud did not take the device: %s\n",
                        status ? body : "no answer");
        else if (json_is_true(json_object_get(answer, "claimed")))
                vdevice_set_claimed(userdata, true);
        json_decref(answer);
}

int report_made(struct poster *p, const struct vdevice *d, const struct vdevice_config *config, post_fn done,
                void *userdata)
{
        struct vdevice_facts facts;
        char path[96], body[256];
        int r;

        vdevice_facts(d, &facts);
        (void)snprintf(path, sizeof(path), "/sim/devices/%s", facts.id);
        r = snprintf(body, sizeof(body),
                     "{\"serial\":\"%s\",\"mobile_secret\":\"%s\",\"platform_id\":%u,\"os\":\"%s\"}",
                     config->serial, secret_text(config->mobile_secret), config->platform->id, facts.os);
        if (r < 0 || (size_t)r >= sizeof(body) || strpbrk(secret_text(config->mobile_secret), "\"\\"))
                r = -EINVAL;
        else
                r = poster_send(p, path, body, done, userdata);
        sodium_memzero(body, sizeof(body));
        return r;
}

/* Written by hand, so that the claim code is in one buffer that is wiped; all of its texts are plain words.
 */
int report_online(struct poster *p, struct vdevice *d, const struct vdevice_online *online)
{
        char path[96], body[512];
        bool code = online->claim_code && online->full_handshake;
        int r;

        (void)snprintf(path, sizeof(path), "/sim/devices/%s/online", online->id);
        r = snprintf(body, sizeof(body),
                     "{\"claim_code\":%s%s%s,\"full_handshake\":%s,\"platform_id\":%u,\"serial\":\"%s\","
                     "\"os\":\"%s\"}",
                     code ? "\"" : "", code ? secret_text(online->claim_code) : "null", code ? "\"" : "",
                     online->full_handshake ? "true" : "false", online->platform_id, online->serial,
                     online->os);
        if (r < 0 || (size_t)r >= sizeof(body) || (code && strpbrk(secret_text(online->claim_code), "\"\\")))
                r = -EINVAL;
        else
                r = poster_send(p, path, body, on_answer, d);
        sodium_memzero(body, sizeof(body));
        return r;
}

int report_offline(struct poster *p, const char *device_id)
{
        char path[96];

        (void)snprintf(path, sizeof(path), "/sim/devices/%s/offline", device_id);
        return poster_send(p, path, "{}", NULL, NULL);
}
