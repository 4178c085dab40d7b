/* SPDX-License-Identifier: Apache-2.0 */

/* Two requests as one operation: the API names a file, and the file comes from wherever it lies - by plain
 * HTTP of its own, without the token, because that host is not the API. */

#include "cloud/firmware.h"
#include "cloud/call.h"
#include <errno.h>

enum { FETCH_MS = 60000 };

struct firmware {
        struct op op;
        struct cloud_client *client;
        cloud_firmware_fn done;
        void *userdata;
        struct op *step;
};

static void firmware_free(struct op *op)
{
        struct firmware *f = container_of(op, struct firmware, op);

        op_free(f->step);
        free(f);
}

/* The callee may free the operation: nothing after this. */
static void fail(struct firmware *f, const struct trouble *why)
{
        f->done(f->userdata, &(struct cloud_error){ .trouble = *why }, NULL, 0);
}

static void on_file(void *userdata, const struct http_reply *reply)
{
        struct firmware *f = userdata;
        struct trouble why = {};

        if (reply->failure == HTTP_TOO_LARGE)
                (void)trouble_set(&why, FAULT_CLOUD_ANSWER, "the firmware file is too large");
        else if (reply->failure != HTTP_ANSWERED)
                (void)trouble_set(&why, FAULT_CLOUD_UNREACHABLE, "fetching the firmware: %s", reply->cause);
        else if (reply->status != 200 || reply->len == 0)
                (void)trouble_set(&why, reply->status >= 500 ? FAULT_CLOUD_SERVER : FAULT_CLOUD_ANSWER,
                                  "fetching the firmware: HTTP %d, %zu bytes", reply->status, reply->len);
        if (why.fault != FAULT_NONE)
                fail(f, &why);
        else
                f->done(f->userdata, &(struct cloud_error){ .status = 200 }, (const uint8_t *)reply->body,
                        reply->len);
}

static void fetch(struct firmware *f, const char *url)
{
        struct op *file = NULL;
        const struct http_request request = {
                .method = "GET", .url = url, .body_max = FIRMWARE_FILE_MAX, .timeout_ms = FETCH_MS
        };
        bool plain = strncasecmp(f->client->url, "http:", 5) == 0;
        struct trouble why;
        int r = http_file_check(url, plain, &why);

        if (r == 0)
                r = http_start(f->client->http, &request, on_file, f, &file);
        op_free(f->step);
        f->step = file;
        if (r < 0) {
                trouble_complete(&why, r);
                fail(f, &why);
        }
}

/* 200 with a file's address; 204, or nothing in it: up to date. */
static void read_next(struct call_end *end)
{
        struct firmware *f = end->userdata;
        const char *url = json_string_value(json_object_get(end->json, "binary_url"));

        if (end->error->trouble.fault != FAULT_NONE || !url || !*url)
                f->done(f->userdata, end->error, NULL, 0);
        else
                fetch(f, url);
}

static int ask(struct firmware *f, const struct firmware_query *query)
{
        static const struct call_request request = { .method = "GET",
                                                     .endpoint = ENDPOINT_FIRMWARE,
                                                     .read = read_next };

        if (!query->ncp_version)
                return call_start(
                        f->client, &request, NULL, f, &f->step,
                        "/v1/system_firmware/upgrade?platform_id=%u&current_system_firmware_version=%s",
                        query->platform_id, query->os_version);
        return call_start(f->client, &request, NULL, f, &f->step,
                          "/v1/system_firmware/upgrade?platform_id=%u&current_system_firmware_version=%s"
                          "&current_ncp_firmware_version=%s&current_ncp_firmware_module_version=%u",
                          query->platform_id, query->os_version, query->ncp_version,
                          query->ncp_module_version);
}

int cloud_firmware(struct cloud_client *c, const struct firmware_query *query, cloud_firmware_fn done,
                   void *userdata, struct op **ret)
{
        struct firmware *f = calloc(1, sizeof(*f));
        int r;

        if (!f)
                return -ENOMEM;
        *f = (struct firmware){ .op.free = firmware_free, .client = c, .done = done, .userdata = userdata };
        r = ask(f, query);
        if (r < 0) {
                free(f);
                return r;
        }
        *ret = &f->op;
        return 0;
}
