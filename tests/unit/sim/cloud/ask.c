/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sim/cloud/ask.h"
#include <stdio.h>
#include <string.h>

static struct vcloud_reply last;
static json_t *last_json;

void forget(void)
{
        vcloud_reply_done(&last);
        json_decref(last_json);
        last_json = NULL;
}

struct vcloud *cloud_of(const char *seed)
{
        _cleanup_(freep) char *why = NULL;
        struct vcloud *c;

        if (vcloud_new(NULL, seed, &why, &c) < 0) {
                fprintf(stderr, "seed: %s\n", why);
                abort();
        }
        return c;
}

unsigned ask(struct vcloud *c, const char *token, const char *what, const char *body)
{
        char method[16], path[512], bearer[128];
        struct vcloud_header header[2];
        struct vcloud_request q = { .method = method, .path = path, .header = header };
        char *question;

        forget();
        if (sscanf(what, "%15s %511s", method, path) != 2)
                abort();
        question = strchr(path, '?');
        if (question) {
                *question = 0;
                q.query = question + 1;
        }
        if (token) {
                (void)snprintf(bearer, sizeof(bearer), "Bearer %s", token);
                header[q.n_headers++] = (struct vcloud_header){ "authorization", bearer };
        }
        if (body) {
                q.body = body;
                q.len = strlen(body);
                header[q.n_headers++] =
                        (struct vcloud_header){ "Content-Type",
                                                *body == '{' ? "application/json"
                                                             : "application/x-www-form-urlencoded" };
        }
        if (vcloud_handle(c, &q, &last) < 0)
                abort();
        last_json = last.body ? json_loadb(last.body, last.len, 0, NULL) : NULL;
        return last.status;
}

const char *said(void)
{
        return last.body ?: "";
}

json_t *told(void)
{
        return last_json;
}

const struct vcloud_reply *reply(void)
{
        return &last;
}

const char *told_text(const char *key)
{
        return json_string_value(json_object_get(last_json, key)) ?: "";
}

bool goes_online(struct vcloud *c, const char *id, const char *claim_code, bool full_handshake)
{
        char what[128], body[256];

        (void)snprintf(what, sizeof(what), "POST /sim/devices/%s/online", id);
        (void)snprintf(body, sizeof(body), "{\"claim_code\":%s%s%s,\"full_handshake\":%s}",
                       claim_code ? "\"" : "", claim_code ?: "null", claim_code ? "\"" : "",
                       full_handshake ? "true" : "false");
        return ask(c, NULL, what, body) == 200 && json_is_true(json_object_get(last_json, "claimed"));
}
