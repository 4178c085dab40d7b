/* SPDX-License-Identifier: Apache-2.0 */

/* The client between an application and a device, both driven by the input: requests of any kind, a device
 * that reads and answers when it likes, notifications cut anywhere, garbage in between. The device watches
 * its pool; replies must be those of requests, and each must come but once. */

#include "proto/base/cleanup.h"
#include "proto/client.h"
#include "tests/fuzz/target.h"
#include "tests/unit/proto/far-end.h"
#include "tests/unit/proto/pair.h"
#include <assert.h>
#include <errno.h>

enum act {
        ACT_REQUEST, /* type and length from the next two bytes */
        ACT_WRITE,
        ACT_READ,
        ACT_ANSWER,  /* the next byte says which */
        ACT_NOTIFY,  /* the next byte says how long */
        ACT_LARGE,   /* the next byte says how far beside the longest payload */
        ACT_ALL,     /* everything that can go on without a request goes on */
        ACT_GARBAGE, /* the next byte says how many of the following are a notification */
        _ACT_MAX,
};

struct run {
        struct client *client;
        size_t max; /* payload */
        struct far_end far;
        struct {
                uint16_t id, type;
                size_t len;
        } asked[CLIENT_MAX_OUTSTANDING];
        size_t n_asked;
        bool opened, wrong;
        int error;
};

static const uint16_t types[] = {
        CONTROL_GET_DEVICE_ID,        CONTROL_WIFI_SCAN_NETWORKS, CONTROL_SET_CLAIM_CODE,
        CONTROL_FIRMWARE_UPDATE_DATA, CONTROL_STOP_LISTENING,     9999,
};

static uint8_t next(const uint8_t **data, size_t *len)
{
        if (*len == 0)
                return 0;
        (*len)--;
        return *(*data)++;
}

static void request(struct run *run, uint16_t type, size_t len)
{
        uint8_t payload[1100] = { 0 };
        uint16_t id;
        int r;

        r = client_request(run->client, type, payload, len, &id);
        if (run->error) {
                assert(r == run->error);
        } else if (!run->opened) {
                assert(r == -ENOTCONN);
        } else if (run->n_asked == CLIENT_MAX_OUTSTANDING) {
                assert(r == -ENOBUFS);
        } else if (len > run->max) {
                assert(r == -EMSGSIZE);
        } else if (r != -ENOBUFS) { /* the queue may be full before */
                assert(r == 0);
                for (size_t i = 0; i < run->n_asked; i++)
                        assert(run->asked[i].id != id);
                run->asked[run->n_asked].id = id;
                run->asked[run->n_asked].type = type;
                run->asked[run->n_asked].len = len;
                run->n_asked++;
        }
}

static bool write_one(struct run *run)
{
        uint8_t data[244];
        size_t len;
        int r;

        r = client_take_write(run->client, data, sizeof(data), &len);
        assert(r == (run->error ? run->error : r == -EAGAIN ? -EAGAIN : 0));
        if (r == 0)
                far_write(&run->far, data, len);
        return r == 0;
}

static void events(struct run *run)
{
        struct client_event e;
        size_t i;

        while (client_next_event(run->client, &e) == 0) {
                if (e.kind == CLIENT_OPENED) {
                        assert(!run->opened);
                        run->opened = true;
                        continue;
                }
                for (i = 0; i < run->n_asked && run->asked[i].id != e.id; i++)
                        ;
                assert(i < run->n_asked && run->asked[i].type == e.type && run->asked[i].len == e.len);
                run->n_asked--;
                memmove(&run->asked[i], &run->asked[i + 1], (run->n_asked - i) * sizeof(run->asked[0]));
        }
        assert(client_outstanding(run->client) == run->n_asked);
}

static bool feed(struct run *run, const uint8_t *data, size_t len)
{
        int r = client_feed(run->client, data, len);

        assert(r == 0 || run->wrong);
        assert(!run->error || r == run->error);
        run->error = r;
        events(run);
        return r == 0;
}

static bool notify_one(struct run *run, size_t max)
{
        uint8_t data[244];
        size_t len = far_notify(&run->far, data, max);

        return len && feed(run, data, len);
}

static bool read_one(struct run *run)
{
        int r = 0;

        if (run->far.n_held == FAR_HELD_MAX || session_state(run->far.session) == SESSION_FAILED)
                return false;
        if (!far_read(&run->far, &r))
                return false;
        assert(r == 0); /* whatever the client was told, what it says is right */
        return true;
}

static void answer(struct run *run, size_t i)
{
        if (run->far.n_held && session_state(run->far.session) == SESSION_OPEN)
                far_answer(&run->far, i % run->far.n_held, 0);
}

static void all(struct run *run)
{
        bool more = true;

        while (more) {
                more = write_one(run);
                more = read_one(run) || more;
                if (run->far.n_held) {
                        answer(run, 0);
                        more = true;
                }
                more = notify_one(run, 244) || more;
        }
}

static void act(struct run *run, enum act a, const uint8_t **data, size_t *len)
{
        size_t n, max;

        switch (a) {
        case ACT_REQUEST:
                n = next(data, len);
                max = types[n % ELEMENTSOF(types)] == CONTROL_FIRMWARE_UPDATE_DATA ? run->max : 250;
                request(run, types[n % ELEMENTSOF(types)], next(data, len) * max / 255);
                break;
        case ACT_WRITE: write_one(run); break;
        case ACT_READ: read_one(run); break;
        case ACT_ANSWER: answer(run, next(data, len)); break;
        case ACT_NOTIFY: notify_one(run, 1 + next(data, len) % 244); break;
        case ACT_LARGE:
                request(run, CONTROL_FIRMWARE_UPDATE_DATA, run->max + 2 - next(data, len) % 5);
                break;
        case ACT_ALL: all(run); break;
        case ACT_GARBAGE:
                n = next(data, len);
                n = n < *len ? n : *len;
                run->wrong = run->wrong || n > 0;
                if (n)
                        feed(run, *data, n);
                *data += n;
                *len -= n;
                break;
        case _ACT_MAX: break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        static const size_t sizes[] = { 20, 64, 182, 244 };
        struct run run = { 0 };
        size_t max_write;

        if (!n_vectors)
                pair_init();
        if (len == 0)
                return 0;
        max_write = sizes[next(&data, &len) % ELEMENTSOF(sizes)];
        if (secret_new("ABCDEFGHIJKLMNO", 15, &secret) < 0 ||
            client_new(secret, max_write, &vectors[0].client, &run.client) < 0)
                abort();
        run.max = client_max_payload(max_write);
        far_init(&run.far, secret, &vectors[0].device);
        run.far.eager = true;
        while (len)
                act(&run, next(&data, &len) % _ACT_MAX, &data, &len);
        if (!run.wrong) {
                all(&run);
                assert(run.opened && run.n_asked == 0);
        }
        client_free(run.client);
        far_done(&run.far);
        return 0;
}
