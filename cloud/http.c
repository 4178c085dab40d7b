/* SPDX-License-Identifier: Apache-2.0 */

/* The one adaptor between libcurl and sd-event (http-request.c is one request, http-curl.c asks curl what
 * needs no connection; nobody else includes it).
 *
 * One multi handle drives all requests: its socket callback keeps one io source per socket, its timer
 * callback one time source. Nothing of ours is called from inside curl: what is finished, or has stream data
 * waiting, goes on the ready list, and a defer source delivers one item per turn of the loop. So an owner
 * may start and free operations, and the http itself, from any callback. */

#include "cloud/http-private.h"
#include <errno.h>
#include <sys/epoll.h>

enum { CONNECTIONS_PER_HOST = 6 };

/* the ready list */
void http_ready_add(struct http_op *o)
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

void http_ready_remove(struct http_op *o)
{
        struct http_op **at = &o->http->ready;

        if (!o->queued)
                return;
        while (*at != o)
                at = &(*at)->next;
        *at = o->next;
        o->queued = false;
}

/* curl and the loop */
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
                http_ready_add(o);
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

static int on_drain(sd_event_source *source, void *userdata)
{
        struct http *h = userdata;
        struct http_op *o = h->ready;

        if (o)
                http_ready_remove(o);
        if (!h->ready)
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (o)
                http_op_deliver(o);
        return 0;
}

/* life of the whole */
static int sources_new(struct http *h)
{
        int r;

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
        h->loop = sd_event_ref(config->loop);
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
