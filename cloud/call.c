/* SPDX-License-Identifier: Apache-2.0 */

/* The life of a call: ask the budget, send, look at the reply, perhaps pause and send again, and then tell.
 * Exactly one of http and timer is under way at any time. Patience is one deadline for all of it, set when
 * the call starts: a pause that would end after it is not begun, the call fails with what it met last. A
 * server that this client has never reached has a nearer one: it is probably not there, and somebody waits
 * to be told. */

#include "cloud/call.h"
#include "cloud/mask.h"
#include "cloud/reply.h"
#include "cloud/url.h"
#include "cloud/wipe.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct call {
        struct op op;
        struct cloud_client *client;
        struct call_request request;
        struct secret *body;
        struct mask mask;
        char subject[40];
        struct buf url; /* may hold a part of a mobile secret, so it is wiped */
        struct op *http;
        struct timer *timer;
        uint64_t deadline_ms;
        uint64_t reach_deadline_ms; /* while the server was never reached */
        struct trouble refusal;     /* of our own, instead of a request */
        unsigned refused_s;         /* for so long */
        unsigned tries;
        call_done_fn done;
        void *userdata;
};

static void call_free(struct op *op)
{
        struct call *call = container_of(op, struct call, op);

        op_free(call->http);
        timer_free(call->timer);
        secret_free(call->body);
        mask_done(&call->mask);
        buf_done(&call->url);
        free(call);
}

/* telling */

/* Ends the call. The reader may free it, so it is not touched after this. The JSON is of the reply, whose
 * texts have been masked; `json` is taken over. */
static void tell(struct call *call, const struct http_reply *reply, const struct trouble *trouble, json_t *j)
{
        _cleanup_(json_decref_ptr) json_t *json = j;
        struct cloud_error error = { .trouble = *trouble, .status = reply->status };
        struct call_end end = { &error,     reply,        NULL,       NULL,
                                call->body, call->client, call->done, call->userdata };
        char subject[sizeof(call->subject)];

        memcpy(subject, call->subject, sizeof(subject));
        end.subject = subject;
        error.request_id = reply->request_id[0] ? reply->request_id : NULL;
        error.retry_after_s = reply->retry_after_s;
        error.unsure = retry_unsure(call->request.retry, reply);
        end.json = json;
        call->request.read(&end);
}

static void tell_no_memory(struct call *call, const struct http_reply *reply)
{
        const struct trouble trouble = { FAULT_INTERNAL, "out of memory" };
        struct http_reply none = *reply;

        none.request_id = "";
        tell(call, &none, &trouble, NULL);
}

/* THE place where answers come in: nothing behind it sees what was sent in secret. */
static void tell_reply(struct call *call, const struct http_reply *reply)
{
        _cleanup_(masked_reply_done) struct masked_reply masked = {};
        json_t *json = NULL;
        struct trouble verdict;

        if (mask_reply(&call->mask, reply, &masked) < 0) {
                tell_no_memory(call, reply);
                return;
        }
        cloud_judge(call->request.endpoint, &masked.reply, &verdict);
        if (reply->len && cloud_json_read(reply->body, reply->len, &json) == 0 &&
            mask_json(&call->mask, json) < 0) {
                json_decref(json);
                tell_no_memory(call, reply);
                return;
        }
        tell(call, &masked.reply, &verdict, json);
}

static struct http_reply no_reply(enum http_failure failure)
{
        return (struct http_reply){ .failure = failure,
                                    .cause = "",
                                    .body = "",
                                    .content_type = "",
                                    .request_id = "",
                                    .location = "" };
}

void call_end_unreadable(struct call_end *end)
{
        (void)trouble_set(&end->error->trouble, FAULT_CLOUD_ANSWER,
                          "the cloud reports success, but the answer does not hold what it should");
        end->error->unsure = true;
        end->json = NULL;
}

void call_read_done(struct call_end *end)
{
        cloud_done_fn done = (cloud_done_fn)end->done;

        if (end->error->trouble.fault == FAULT_NONE &&
            reply_done(end->json, end->reply->len, end->subject) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error);
}

/* trying */
static int send_now(struct call *call);

static void on_time(void *userdata)
{
        struct call *call = userdata;

        call->timer = timer_free(call->timer);
        if (send_now(call) < 0) {
                struct http_reply reply = no_reply(HTTP_LOCAL);

                reply.cause = "out of memory";
                tell_reply(call, &reply);
        }
}

/* False: not until then, or no memory for a timer. */
static bool pause_for(struct call *call, uint64_t ms, uint64_t deadline_ms)
{
        if (timer_now_ms() + ms >= deadline_ms)
                return false;
        return timer_new(call->client->loop, ms, on_time, call, &call->timer) == 0;
}

static void on_reply(void *userdata, const struct http_reply *reply)
{
        struct call *call = userdata;
        uint64_t ms = 0, deadline_ms = call->deadline_ms;

        if (reply->failure != HTTP_UNSENT && reply->failure != HTTP_LOCAL)
                call->client->reached = true;
        if (!call->client->reached)
                deadline_ms = call->reach_deadline_ms;
        if (retry_wanted(call->request.retry, reply, call->tries, randombytes_random(), &ms) &&
            pause_for(call, ms, deadline_ms)) {
                call->http = op_free(call->http);
                return;
        }
        tell_reply(call, reply);
}

static void on_refused(void *userdata)
{
        struct call *call = userdata;
        struct http_reply reply = no_reply(HTTP_UNSENT);

        reply.retry_after_s = call->refused_s;
        tell(call, &reply, &call->refusal, NULL);
}

static int refuse_soon(struct call *call, const struct trouble *why, uint64_t wait_ms)
{
        call->refusal = *why;
        call->refused_s = (unsigned)((wait_ms + 999) / 1000);
        return timer_new(call->client->loop, 0, on_refused, call, &call->timer);
}

static void on_known(void *userdata)
{
        struct call *call = userdata;
        struct http_reply reply = no_reply(HTTP_ANSWERED);

        reply.status = 200;
        reply.body = secret_text(call->body);
        reply.len = secret_len(call->body);
        tell_reply(call, &reply);
}

static int send_now(struct call *call)
{
        static const struct trouble busy = {
                FAULT_CLOUD_BUSY,
                "usher keeps within the cloud's limit of requests, and that is used up for now"
        };
        const struct call_request *r = &call->request;
        struct cloud_client *c = call->client;
        struct http_request http = {
                .method = r->method,
                .url = (const char *)call->url.data,
                .authorization = r->anonymous ? NULL : c->authorization,
                .body = call->body,
                .content_type = r->content_type ? r->content_type : "application/json",
                .body_max = r->body_max,
                .once = r->retry != RETRY_FREELY && r->retry != RETRY_UNLIMITED,
        };
        uint64_t ms;

        ms = budget_take(&c->budget, r->budget, timer_now_ms());
        if (ms && r->retry != RETRY_UNLIMITED && pause_for(call, ms, call->deadline_ms))
                return 0;
        if (ms)
                return refuse_soon(call, &busy, ms);
        call->tries++;
        return http_start(c->http, &http, on_reply, call, &call->http);
}

/* starting */
__attribute__((format(printf, 2, 0))) static int set_url(struct call *call, const char *path,
                                                         va_list arguments)
{
        int r;

        call->url = buf_init(URL_MAX);
        r = buf_append(&call->url, call->client->url, strlen(call->client->url));
        if (r < 0)
                return r;
        r = url_vformat(&call->url, path, arguments);
        if (r < 0)
                return r;
        return buf_append(&call->url, "", 1);
}

__attribute__((format(printf, 2, 0))) static int set_up(struct call *call, const char *path,
                                                        va_list arguments)
{
        uint64_t patience_ms = call->client->patience_ms;
        int r;

        r = set_url(call, path, arguments);
        if (r < 0)
                return r == -ENOBUFS ? -EINVAL : r;
        call->deadline_ms = timer_now_ms() + patience_ms;
        call->reach_deadline_ms =
                timer_now_ms() + (patience_ms < CLOUD_REACH_MS ? patience_ms : CLOUD_REACH_MS);
        return send_now(call);
}

static int note_secrets(struct call *call)
{
        const struct call_request *request = &call->request;
        int r = request->anonymous ? 0 : mask_add(&call->mask, call->client->token);

        for (size_t i = 0; i < ELEMENTSOF(request->secrets) && r >= 0; i++)
                r = mask_add(&call->mask, request->secrets[i]);
        return r;
}

static struct call *call_new(struct cloud_client *c, const struct call_request *request, call_done_fn done,
                             void *userdata)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct call *call;

        call = calloc(1, sizeof(*call));
        if (!call)
                return NULL;
        call->op.free = call_free;
        op = &call->op;
        call->client = c;
        call->request = *request;
        call->body = request->body ? TAKE_PTR(*request->body) : NULL;
        if (request->subject)
                (void)snprintf(call->subject, sizeof(call->subject), "%s", request->subject);
        call->done = done;
        call->userdata = userdata;
        if (note_secrets(call) < 0)
                return NULL;
        op = NULL;
        return call;
}

static int hand_over(struct call *call, int r, struct op **ret)
{
        if (r < 0)
                call_free(&call->op);
        else
                *ret = &call->op;
        return r;
}

int call_start(struct cloud_client *c, const struct call_request *request, call_done_fn done, void *userdata,
               struct op **ret, const char *path, ...)
{
        struct call *call;
        va_list arguments;
        int r;

        call = call_new(c, request, done, userdata);
        if (!call)
                return -ENOMEM;
        va_start(arguments, path);
        r = set_up(call, path, arguments);
        va_end(arguments);
        return hand_over(call, r, ret);
}

int call_refuse(struct cloud_client *c, const struct call_request *request, call_done_fn done,
                void *userdata, struct op **ret, const struct trouble *why, uint64_t wait_ms)
{
        struct call *call;

        call = call_new(c, request, done, userdata);
        if (!call)
                return -ENOMEM;
        return hand_over(call, refuse_soon(call, why, wait_ms), ret);
}

int call_known(struct cloud_client *c, const struct call_request *request, call_done_fn done, void *userdata,
               struct op **ret, json_t *answer)
{
        struct call *call = call_new(c, request, done, userdata);
        int r;

        if (!call) {
                json_decref(answer);
                return -ENOMEM;
        }
        r = call_json_body(answer, &call->body);
        if (r >= 0)
                r = timer_new(call->client->loop, 0, on_known, call, &call->timer);
        return hand_over(call, r, ret);
}

int call_json_body(json_t *object, struct secret **ret)
{
        char *text;
        int r;

        if (!object)
                return -ENOMEM;
        text = json_dumps(object, JSON_COMPACT);
        json_decref(object);
        if (!text)
                return -ENOMEM;
        r = secret_new(text, strlen(text), ret);
        wipe_free(text);
        return r;
}
