/* SPDX-License-Identifier: Apache-2.0 */

/* What a handshake costs each side in CPU time: one role works, the other's messages are the recorded ones,
 * so neither pays for the other. Then what a frame costs. */

#include "tests/unit/proto/pair.h"
#include <err.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 300, FRAMES = 20000, FRAME_PAYLOAD = 64 };

static double cpu_s(void)
{
        struct timespec t;

        if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) < 0)
                err(1, "clock_gettime");
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(bool good)
{
        if (!good)
                errx(1, "the handshake failed");
}

static void hear(struct session *s, const struct blob *message)
{
        uint8_t frame[2 + VECTOR_BLOB_MAX];
        size_t used;

        le16_put(frame, (uint16_t)message->len);
        memcpy(frame + 2, message->data, message->len);
        must(session_feed(s, frame, 2 + message->len, &used) == 0);
}

static void handshake(enum session_role role, const struct vector *v)
{
        const struct blob *const heard[2][3] = {
                [SESSION_CLIENT] = { &v->device_round1, &v->device_round2, &v->device_confirm },
                [SESSION_DEVICE] = { &v->client_round1, &v->client_round2, &v->client_confirm },
        };
        _cleanup_(session_freep) struct session *s = pair_vector_session(role, v);
        _cleanup_(buf_done) struct buf out = buf_init(4096);

        for (size_t i = 0; i < 3; i++) {
                hear(s, heard[role][i]);
                must(session_take(s, &out) == 0);
        }
        must(session_state(s) == SESSION_OPEN);
}

static void bench_role(enum session_role role, const char *name)
{
        double begin, spent;

        handshake(role, &vectors[0]); /* libcrypto loads its tables */
        begin = cpu_s();
        for (unsigned i = 0; i < ROUNDS; i++)
                handshake(role, &vectors[i % n_vectors]);
        spent = cpu_s() - begin;
        printf("| handshake, %s | %.2f ms CPU | %.0f per second of one core |\n", name, spent * 1e3 / ROUNDS,
               ROUNDS / spent);
}

static void bench_frames(void)
{
        _cleanup_(session_freep) struct session *client = NULL, *device = NULL;
        _cleanup_(buf_done) struct buf frame = buf_init(1024), back = buf_init(1024);
        static const uint8_t payload[FRAME_PAYLOAD];
        struct session_header header = { .id = 1 };
        double begin, spent;
        size_t used;

        pair_open(&vectors[0], &client, &device);
        begin = cpu_s();
        for (unsigned i = 0; i < FRAMES; i++) {
                must(session_seal(client, &header, payload, sizeof(payload), &frame) == 0);
                must(session_open(device, frame.data, frame.len, &header, &back, &used) == 0);
                buf_consume(&frame, used);
                buf_consume(&back, back.len);
        }
        spent = cpu_s() - begin;
        printf("| frame of %d bytes, sealed and opened | %.1f us CPU | %.0f per second of one core |\n",
               FRAME_PAYLOAD, spent * 1e6 / FRAMES, FRAMES / spent);
}

int main(void)
{
        pair_init();
        printf("# session (target: client's side of a handshake <= 1.0 ms CPU)\n");
        bench_role(SESSION_CLIENT, "client");
        bench_role(SESSION_DEVICE, "device");
        bench_frames();
        return 0;
}
