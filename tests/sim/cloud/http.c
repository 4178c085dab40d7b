/* SPDX-License-Identifier: Apache-2.0 */

/* libmicrohttpd without threads: its epoll descriptor is one source of our loop. An answer that has to wait
 * (a delay, an event stream with nothing to say, a fault that drips or never answers) suspends its
 * connection, and a timer or the stream resumes it. While a connection is suspended libmicrohttpd does not
 * look at it, so we watch for its hang-up ourselves. */

#include "tests/sim/cloud/http.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "tests/sim/cloud/listen.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <time.h>

#define MAX_REQUEST_HEADERS 64
#define SILENT_MS           (10 * 60 * 1000) /* how long "never answers" is kept up */

struct vhttp {
        struct vhttp_config config;
        struct MHD_Daemon *daemon;
        sd_event_source *io;
        struct timer *timer;
        bool resumed; /* a connection waits for the next run */
        char *url;
        struct exchange *first;
};

/* One request and its answer. */
struct exchange {
        struct exchange *next;
        struct vhttp *http;
        struct MHD_Connection *connection;
        char *uri;
        struct buf body;
        struct vcloud_reply reply;
        struct timer *timer;
        sd_event_source *hangup;
        bool started, handled, delayed, suspended, gone;
        char peer[INET6_ADDRSTRLEN];
};

static void arm(struct vhttp *h);

static void resume(struct exchange *x)
{
        x->timer = timer_free(x->timer);
        x->hangup = sd_event_source_disable_unref(x->hangup);
        if (!x->suspended)
                return;
        x->suspended = false;
        MHD_resume_connection(x->connection);
        x->http->resumed = true;
        arm(x->http);
}

static void resume_by(void *userdata)
{
        resume(userdata);
}

static int connection_fd(const struct exchange *x)
{
        return MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static int on_hangup(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct exchange *x = userdata;

        (void)source, (void)fd, (void)revents;
        x->gone = true;
        resume(x);
        return 0;
}

/* For `ms`, or until something calls resume(); 0 = no end. */
static int suspend(struct exchange *x, uint64_t ms)
{
        int r;

        r = sd_event_add_io(x->http->config.loop, &x->hangup, connection_fd(x), EPOLLRDHUP, on_hangup, x);
        if (r < 0)
                return r;
        if (ms != 0) {
                r = timer_new(x->http->config.loop, ms, resume_by, x, &x->timer);
                if (r < 0)
                        return r;
        }
        x->suspended = true;
        MHD_suspend_connection(x->connection);
        return 0;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
        struct vcloud_request *q = cls;
        struct vcloud_header *h = (struct vcloud_header *)q->header;

        (void)kind;
        if (q->n_headers == MAX_REQUEST_HEADERS)
                return MHD_NO;
        h[q->n_headers++] = (struct vcloud_header){ name, value ?: "" };
        return MHD_YES;
}

static void read_peer(struct exchange *x)
{
        const struct sockaddr *a =
                MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

        if (a->sa_family == AF_INET6)
                (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, x->peer,
                                sizeof(x->peer));
        else
                (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, x->peer,
                                sizeof(x->peer));
}

static int run_machine(struct exchange *x, const char *method)
{
        struct vcloud_header header[MAX_REQUEST_HEADERS];
        struct vcloud_request q = { .method = method, .path = x->uri, .header = header, .peer = x->peer };
        char *question = strchr(x->uri, '?');
        int r;

        if (question) {
                *question = 0;
                q.query = question + 1;
        }
        read_peer(x);
        (void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, &q);
        q.body = x->body.data;
        q.len = x->body.len;
        r = vcloud_handle(x->http->config.cloud, &q, &x->reply);
        if (r == 0 && x->http->config.handled)
                x->http->config.handled(x->http->config.userdata, method, x->uri, x->reply.status);
        return r;
}

/* The rest of the body, a stream's next bytes or a drop of it. */
static ssize_t read_more(void *cls, uint64_t pos, char *buf, size_t max)
{
        struct exchange *x = cls;
        struct vcloud_reply *reply = &x->reply;
        size_t n;
        int r;

        if (x->gone)
                return MHD_CONTENT_READER_END_WITH_ERROR;
        if (reply->stream) {
                r = vcloud_stream_read(reply->stream, buf, max, &n);
                if (r == -EAGAIN)
                        return suspend(x, 0) < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
                if (r < 0)
                        return r == -EPIPE ? MHD_CONTENT_READER_END_OF_STREAM
                                           : MHD_CONTENT_READER_END_WITH_ERROR;
                return (ssize_t)n;
        }
        if (reply->wire == VCLOUD_WIRE_CUT && pos >= reply->len / 2)
                return MHD_CONTENT_READER_END_WITH_ERROR;
        if (reply->wire == VCLOUD_WIRE_DRIP && !x->delayed) {
                x->delayed = true;
                return suspend(x, reply->drip_ms ?: 1) < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
        }
        x->delayed = false;
        n = reply->len - (size_t)pos;
        if (reply->wire == VCLOUD_WIRE_CUT)
                n = reply->len / 2 - (size_t)pos;
        else if (reply->wire == VCLOUD_WIRE_DRIP)
                n = 1;
        if (n > max)
                n = max;
        memcpy(buf, reply->body + pos, n);
        return (ssize_t)n;
}

static struct MHD_Response *make_response(struct exchange *x)
{
        struct vcloud_reply *reply = &x->reply;

        if (reply->stream) {
                vcloud_stream_watch(reply->stream, resume_by, x);
                return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_more, x, NULL);
        }
        if (reply->len > 0 && (reply->wire == VCLOUD_WIRE_CUT || reply->wire == VCLOUD_WIRE_DRIP))
                return MHD_create_response_from_callback(reply->len, 4096, read_more, x, NULL);
        return MHD_create_response_from_buffer(reply->len, reply->body ?: "", MHD_RESPMEM_MUST_COPY);
}

/* Without this header of ours libmicrohttpd tells the machine's own time. */
static enum MHD_Result add_date(const struct exchange *x, struct MHD_Response *response)
{
        time_t now = (time_t)(timer_wall_s() + x->http->config.date_offset_s);
        char text[40];
        struct tm t;

        if (x->http->config.date_offset_s == 0)
                return MHD_YES;
        if (!gmtime_r(&now, &t) || strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &t) == 0)
                return MHD_NO;
        return MHD_add_response_header(response, "Date", text);
}

static enum MHD_Result send_reply(struct exchange *x)
{
        struct MHD_Response *response = make_response(x);
        enum MHD_Result sent;

        if (!response)
                return MHD_NO;
        for (size_t i = 0; i < x->reply.n_headers; i++)
                if (MHD_add_response_header(response, x->reply.header[i].name, x->reply.header[i].value) !=
                    MHD_YES) {
                        MHD_destroy_response(response);
                        return MHD_NO;
                }
        sent = add_date(x, response);
        if (sent == MHD_YES)
                sent = MHD_queue_response(x->connection, x->reply.status, response);
        MHD_destroy_response(response);
        return sent;
}

/* Dissolving the association makes the kernel send RST at once. */
static void reset_connection(const struct exchange *x)
{
        const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

        (void)connect(connection_fd(x), &nowhere, sizeof(nowhere));
}

static enum MHD_Result deliver(struct exchange *x)
{
        if (x->gone)
                return MHD_NO;
        if (x->reply.delay_ms != 0 && !x->delayed) {
                x->delayed = true;
                return suspend(x, x->reply.delay_ms) < 0 ? MHD_NO : MHD_YES;
        }
        switch (x->reply.wire) {
        case VCLOUD_WIRE_SILENT:
                if (x->handled && x->delayed)
                        return MHD_NO;
                x->delayed = true;
                return suspend(x, SILENT_MS) < 0 ? MHD_NO : MHD_YES;
        case VCLOUD_WIRE_RESET: reset_connection(x); return MHD_NO;
        case VCLOUD_WIRE_CLOSE: return MHD_NO;
        case VCLOUD_WIRE_PLAIN:
        case VCLOUD_WIRE_DRIP:
        case VCLOUD_WIRE_CUT: break;
        }
        x->delayed = false;
        return send_reply(x);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *len,
                                  void **con_cls)
{
        struct exchange *x = *con_cls;

        (void)cls, (void)url, (void)version;
        if (!x)
                return MHD_NO;
        x->connection = connection;
        if (!x->started) {
                x->started = true;
                return MHD_YES;
        }
        if (*len > 0) {
                /* past the ceiling bytes are dropped; one more than allowed is kept, and answered 413 */
                size_t room = VCLOUD_MAX_BODY + 1 - x->body.len;

                if (buf_append(&x->body, data, *len < room ? *len : room) < 0)
                        return MHD_NO;
                *len = 0;
                return MHD_YES;
        }
        if (!x->handled) {
                if (run_machine(x, method) < 0)
                        return MHD_NO;
                x->handled = true;
        }
        return deliver(x);
}

/* The only place where libmicrohttpd shows the path as it was sent; what it returns becomes *con_cls. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
        struct vhttp *h = cls;
        struct exchange *x = calloc(1, sizeof(*x));

        if (!x)
                return NULL;
        x->uri = strdup(uri);
        if (!x->uri) {
                free(x);
                return NULL;
        }
        x->http = h;
        x->connection = connection;
        x->body = buf_init(VCLOUD_MAX_BODY + 1);
        x->next = h->first;
        h->first = x;
        return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
        struct vhttp *h = cls;
        struct exchange *x = *con_cls, **at;

        (void)connection, (void)code;
        if (!x)
                return;
        for (at = &h->first; *at != x; at = &(*at)->next)
                ;
        *at = x->next;
        timer_free(x->timer);
        sd_event_source_disable_unref(x->hangup);
        vcloud_reply_done(&x->reply);
        buf_done(&x->body);
        free(x->uri);
        free(x);
        *con_cls = NULL;
}

static void run(void *userdata);

/* libmicrohttpd has work by itself: data buffered already, connections to close, idle ones to time out. */
static void arm(struct vhttp *h)
{
        MHD_UNSIGNED_LONG_LONG ms = 0;

        h->timer = timer_free(h->timer);
        if ((h->resumed || MHD_get_timeout(h->daemon, &ms) == MHD_YES) &&
            timer_new(h->config.loop, ms, run, h, &h->timer) < 0)
                h->timer = NULL; /* out of memory: the next readiness arms it again */
}

static void run(void *userdata)
{
        struct vhttp *h = userdata;

        h->resumed = false;
        (void)MHD_run(h->daemon);
        arm(h);
}

static int on_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source, (void)fd, (void)revents;
        run(userdata);
        return 0;
}

static int start(struct vhttp *h, int fd)
{
        const struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
        const struct MHD_OptionItem tls[] = {
                { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)h->config.tls_cert },
                { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)h->config.tls_key },
                { MHD_OPTION_END, 0, NULL },
        };
        unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (h->config.tls_cert ? MHD_USE_TLS : 0);
        const union MHD_DaemonInfo *info;

        h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd,
                                     MHD_OPTION_URI_LOG_CALLBACK, on_uri, h, MHD_OPTION_NOTIFY_COMPLETED,
                                     on_completed, h, MHD_OPTION_CONNECTION_TIMEOUT, 120u,
                                     MHD_OPTION_CONNECTION_LIMIT, 900u, MHD_OPTION_ARRAY,
                                     h->config.tls_cert ? tls : plain, MHD_OPTION_END);
        if (!h->daemon)
                return -EIO;
        info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        return sd_event_add_io(h->config.loop, &h->io, info->epoll_fd, EPOLLIN, on_ready, h);
}

int vhttp_new(const struct vhttp_config *config, char **ret_why, struct vhttp **ret)
{
        _cleanup_(vhttp_freep) struct vhttp *h = calloc(1, sizeof(*h));
        _cleanup_(closep) int fd = -1;
        int r;

        *ret_why = NULL;
        if (!h)
                return -ENOMEM;
        h->config = *config;
        r = listen_loopback(config->listen, config->tls_cert ? "https" : "http", ret_why, &h->url, &fd);
        if (r < 0)
                return r;
        r = vcloud_set_base_url(config->cloud, h->url);
        if (r < 0)
                return r;
        r = start(h, fd);
        h->config.tls_cert = h->config.tls_key = NULL; /* the caller's; not needed again */
        if (h->daemon)
                (void)TAKE_FD(fd); /* the daemon closes it */
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

struct vhttp *vhttp_free(struct vhttp *h)
{
        if (!h)
                return NULL;
        for (struct exchange *x = h->first; x; x = x->next) {
                x->gone = true;
                resume(x); /* libmicrohttpd does not stop with suspended connections */
        }
        sd_event_source_disable_unref(h->io);
        timer_free(h->timer);
        if (h->daemon)
                MHD_stop_daemon(h->daemon);
        free(h->url);
        free(h);
        return NULL;
}

const char *vhttp_url(const struct vhttp *h)
{
        return h->url;
}
