/* SPDX-License-Identifier: Apache-2.0 */

/* The link-time double of cloud/http.c. It keeps the rules of op.h: no callback inside http_start(), none
 * after the operation was freed. */

#include "tests/unit/cloud/fake-http.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct http {
        int unused;
};

struct fake_op {
        struct op op;
        const struct fake_row *row;
        struct timer *timer;
        void (*data)(void *userdata, const char *data, size_t len);
        http_fn done;
        void *userdata;
};

static const struct fake_row *rows;
static size_t n_rows, made, open_ops;
static uint64_t last_ms;
static struct fake_op *stream;

void fake_http_script(const struct fake_row *r, size_t n)
{
        rows = r;
        n_rows = n;
        made = 0;
        last_ms = 0;
}

size_t fake_http_made(void)
{
        return made;
}

uint64_t fake_http_last_ms(void)
{
        return last_ms;
}

size_t fake_http_open(void)
{
        return open_ops;
}

static struct http_reply reply_of(const struct fake_row *row)
{
        const char *body = row->answer ? row->answer : "";

        return (struct http_reply){
                .failure = row->failure,
                .cause = row->failure == HTTP_ANSWERED ? "" : "scripted",
                .status = row->status,
                .body = body,
                .len = strlen(body),
                .content_type = "application/json",
                .request_id = row->request_id ? row->request_id : "",
                .location = "",
                .retry_after_s = row->retry_after_s,
        };
}

static void answer(void *userdata)
{
        struct fake_op *o = userdata;
        struct http_reply reply = reply_of(o->row);

        o->done(o->userdata, &reply);
}

bool fake_http_stream(const char *data)
{
        if (!stream)
                return false;
        stream->data(stream->userdata, data, strlen(data));
        return true;
}

void fake_http_stream_end(enum http_failure failure)
{
        struct fake_op *o = stream;
        struct http_reply reply = reply_of(&(struct fake_row){ .status = 200, .failure = failure });

        stream = NULL;
        o->done(o->userdata, &reply);
}

static void fake_free(struct op *op)
{
        struct fake_op *o = container_of(op, struct fake_op, op);

        if (stream == o)
                stream = NULL;
        timer_free(o->timer);
        free(o);
        open_ops--;
}

static void check(const struct http_request *req, const struct fake_row *row)
{
        assert_string_equal(req->method, row->method);
        assert_memory_equal(req->url, FAKE_URL, strlen(FAKE_URL));
        assert_string_equal(req->url + strlen(FAKE_URL), row->path);
        assert_int_equal(req->body != NULL, row->body != NULL);
        if (row->body)
                assert_string_equal(secret_text(req->body), row->body);
        assert_int_equal(req->once, row->once);
        if (row->anonymous)
                assert_null(req->authorization);
        else
                assert_string_equal(secret_text(req->authorization), "Authorization: Bearer t0ken-t0ken");
}

int http_start(struct http *h, const struct http_request *req, http_fn done, void *userdata, struct op **ret)
{
        struct fake_op *o;

        (void)h;
        if (made >= n_rows)
                fail_msg("a request too many: %s %s", req->method, req->url);
        o = calloc(1, sizeof(*o));
        assert_non_null(o);
        open_ops++;
        o->op.free = fake_free;
        o->row = &rows[made++];
        o->data = req->data;
        o->done = done;
        o->userdata = userdata;
        check(req, o->row);
        last_ms = timer_now_ms();
        if (o->row->after_ms != FAKE_NEVER)
                assert_int_equal(timer_new(NULL, o->row->after_ms, answer, o, &o->timer), 0);
        else if (req->data)
                stream = o;
        *ret = &o->op;
        return 0;
}

int http_new(const struct http_config *config, struct http **ret)
{
        if (config->ca_file && strcmp(config->ca_file, "/nowhere") == 0)
                return -ENOENT;
        *ret = calloc(1, sizeof(struct http));
        return *ret ? 0 : -ENOMEM;
}

struct http *http_free(struct http *h)
{
        free(h);
        return NULL;
}

int http_file_check(const char *url, bool plain, struct trouble *ret_trouble)
{
        (void)plain;
        return strncmp(url, "https://", 8) == 0 ? 0
                                                : trouble_set(ret_trouble, FAULT_CLOUD_ANSWER, "scripted");
}

int http_url_check(const char *url, struct trouble *ret_trouble)
{
        return strncmp(url, "https://", 8) == 0 ? 0 : trouble_set(ret_trouble, FAULT_CONFIG, "scripted");
}
