/* SPDX-License-Identifier: Apache-2.0 */

/* The one adaptor between libcurl and sd-event (http-curl.c asks curl what needs no connection; nobody else
 * includes it).
 *
 * One multi handle drives all requests: its socket callback keeps one io source per socket, its timer
 * callback one time source. Nothing of ours is called from inside curl: what is finished, or has stream data
 * waiting, goes on the ready list, and a defer source delivers one item per turn of the loop. So an owner
 * may start and free operations, and the http itself, from any callback.
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

#include "cloud/http.h"
#include "cloud/http-curl.h"
#include "proto/base/bytes.h"
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>

enum { CONNECTIONS_PER_HOST = 6 };

struct http {
        CURLM *multi;
        sd_event *loop;
        sd_event_source *timer, *drain;
        struct http_op *ready; /* to be delivered, in order */
        char *ca_file, *proxy;
        uint64_t connect_ms;
};

struct http_op {
        struct op op;
        struct http *http;
        struct http_op *next; /* on the ready list */
        bool queued, added, finished, too_large, no_memory, paused;
        CURL *easy;
        CURLcode code;
        char error[CURL_ERROR_SIZE];
        struct curl_slist headers[5];
        char content_type[64];
        const struct secret *body;
        size_t sent; /* bytes of the body given to curl */
        struct buf answer;
        void (*data)(void *userdata, const char *data, size_t len);
        http_fn done;
        void *userdata;
};

/* the ready list */
static void ready_add(struct http_op *o)
{
        struct http_op **end = &o->http->ready;

        if (o->queued)
                return;
        while (*end)
                end = &(*end)->next;
        *end = o;
        o->next = NULL;
        o->queued = true;
        (void)sd_event_source_set_enabled(o->http->drain, SD_EVENT_ON);
}

static void ready_remove(struct http_op *o)
{
        struct http_op **at = &o->http->ready;

        if (!o->queued)
                return;
        while (*at != o)
                at = &(*at)->next;
        *at = o->next;
        o->queued = false;
}

/* curl -> loop */
static void collect_finished(struct http *h)
{
        struct CURLMsg *m;
        int left;

        while ((m = curl.multi_info_read(h->multi, &left))) {
                struct http_op *o = NULL;

                if (m->msg != CURLMSG_DONE)
                        continue;
                (void)curl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&o);
                o->code = m->data.result;
                o->finished = true;
                o->added = false;
                (void)curl.multi_remove_handle(h->multi, o->easy);
                ready_add(o);
        }
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct http *h = userdata;
        int mask = 0, running;

        (void)source;
        if (revents & EPOLLIN)
                mask |= CURL_CSELECT_IN;
        if (revents & EPOLLOUT)
                mask |= CURL_CSELECT_OUT;
        if (revents & (EPOLLERR | EPOLLHUP))
                mask |= CURL_CSELECT_ERR;
        (void)curl.multi_socket_action(h->multi, fd, mask, &running);
        collect_finished(h);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct http *h = userdata;
        int running;

        (void)source;
        (void)usec;
        (void)curl.multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        collect_finished(h);
        return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *socketp)
{
        struct http *h = userdata;
        sd_event_source *source = socketp;
        uint32_t events = 0;

        (void)easy;
        if (what == CURL_POLL_REMOVE) {
                (void)curl.multi_assign(h->multi, fd, NULL);
                sd_event_source_disable_unref(source);
                return 0;
        }
        if (what & CURL_POLL_IN)
                events |= EPOLLIN;
        if (what & CURL_POLL_OUT)
                events |= EPOLLOUT;
        if (source)
                return sd_event_source_set_io_events(source, events) < 0 ? -1 : 0;
        if (sd_event_add_io(h->loop, &source, fd, events, on_io, h) < 0)
                return -1;
        (void)curl.multi_assign(h->multi, fd, source);
        return 0;
}

static int on_timer_change(CURLM *multi, long timeout_ms, void *userdata)
{
        struct http *h = userdata;

        (void)multi;
        if (timeout_ms < 0)
                return sd_event_source_set_enabled(h->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
        if (sd_event_source_set_time_relative(h->timer, (uint64_t)timeout_ms * 1000) < 0 ||
            sd_event_source_set_enabled(h->timer, SD_EVENT_ONESHOT) < 0)
                return -1;
        return 0;
}

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
        reply.failure = o->no_memory ? HTTP_LOCAL : curl_failure(o->easy, o->code, o->too_large);
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

static void deliver(struct http_op *o)
{
        struct buf chunk = o->answer;

        if (!is_stream(o) || !chunk.len) {
                finish(o);
                return;
        }
        o->answer = buf_init(HTTP_STREAM_CHUNK_MAX);
        if (o->finished)
                ready_add(o);
        if (o->paused) {
                o->paused = false;
                (void)curl.easy_pause(o->easy, CURLPAUSE_CONT);
        }
        o->data(o->userdata, (const char *)chunk.data, chunk.len);
        buf_done(&chunk);
}

static int on_drain(sd_event_source *source, void *userdata)
{
        struct http *h = userdata;
        struct http_op *o = h->ready;

        if (o)
                ready_remove(o);
        if (!h->ready)
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (o)
                deliver(o);
        return 0;
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
                ready_add(o);
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

        ready_remove(o);
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

/* life of the whole */
static int sources_new(struct http *h)
{
        int r;

        r = sd_event_default(&h->loop);
        if (r < 0)
                return r;
        r = sd_event_add_time(h->loop, &h->timer, CLOCK_MONOTONIC, 0, 1000, on_time, h);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(h->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_add_defer(h->loop, &h->drain, on_drain, h);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(h->drain, SD_EVENT_OFF);
}

static bool multi_set(struct http *h)
{
        CURLMcode bad = 0;

        bad |= curl.multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
        bad |= curl.multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
        bad |= curl.multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer_change);
        bad |= curl.multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
        bad |= curl.multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_PER_HOST);
        return !bad;
}

static int copy_config(struct http *h, const struct http_config *config)
{
        h->connect_ms = config->connect_ms ? config->connect_ms : HTTP_CONNECT_MS;
        if (config->ca_file) {
                if (access(config->ca_file, R_OK) < 0)
                        return -errno;
                h->ca_file = strdup(config->ca_file);
        }
        if (config->proxy)
                h->proxy = strdup(config->proxy);
        return (config->ca_file && !h->ca_file) || (config->proxy && !h->proxy) ? -ENOMEM : 0;
}

int http_new(const struct http_config *config, struct http **ret)
{
        _cleanup_(http_freep) struct http *h = NULL;
        int r;

        r = curl_start();
        if (r < 0)
                return r;
        h = calloc(1, sizeof(*h));
        if (!h)
                return -ENOMEM;
        r = copy_config(h, config);
        if (r < 0)
                return r;
        r = sources_new(h);
        if (r < 0)
                return r;
        h->multi = curl.multi_init();
        if (!h->multi || !multi_set(h))
                return -ENOMEM;
        *ret = TAKE_PTR(h);
        return 0;
}

struct http *http_free(struct http *h)
{
        if (!h)
                return NULL;
        (void)curl.multi_cleanup(h->multi);
        sd_event_source_disable_unref(h->timer);
        sd_event_source_disable_unref(h->drain);
        sd_event_unref(h->loop);
        free(h->ca_file);
        free(h->proxy);
        free(h);
        return NULL;
}
