/* SPDX-License-Identifier: Apache-2.0 */

/* One request: a curl handle with its options, what comes in, and the hand-over to the owner.
 *
 * Secrets. The Authorization line and the body stay in the caller's guarded memory and are only lent to curl
 * (a list node that points there, a read callback); what curl copies while it sends lies in its own heap
 * blocks, and curl runs on an allocator that wipes each block when it is freed. Answers are collected in a
 * struct buf, which wipes too. What remains out of reach is the memory of OpenSSL (decrypted records in its
 * read buffer) and of nghttp2 (header blocks under way) until they reuse it. CURLOPT_VERBOSE is never set.
 *
 * "once": the body comes from a read callback without a seek function. curl repeats a request by itself when
 * a kept connection turns out to be dead; without a way to rewind it fails instead as soon as a part of the
 * body has left. */

#include "cloud/http-private.h"
#include <errno.h>
#include <stdio.h>
#include <time.h>

/* delivery */
static const char *header(const struct http_op *o, const char *name)
{
        struct curl_header *h;

        if (curl.easy_header(o->easy, name, 0, CURLH_HEADER, -1, &h))
                return "";
        return h->value;
}

/* The one form of a date that servers write (RFC 9110, 5.6.7); 0 for any other. */
static int64_t date_s(const char *text)
{
        struct tm t = { 0 };
        const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &t);

        return end && !*end ? timegm(&t) : 0;
}

/* What the result of a finished transfer means for the request. */
static enum http_failure failure_of(CURL *easy, CURLcode code, bool too_large)
{
        curl_off_t pretransfer_us = 0;

        switch ((int)code) {
        case CURLE_OK: return HTTP_ANSWERED;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PROXY: return HTTP_UNSENT;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return HTTP_UNTRUSTED;
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_SEND_FAIL_REWIND:
                (void)curl.easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
                if (pretransfer_us == 0)
                        return HTTP_UNSENT;
                return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMED_OUT : HTTP_LOST;
        case CURLE_UNSUPPORTED_PROTOCOL: /* also HTTP/0.9: an answer without a status line */
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING: return HTTP_GARBLED;
        case CURLE_WRITE_ERROR: return too_large ? HTTP_TOO_LARGE : HTTP_LOCAL;
        default: return HTTP_LOCAL;
        }
}

static void finish(struct http_op *o)
{
        struct buf answer = o->answer;
        struct http_reply reply = { 0 };
        curl_off_t retry_after_s = 0;
        long status = 0, connects = 0;

        o->answer = buf_init(0);
        (void)curl.easy_getinfo(o->easy, CURLINFO_RESPONSE_CODE, &status);
        (void)curl.easy_getinfo(o->easy, CURLINFO_NUM_CONNECTS, &connects);
        (void)curl.easy_getinfo(o->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
        reply.failure = o->no_memory ? HTTP_LOCAL : failure_of(o->easy, o->code, o->too_large);
        reply.cause = "";
        if (reply.failure != HTTP_ANSWERED)
                reply.cause = o->error[0] ? o->error : curl.easy_strerror(o->code);
        reply.status = (int)status;
        reply.body = answer.data ? (const char *)answer.data : "";
        reply.len = answer.len;
        reply.content_type = header(o, "Content-Type");
        reply.request_id = header(o, "X-Request-Id");
        reply.location = header(o, "Location");
        if (retry_after_s > 0)
                reply.retry_after_s = retry_after_s < UINT32_MAX ? (unsigned)retry_after_s : UINT32_MAX;
        reply.date_s = date_s(header(o, "Date"));
        reply.connects = (unsigned)connects;
        /* The callback may free the operation, and what reply points to with it: not ours to touch then. */
        o->done(o->userdata, &reply);
        buf_done(&answer);
}

static bool is_stream(const struct http_op *o)
{
        long status = 0;

        (void)curl.easy_getinfo(o->easy, CURLINFO_RESPONSE_CODE, &status);
        return o->data && status == 200;
}

void http_op_deliver(struct http_op *o)
{
        struct buf chunk = o->answer;

        if (!is_stream(o) || !chunk.len) {
                finish(o);
                return;
        }
        o->answer = buf_init(HTTP_STREAM_CHUNK_MAX);
        if (o->finished)
                http_ready_add(o);
        if (o->paused) {
                o->paused = false;
                (void)curl.easy_pause(o->easy, CURLPAUSE_CONT);
        }
        o->data(o->userdata, (const char *)chunk.data, chunk.len);
        buf_done(&chunk);
}

/* inside curl: no word to the owner from here */
static size_t on_body_wanted(char *to, size_t size, size_t n, void *userdata)
{
        struct http_op *o = userdata;
        size_t room = size * n, left = secret_len(o->body) - o->sent;

        if (room > left)
                room = left;
        if (room)
                memcpy(to, secret_bytes(o->body) + o->sent, room);
        o->sent += room;
        return room;
}

static int on_rewind(void *userdata, curl_off_t offset, int origin)
{
        struct http_op *o = userdata;

        if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > secret_len(o->body))
                return CURL_SEEKFUNC_FAIL;
        o->sent = (size_t)offset;
        return CURL_SEEKFUNC_OK;
}

static size_t on_answer(char *data, size_t size, size_t n, void *userdata)
{
        struct http_op *o = userdata;
        size_t len = size * n;
        int r;

        if (is_stream(o)) {
                if (o->answer.len && o->answer.len + len >= HTTP_STREAM_CHUNK_MAX) {
                        o->paused = true;
                        return CURL_WRITEFUNC_PAUSE;
                }
                http_ready_add(o);
        }
        /* One byte more than there is, for the NUL that http.h promises. */
        r = len < o->answer.ceiling ? buf_reserve(&o->answer, len + 1) : -ENOBUFS;
        if (r < 0) {
                *(r == -ENOBUFS ? &o->too_large : &o->no_memory) = true;
                return CURL_WRITEFUNC_ERROR;
        }
        (void)buf_append(&o->answer, data, len);
        o->answer.data[o->answer.len] = 0;
        return len;
}

/* life of a request */
static void op_drop(struct op *op)
{
        struct http_op *o = container_of(op, struct http_op, op);

        http_ready_remove(o);
        if (o->added)
                (void)curl.multi_remove_handle(o->http->multi, o->easy);
        curl.easy_cleanup(o->easy);
        buf_done(&o->answer);
        free(o);
}

static void set_headers(struct http_op *o, const struct http_request *req)
{
        static char tool[] = "X-Particle-Tool: usher@" USHER_VERSION, accept[] = "Accept: application/json",
                    stream[] = "Accept: text/event-stream", no_expect[] = "Expect:";
        size_t n = 0;

        o->headers[n++].data = tool;
        o->headers[n++].data = req->data ? stream : accept;
        if (req->authorization) /* curl only reads from it */
                o->headers[n++].data = (char *)(uintptr_t)secret_text(req->authorization);
        if (req->body) {
                (void)snprintf(o->content_type, sizeof(o->content_type), "Content-Type: %s",
                               req->content_type);
                o->headers[n++].data = o->content_type;
                o->headers[n++].data = no_expect;
        }
        for (size_t i = 0; i + 1 < n; i++)
                o->headers[i].next = &o->headers[i + 1];
}

/* One curl option; a refusal is remembered in o->code. */
static void set_long(struct http_op *o, CURLoption option, long value)
{
        if (!o->code)
                o->code = curl.easy_setopt(o->easy, option, value);
}

static void set_pointer(struct http_op *o, CURLoption option, const void *value)
{
        if (!o->code)
                o->code = curl.easy_setopt(o->easy, option, value);
}

static void set_body(struct http_op *o, bool once)
{
        set_long(o, CURLOPT_POST, 1);
        set_long(o, CURLOPT_POSTFIELDSIZE, (long)secret_len(o->body));
        set_pointer(o, CURLOPT_READFUNCTION, on_body_wanted);
        set_pointer(o, CURLOPT_READDATA, o);
        set_pointer(o, CURLOPT_SEEKFUNCTION, once ? NULL : on_rewind);
        set_pointer(o, CURLOPT_SEEKDATA, o);
}

static void set_limits(struct http_op *o, const struct http_request *req)
{
        uint64_t timeout_ms = req->timeout_ms;

        if (!timeout_ms && !req->data)
                timeout_ms = HTTP_TIMEOUT_MS;
        set_long(o, CURLOPT_CONNECTTIMEOUT_MS, (long)o->http->connect_ms);
        set_long(o, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
        set_long(o, CURLOPT_NOSIGNAL, 1);
        set_long(o, CURLOPT_QUICK_EXIT, 1); /* a drop does not wait for the resolver */
        set_long(o, CURLOPT_FOLLOWLOCATION, 0);
        set_long(o, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
        set_long(o, CURLOPT_PIPEWAIT, 1); /* rather a stream of the same connection */
        set_long(o, CURLOPT_TCP_KEEPALIVE, 1);
        set_long(o, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
}

static void set_peer(struct http_op *o, const char *url)
{
        bool plain = strncasecmp(url, "http:", 5) == 0;

        set_pointer(o, CURLOPT_URL, url);
        set_pointer(o, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
        if (plain) /* loopback: a proxy of the environment would see the token in the clear */
                set_pointer(o, CURLOPT_NOPROXY, "*");
        else if (o->http->proxy)
                set_pointer(o, CURLOPT_PROXY, o->http->proxy);
        if (o->http->ca_file)
                set_pointer(o, CURLOPT_CAINFO, o->http->ca_file);
        set_pointer(o, CURLOPT_USERAGENT, "usher/" USHER_VERSION);
}

static CURLcode set_up(struct http_op *o, const struct http_request *req)
{
        set_headers(o, req);
        if (req->body)
                set_body(o, req->once);
        if (strcmp(req->method, "HEAD") == 0)
                set_long(o, CURLOPT_NOBODY, 1);
        else
                set_pointer(o, CURLOPT_CUSTOMREQUEST, req->method);
        set_limits(o, req);
        set_peer(o, req->url);
        set_pointer(o, CURLOPT_HTTPHEADER, o->headers);
        set_pointer(o, CURLOPT_WRITEFUNCTION, on_answer);
        set_pointer(o, CURLOPT_WRITEDATA, o);
        set_pointer(o, CURLOPT_ERRORBUFFER, o->error);
        set_pointer(o, CURLOPT_PRIVATE, o);
        return o->code;
}

int http_start(struct http *h, const struct http_request *req, http_fn done, void *userdata, struct op **ret)
{
        struct http_op *o;

        o = calloc(1, sizeof(*o));
        if (!o)
                return -ENOMEM;
        o->op.free = op_drop;
        o->http = h;
        o->body = req->body;
        o->data = req->data;
        o->done = done;
        o->userdata = userdata;
        o->answer = buf_init((req->body_max ? req->body_max : HTTP_BODY_MAX) + 1);
        o->easy = curl.easy_init();
        if (!o->easy || set_up(o, req) || curl.multi_add_handle(h->multi, o->easy)) {
                op_drop(&o->op);
                return -ENOMEM;
        }
        o->added = true;
        *ret = &o->op;
        return 0;
}
