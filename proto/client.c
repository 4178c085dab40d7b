/* SPDX-License-Identifier: Apache-2.0 */

/* The gateway's end of a link. What goes out is one stream of bytes: handshake messages, then sealed frames
 * in the order of the requests; writes are cut from it. Offsets in this stream say everything else: how far
 * it has gone, where a request ends, how far the device has certainly read, and beyond which slow request
 * nothing may follow yet. */

#include "proto/client.h"
#include "proto/frame.h"
#include "proto/pool.h"
#include <errno.h>

enum {
        MAX_WRITE_MIN = 20, /* ATT_MTU 23 */
        MAX_WRITE_MAX = 244,
        FEED_STEP = 512, /* keeps the input below its ceiling, whatever is fed at once */
        QUEUE_MAX = CLIENT_MAX_OUTSTANDING * POOL_SIZE, /* no frame is longer than the pool */
        INPUT_MAX = SESSION_MAX_PAYLOAD + SESSION_FRAME_OVERHEAD + FRAME_PADDING_MAX + FEED_STEP,
};

struct request {
        uint16_t id;
        uint16_t type;
        bool slow;
        uint64_t end;    /* where its frame ends in the stream */
        unsigned flight; /* in which flight its last byte went out; 0 = not yet */
};

struct event {
        struct event *next;
        struct client_event event;
        struct buf payload;
};

struct client {
        struct session *session;
        size_t max_write;
        int error; /* why it failed */

        /* out */
        struct buf queue; /* of the stream, from offset `sent` on */
        uint64_t sent;
        struct pool pool;
        bool confirm_queued;
        uint16_t last_id;
        struct request request[CLIENT_MAX_OUTSTANDING]; /* without a reply, in the order of the stream */
        size_t n_requests;

        /* in */
        struct buf input, payload;
        struct event *events, **last_event;
        struct event *current; /* the one that the caller looks at */

        /* exchanges */
        unsigned flight;  /* the one that is going out */
        unsigned counted; /* the last one that was answered */
        bool heard;       /* since the last write: the next one begins a flight */
        unsigned exchanges;
};

/* life */

static struct event *event_free(struct event *e)
{
        if (!e)
                return NULL;
        buf_done(&e->payload);
        free(e);
        return NULL;
}

int client_new(const struct secret *mobile_secret, size_t max_write, const struct ecjpake_scalars *scalars,
               struct client **ret)
{
        _cleanup_(client_freep) struct client *c = NULL;
        int r;

        if (max_write < MAX_WRITE_MIN || max_write > MAX_WRITE_MAX)
                return -EINVAL;
        c = calloc(1, sizeof(*c));
        if (!c)
                return -ENOMEM;
        c->max_write = max_write;
        c->queue = buf_init(QUEUE_MAX);
        c->input = buf_init(INPUT_MAX);
        c->payload = buf_init(SESSION_MAX_PAYLOAD);
        c->last_event = &c->events;
        c->heard = true;
        r = session_new(SESSION_CLIENT, mobile_secret, scalars, &c->session);
        if (r < 0)
                return r;
        r = session_take(c->session, &c->queue);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}

struct client *client_free(struct client *c)
{
        if (!c)
                return NULL;
        for (struct event *e = c->events, *next; e; e = next) {
                next = e->next;
                event_free(e);
        }
        event_free(c->current);
        buf_done(&c->queue);
        buf_done(&c->input);
        buf_done(&c->payload);
        session_free(c->session);
        free(c);
        return NULL;
}

static int fail(struct client *c, int error)
{
        c->error = error;
        buf_done(&c->queue);
        buf_done(&c->input);
        return error;
}

/* out */

static bool id_in_use(const struct client *c, uint16_t id)
{
        for (size_t i = 0; i < c->n_requests; i++)
                if (c->request[i].id == id)
                        return true;
        return false;
}

size_t client_max_payload(size_t max_write)
{
        return pool_stream_max(max_write) - SESSION_FRAME_OVERHEAD;
}

int client_request(struct client *c, uint16_t type, const uint8_t *payload, size_t len, uint16_t *ret_id)
{
        const struct control_info *info = control_info(type);
        uint16_t id = c->last_id;
        int r;

        if (c->error)
                return c->error;
        if (c->n_requests == CLIENT_MAX_OUTSTANDING)
                return -ENOBUFS;
        if (session_state(c->session) != SESSION_OPEN)
                return -ENOTCONN;
        if (len > client_max_payload(c->max_write))
                return -EMSGSIZE;
        do
                id++;
        while (id_in_use(c, id));
        r = session_seal(c->session, &(struct session_header){ .id = id, .type = type }, payload, len,
                         &c->queue);
        if (r < 0)
                return r;
        c->request[c->n_requests++] = (struct request){
                .id = id,
                .type = type,
                .slow = info && info->slow,
                .end = c->sent + c->queue.len,
        };
        c->last_id = id;
        *ret_id = id;
        return 0;
}

/* How much of the queue may go out: whole requests that the pool has room for (one that is under way has had
 * it since its beginning), and no more than to the end of the first slow one. */
static size_t released(const struct client *c)
{
        size_t len = 0;

        if (session_state(c->session) == SESSION_HANDSHAKE)
                return c->queue.len;
        for (size_t i = 0; i < c->n_requests; i++) {
                const struct request *q = &c->request[i];

                if (q->end > c->sent) {
                        if (!pool_stream_fits(&c->pool, (size_t)(q->end - c->sent), c->max_write))
                                break;
                        len = (size_t)(q->end - c->sent);
                }
                if (q->slow)
                        break;
        }
        return len;
}

static size_t next_write_len(const struct client *c)
{
        size_t len = released(c);

        return len < c->max_write ? len : c->max_write;
}

static void mark_flight(struct client *c)
{
        if (c->heard)
                c->flight++;
        c->heard = false;
        for (size_t i = 0; i < c->n_requests && c->request[i].end <= c->sent; i++)
                if (c->request[i].flight == 0)
                        c->request[i].flight = c->flight;
}

int client_take_write(struct client *c, uint8_t *buf, size_t size, size_t *ret_len)
{
        size_t len;

        if (c->error)
                return c->error;
        if (size < c->max_write)
                return -EINVAL;
        len = next_write_len(c);
        if (len == 0 || !pool_fits(&c->pool, len))
                return -EAGAIN;
        memcpy(buf, c->queue.data, len);
        buf_consume(&c->queue, len);
        c->sent += len;
        pool_add(&c->pool, len, c->sent);
        mark_flight(c);
        *ret_len = len;
        return 0;
}

/* in */

static void count_answer(struct client *c, unsigned flight)
{
        c->heard = true;
        if (flight <= c->counted)
                return;
        c->counted = flight;
        c->exchanges++;
}

static int push_event(struct client *c, const struct client_event *event, struct buf *payload)
{
        struct event *e = calloc(1, sizeof(*e));

        if (!e)
                return -ENOMEM;
        e->event = *event;
        if (payload) {
                e->payload = *payload;
                *payload = buf_init(payload->ceiling);
                e->event.payload = e->payload.data;
                e->event.len = e->payload.len;
        }
        *c->last_event = e;
        c->last_event = &e->next;
        return 0;
}

static int handshake(struct client *c, const uint8_t *data, size_t len, size_t *ret_used)
{
        size_t queued = c->queue.len;
        int r;

        r = session_feed(c->session, data, len, ret_used);
        if (r < 0)
                return r;
        r = session_take(c->session, &c->queue);
        if (r < 0)
                return r;
        if (c->queue.len > queued)
                c->confirm_queued = true;
        else if (session_state(c->session) != SESSION_OPEN)
                return 0;
        pool_read(&c->pool, c->sent);
        count_answer(c, c->flight);
        if (session_state(c->session) != SESSION_OPEN)
                return 0;
        return push_event(c, &(struct client_event){ .kind = CLIENT_OPENED }, NULL);
}

static int on_reply(struct client *c, const struct session_header *header)
{
        struct request *request = c->request;
        int r;

        while (request < c->request + c->n_requests && request->id != header->id)
                request++;
        if (request == c->request + c->n_requests || request->flight == 0)
                return -EBADMSG; /* nobody asked */
        r = push_event(c,
                       &(struct client_event){
                               .kind = CLIENT_REPLY,
                               .id = header->id,
                               .type = request->type,
                               .result = header->result,
                       },
                       &c->payload);
        if (r < 0)
                return r;
        pool_read(&c->pool, request->end);
        count_answer(c, request->flight);
        c->n_requests--;
        memmove(request, request + 1, (size_t)(c->request + c->n_requests - request) * sizeof(*request));
        return 0;
}

static int open_replies(struct client *c)
{
        struct session_header header;
        size_t used;
        int r;

        for (;;) {
                r = session_open(c->session, c->input.data, c->input.len, &header, &c->payload, &used);
                if (r == -EAGAIN)
                        return 0;
                if (r < 0)
                        return r;
                buf_consume(&c->input, used);
                r = on_reply(c, &header);
                if (r < 0)
                        return r;
        }
}

int client_feed(struct client *c, const uint8_t *data, size_t len)
{
        size_t n = 0;
        int r = 0;

        if (c->error)
                return c->error;
        if (session_state(c->session) == SESSION_HANDSHAKE)
                r = handshake(c, data, len, &n);
        while (r == 0 && n < len) {
                size_t step = len - n < FEED_STEP ? len - n : FEED_STEP;

                r = buf_append(&c->input, data + n, step);
                if (r == 0)
                        r = open_replies(c);
                n += step;
        }
        return r < 0 ? fail(c, r) : 0;
}

int client_next_event(struct client *c, struct client_event *ret)
{
        struct event *e = c->events;

        c->current = event_free(c->current);
        if (!e)
                return c->error ? c->error : -EAGAIN;
        c->events = e->next;
        if (!c->events)
                c->last_event = &c->events;
        c->current = e;
        *ret = e->event;
        return 0;
}

/* facts */

bool client_awaits_confirm(const struct client *c)
{
        return c->confirm_queued && c->queue.len == 0 && session_state(c->session) == SESSION_HANDSHAKE;
}

size_t client_outstanding(const struct client *c)
{
        return c->n_requests;
}

unsigned client_exchanges(const struct client *c)
{
        return c->exchanges;
}
