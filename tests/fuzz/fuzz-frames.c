/* SPDX-License-Identifier: Apache-2.0 */

/* Frames of an open session with padding, damage and cuts. The input is a list of things that the device
 * does; whatever it sealed must come out whole and in order until something wrong was sent, and nothing else
 * may. */

#include "proto/frame.h"
#include "tests/fuzz/target.h"
#include "tests/unit/proto/pair.h"
#include <assert.h>
#include <errno.h>

enum { FRAMES_MAX = 32, STREAM_MAX = 128 * 1024 };

enum act {
        ACT_FRAME,   /* seals a payload of the next two bytes' length */
        ACT_PADDING, /* as many zero bytes as the next byte says */
        ACT_GARBAGE, /* the next byte says how many of the following bytes are sent as they are */
        ACT_DAMAGE,  /* changes the last byte that was sent */
        ACT_CUT,     /* lets the client read what there is */
        _ACT_MAX,
};

struct run {
        struct session *client, *device;
        struct buf stream;
        size_t len[FRAMES_MAX];
        size_t sealed, opened;
        size_t padding; /* in front of the next frame */
        bool wrong;     /* something was sent that no device sends */
        bool dead;      /* and the client has noticed */
};

static uint8_t next(const uint8_t **data, size_t *len)
{
        if (*len == 0)
                return 0;
        (*len)--;
        return *(*data)++;
}

static void read_all(struct run *run)
{
        struct session_header header;
        size_t used;
        int r = 0;

        while (r == 0 && !run->dead) {
                _cleanup_(buf_done) struct buf payload = buf_init(SESSION_MAX_PAYLOAD);

                r = session_open(run->client, run->stream.data, run->stream.len, &header, &payload, &used);
                assert(r == 0 || r == -EAGAIN || (r == -EBADMSG && run->wrong));
                run->dead = r == -EBADMSG;
                if (r == 0) {
                        assert(run->opened < run->sealed && header.id == run->opened);
                        assert(payload.len == run->len[run->opened]);
                        for (size_t i = 0; i < payload.len; i++)
                                assert(payload.data[i] == (uint8_t)run->opened);
                        buf_consume(&run->stream, used);
                        run->opened++;
                }
        }
}

static void seal(struct run *run, size_t len)
{
        struct session_header header = { .id = (uint16_t)run->sealed };
        uint8_t *payload;

        if (run->sealed == FRAMES_MAX || run->stream.len + len + SESSION_FRAME_OVERHEAD > STREAM_MAX)
                return;
        payload = malloc(len + 1);
        assert(payload);
        memset(payload, (int)run->sealed, len + 1);
        assert(session_seal(run->device, &header, payload, len, &run->stream) == 0);
        free(payload);
        run->len[run->sealed++] = len;
        run->padding = 0;
}

static void pad(struct run *run, size_t n)
{
        static const uint8_t zeros[255];

        /* what would be more than a frame may have in front of it is no padding any more */
        run->padding += n;
        run->wrong = run->wrong || run->padding > FRAME_PADDING_MAX;
        assert(buf_append(&run->stream, zeros, n) == 0 || run->stream.len + n > STREAM_MAX);
}

static void act(struct run *run, enum act a, const uint8_t **data, size_t *len)
{
        size_t n;

        switch (a) {
        case ACT_FRAME:
                n = next(data, len);
                seal(run, n | (size_t)next(data, len) << 8);
                break;
        case ACT_PADDING: pad(run, next(data, len)); break;
        case ACT_GARBAGE:
                n = next(data, len);
                n = n < *len ? n : *len;
                run->wrong = run->wrong || n > 0;
                assert(buf_append(&run->stream, *data, n) == 0 || run->stream.len + n > STREAM_MAX);
                *data += n;
                *len -= n;
                break;
        case ACT_DAMAGE:
                run->wrong = run->wrong || run->stream.len > 0;
                if (run->stream.len)
                        run->stream.data[run->stream.len - 1] ^= 1;
                break;
        case ACT_CUT: read_all(run); break;
        case _ACT_MAX: break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct run run = { .stream = buf_init(STREAM_MAX) };

        if (!n_vectors)
                pair_init();
        if (len == 0)
                return 0;
        pair_open(&vectors[0], &run.client, &run.device);
        while (len && !run.dead)
                act(&run, next(&data, &len) % _ACT_MAX, &data, &len);
        read_all(&run);
        assert(run.wrong || run.opened == run.sealed);
        buf_done(&run.stream);
        session_free(run.client);
        session_free(run.device);
        return 0;
}
