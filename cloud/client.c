/* SPDX-License-Identifier: Apache-2.0 */

/* The client's life and the verbs on devices. A verb is two functions: one that starts the call, and a
 * reader that turns its end into the verb's result. Readers call done last and touch nothing afterwards. */

#include "cloud/client.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "cloud/serials.h"
#include "cloud/url.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

/* life */
int cloud_url_check(const char *url, const char **ret_why)
{
        return http_url_check(url, ret_why);
}

static int make_authorization(const struct secret *token, struct secret **ret)
{
        static const char prefix[] = "Authorization: Bearer ";
        _cleanup_(buf_done) struct buf line = buf_init(sizeof(prefix) + secret_len(token));
        int r;

        for (size_t i = 0; i < secret_len(token); i++)
                if (!isgraph(secret_bytes(token)[i]))
                        return -EBADMSG;
        r = buf_append(&line, prefix, sizeof(prefix) - 1);
        if (r < 0)
                return r;
        r = buf_append(&line, secret_bytes(token), secret_len(token));
        if (r < 0)
                return r;
        return secret_new(line.data, line.len, ret);
}

static char *copy_url(const char *url)
{
        size_t len = strlen(url);

        while (len && url[len - 1] == '/')
                len--;
        return strndup(url, len);
}

int cloud_client_new(const struct cloud_config *config, struct cloud_client **ret)
{
        _cleanup_(cloud_client_freep) struct cloud_client *c = NULL;
        const char *url = config->url ? config->url : CLOUD_URL, *why;
        int r;

        r = http_url_check(url, &why);
        if (r < 0)
                return r;
        c = calloc(1, sizeof(*c));
        if (!c)
                return -ENOMEM;
        c->patience_ms = config->patience_ms ? config->patience_ms : CLOUD_PATIENCE_MS;
        budget_init(&c->budget, timer_now_ms());
        c->url = copy_url(url);
        if (config->serials_file)
                c->serials_file = strdup(config->serials_file);
        if (!c->url || (config->serials_file && !c->serials_file))
                return -ENOMEM;
        if (config->token) {
                r = make_authorization(config->token, &c->authorization);
                if (r < 0)
                        return r;
        }
        r = http_new(&(struct http_config){ .ca_file = config->ca_file, .proxy = config->proxy }, &c->http);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}

struct cloud_client *cloud_client_free(struct cloud_client *c)
{
        if (!c)
                return NULL;
        http_free(c->http);
        secret_free(c->authorization);
        free(c->serials_file);
        free(c->url);
        free(c);
        return NULL;
}

void cloud_client_set_patience(struct cloud_client *c, uint64_t patience_ms)
{
        c->patience_ms = patience_ms;
}

/* serial numbers */
enum { SERIALS_PAUSE_MS = 300000 /* where the cloud does not say how long */ };

static void keep_serial(const struct cloud_client *c, const char *serial, const struct cloud_serial *s)
{
        struct serial_entry e = { .platform_id = s->platform_id }, kept;

        if (!c->serials_file)
                return;
        (void)snprintf(e.serial, sizeof(e.serial), "%s", serial);
        (void)snprintf(e.device_id, sizeof(e.device_id), "%s", s->device_id);
        (void)snprintf(e.iccid, sizeof(e.iccid), "%s", s->iccid ? s->iccid : "");
        if (serials_find(c->serials_file, c->url, serial, &kept) < 0 ||
            strcmp(kept.device_id, e.device_id) != 0)
                (void)serials_add(c->serials_file, c->url,
                                  &e); /* if not, the cloud is asked again, no more */
}

static json_t *known_serial(const struct cloud_client *c, const char *serial)
{
        struct serial_entry e;

        if (!c->serials_file || serials_find(c->serials_file, c->url, serial, &e) < 0)
                return NULL;
        return json_pack("{s:s, s:s*, s:i}", "device_id", e.device_id, "iccid", e.iccid[0] ? e.iccid : NULL,
                         "platform_id", (int)e.platform_id);
}

/* One refusal speaks for all lookups of the next time: a list of them is not to knock one by one. */
static void note_limit(struct cloud_client *c, const struct cloud_error *e)
{
        uint64_t wait_ms = e->retry_after_s ? e->retry_after_s * 1000ull : SERIALS_PAUSE_MS;

        if (timer_now_ms() >= c->serials_again_ms)
                c->serials_again_ms = timer_now_ms() + wait_ms;
}

static void read_serial(struct call_end *end)
{
        cloud_serial_fn done = (cloud_serial_fn)end->done;
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct cloud_serial s;
        char id[CLOUD_ID_LEN + 1];

        if (end->error->fault == FAULT_NONE && reply_serial(end->json, id, &s, &secret) < 0)
                call_end_unreadable(end);
        if (end->error->fault == FAULT_NONE)
                keep_serial(end->client, end->subject, &s);
        else if (end->error->fault == FAULT_CLOUD_BUSY)
                note_limit(end->client, end->error);
        done(end->userdata, end->error, end->error->fault == FAULT_NONE ? &s : NULL);
}

static bool is_serial(const char *serial)
{
        size_t len = 0;

        while (isalnum((unsigned char)serial[len]))
                len++;
        return len > 0 && len <= 32 && !serial[len];
}

int cloud_serial(struct cloud_client *c, const char *serial, const struct secret *partial_secret,
                 cloud_serial_fn done, void *userdata, struct op **ret)
{
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_SERIAL,
                .budget = BUDGET_SERIAL,
                .subject = serial,
                .read = read_serial,
        };
        uint64_t now_ms = timer_now_ms();
        json_t *known;

        if (!is_serial(serial))
                return -EINVAL;
        known = partial_secret ? NULL : known_serial(c, serial);
        if (known)
                return call_known(c, &request, (call_done_fn)done, userdata, ret, known);
        if (now_ms < c->serials_again_ms)
                return call_refuse(c, &request, (call_done_fn)done, userdata, ret, FAULT_CLOUD_BUSY,
                                   "the lookups of serial numbers are used up for now",
                                   c->serials_again_ms - now_ms);
        if (!partial_secret)
                return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/serial_numbers/%s",
                                  serial);
        return call_start(c, &request, (call_done_fn)done, userdata, ret,
                          "/v1/serial_numbers/%s?mobile_secret=%s", serial, secret_text(partial_secret));
}

/* devices */
int cloud_device(struct cloud_client *c, const char *device_id, cloud_device_fn done, void *userdata,
                 struct op **ret)
{
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_DEVICE,
                .subject = id,
                .read = call_read_device,
        };

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices/%s", id);
}

int cloud_devices(struct cloud_client *c, cloud_devices_fn done, void *userdata, struct op **ret)
{
        static const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_DEVICE,
                .body_max = HTTP_LIST_MAX,
                .read = call_read_devices,
        };

        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices");
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
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "DELETE",
                .endpoint = ENDPOINT_DEVICE,
                .subject = id,
                .read = call_read_done,
        };

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices/%s", id);
}

static void read_ping(struct call_end *end)
{
        cloud_online_fn done = (cloud_online_fn)end->done;

        if (end->error->fault == FAULT_NONE && !json_is_boolean(json_object_get(end->json, "online")))
                call_end_unreadable(end);
        if (end->error->fault == FAULT_DEVICE_OFFLINE)
                end->error->fault = FAULT_NONE;
        done(end->userdata, end->error, cloud_json_true(end->json, "online"));
}

int cloud_ping(struct cloud_client *c, const char *device_id, cloud_online_fn done, void *userdata,
               struct op **ret)
{
        char id[CLOUD_ID_LEN + 1];
        static const struct call_request request = {
                .method = "PUT",
                .endpoint = ENDPOINT_DEVICE,
                .retry = RETRY_UNTOUCHED,
                .read = read_ping,
        };

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices/%s/ping", id);
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

/* claiming */
static void read_claim_code(struct call_end *end)
{
        cloud_claim_code_fn done = (cloud_claim_code_fn)end->done;
        _cleanup_(secret_freep) struct secret *code = NULL;

        if (end->error->fault == FAULT_NONE && reply_claim_code(end->json, &code) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, code);
}

int cloud_claim_code(struct cloud_client *c, unsigned product_id, cloud_claim_code_fn done, void *userdata,
                     struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_CLAIM_CODE,
                .body = &body,
                .read = read_claim_code,
        };
        int r;

        r = call_json_body(json_object(), &body);
        if (r < 0)
                return r;
        if (!product_id)
                return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/device_claims");
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/device_claims",
                          product_id);
}

static void read_claim(struct call_end *end)
{
        cloud_claim_fn done = (cloud_claim_fn)end->done;
        struct cloud_claim claim;

        if (end->error->fault == FAULT_NONE && reply_claim(end->json, end->subject, &claim) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->fault == FAULT_NONE ? &claim : NULL);
}

int cloud_claim(struct cloud_client *c, const char *device_id, bool request_transfer, cloud_claim_fn done,
                void *userdata, struct op **ret)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        char id[CLOUD_ID_LEN + 1];
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_CLAIM,
                .retry = RETRY_UNTOUCHED,
                .body = &body,
                .subject = id,
                .read = read_claim,
        };
        int r;

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        r = call_json_body(request_transfer ? json_pack("{s:s, s:b}", "id", id, "request_transfer", 1)
                                            : json_pack("{s:s}", "id", id),
                           &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/devices");
}
