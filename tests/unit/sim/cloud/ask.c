/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sim/cloud/ask.h"
#include "tests/sim/cloud/machine.h"
#include <stdio.h>
#include <string.h>

static struct vcloud_reply last;
static json_t *last_json;
static char told_effects[1024];

void forget(void)
{
        vcloud_reply_done(&last);
        json_decref(last_json);
        last_json = NULL;
}

static void on_effect(void *userdata, const struct vcloud_effect *e)
{
        size_t at = strlen(told_effects);

        (void)userdata;
        (void)snprintf(told_effects + at, sizeof(told_effects) - at, "%s%s %s %s%s", at ? ", " : "", e->name,
                       e->serial ?: "-", e->to ?: "-", e->changed ? "" : " again");
}

const char *effects(void)
{
        return told_effects;
}

struct vcloud *cloud_of(const char *seed)
{
        _cleanup_(freep) char *why = NULL;
        struct vcloud *c;

        if (vcloud_new(NULL, seed, &why, &c) < 0) {
                fprintf(stderr, "seed: %s\n", why);
                abort();
        }
        vcloud_on_effect(c, on_effect, NULL);
        return c;
}

/* Asks, and sees to it that what changes tells so. */
static void handle(struct vcloud *c, const struct vcloud_request *q)
{
        bool before = c->changed, quiet = strcmp(q->method, "GET") == 0 || strncmp(q->path, "/sim/", 5) == 0;

        c->changed = false;
        told_effects[0] = 0;
        if (vcloud_handle(c, q, &last) < 0)
                abort();
        if (c->changed && !quiet && !told_effects[0]) {
                fprintf(stderr, "%s %s changed something and told no effect (effect.h)\n", q->method,
                        q->path);
                abort();
        }
        c->changed |= before;
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
        handle(c, &q);
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
