/* SPDX-License-Identifier: Apache-2.0 */

/* One frame is decoded at a time, and always the newest: a person moves the sticker while they watch for the
 * answer, and an old frame helps nobody. Frames beyond the wanted rate are dropped, so that a fast camera
 * costs no more than a slow one. */

#include "setup/label/camera/scan.h"
#include "setup/label/camera/accept.h"
#include "setup/label/camera/hints.h"
#include "setup/label/camera/hold.h"
#include "setup/label/camera/record.h"
#include "setup/label/decoder.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum {
        FRAME_MS = 60,      /* from one decoded frame to the next: 15 a second (scanning.md 8), and a bit */
        DECODING_MS = 2000, /* for a frame that hangs; how long one may take is in the request */
        FAILURES_MAX = 15,  /* frames in a row that the decoder did not get over: it is not the frames */
        REST_PERCENT = 80,  /* of the time that a frame took, before the next: 56 % of a core at most */
};

struct scan_loop {
        bool qr;
        int out;
        struct hold *hold;
        struct decoder *decoder;
        struct accept accept;
        struct hints hints;
        bool fresh;       /* a frame is there that has not been decoded */
        bool decoding;    /* one is on its way */
        struct frame now; /* that one, its descriptor closed */
        int64_t begun_ms; /* when it was */
        int64_t next_ms;  /* when a frame may be decoded again */
        unsigned failures;
        bool ended;
};

/* ---- telling ---- */

/* What does not go into the socket now is dropped: frames are only decoded while there is room. */
static int say(struct scan_loop *l, struct record r)
{
        uint8_t bytes[RECORD_SIZE_MAX];
        ssize_t n;

        if (r.at_ms == 0)
                r.at_ms = source_now_ms();
        n = send(l->out, bytes, record_put(&r, bytes), MSG_NOSIGNAL | MSG_DONTWAIT);
        explicit_bzero(bytes, sizeof(bytes));
        if (n >= 0 || errno == EAGAIN)
                return 0;
        l->ended = true; /* nobody reads any more */
        return errno == EPIPE || errno == ECONNRESET ? 0 : -errno;
}

static int say_trouble(struct scan_loop *l, enum record_kind kind, const struct trouble *t)
{
        return say(l, (struct record){
                              .kind = kind, .fault = t->fault, .text = t->cause, .len = strlen(t->cause) });
}

static int end(struct scan_loop *l, const struct trouble *t)
{
        int r = say_trouble(l, RECORD_ENDED, t);

        l->ended = true;
        return r;
}

/* ---- frames ---- */

static int submit(struct scan_loop *l)
{
        struct request request = { .kind = REQUEST_FRAME, .qr = l->qr, .budget_ms = REQUEST_FRAME_MS };
        int r;

        l->fresh = false;
        r = frames_take(hold_frames(l->hold), &l->now);
        if (r <= 0)
                return r;
        if (l->now.jpeg)
                request.kind = REQUEST_PICTURE;
        else {
                request.width = request.stride = l->now.width;
                request.height = l->now.height;
        }
        r = decoder_submit(l->decoder, l->now.fd, &request, DECODING_MS);
        closep(&l->now.fd);
        if (r == -ENOENT) {
                struct trouble trouble;

                (void)trouble_set(&trouble, FAULT_INSTALLATION,
                                  "the program usher-decode is missing: install usher completely");
                return end(l, &trouble);
        }
        if (r < 0)
                return r;
        l->decoding = true;
        l->begun_ms = source_now_ms();
        return 0;
}

static int take_code(struct scan_loop *l, const struct verdict_code *code)
{
        int r = accept_take(&l->accept, code->symbology, code->text, code->len, l->now.at_ms);

        if (r <= 0)
                return r;
        return say(l, (struct record){ .kind = RECORD_SCAN,
                                       .symbology = code->symbology,
                                       .at_ms = l->now.at_ms,
                                       .text = code->text,
                                       .len = code->len });
}

static int take(struct scan_loop *l, const struct verdict *v)
{
        int r = 0;

        for (size_t i = 0; i < v->n && r >= 0; i++)
                r = take_code(l, &v->code[i]);
        if (r >= 0 && hints_take(&l->hints, &v->measure, l->now.height, v->n > 0, l->now.at_ms))
                r = say(l, (struct record){ .kind = RECORD_HINT, .hint = l->hints.shown });
        return r;
}

/* Many frames without a code keep a slow machine busy: it has other things to do, too. */
static void rest(struct scan_loop *l)
{
        int64_t took_ms = source_now_ms() - l->begun_ms, rest_ms = took_ms + took_ms * REST_PERCENT / 100;

        l->next_ms = l->begun_ms + (rest_ms > FRAME_MS ? rest_ms : FRAME_MS);
}

/* A frame that cannot be decoded is dropped, also when it has ended the process; a decoder that cannot work
 * ends it all. */
static int fail(struct scan_loop *l, const struct trouble *t)
{
        return t->fault == FAULT_LABEL_UNREADABLE && ++l->failures < FAILURES_MAX ? 0 : end(l, t);
}

static int answer(struct scan_loop *l)
{
        struct trouble trouble = { 0 };
        struct verdict v;
        int r = decoder_dispatch(l->decoder, &v, &trouble);

        if (r <= 0)
                return r;
        l->decoding = false;
        rest(l);
        if (trouble.fault != FAULT_NONE)
                return fail(l, &trouble);
        l->failures = 0;
        return v.kind == VERDICT_PICTURE ? take(l, &v) : 0;
}

/* ---- the loop ---- */

enum { OUT, CAMERA, DECODER, _FDS };

static int tell_camera(struct scan_loop *l, int event)
{
        const char *name = hold_name(l->hold);

        switch ((enum hold_event)event) {
        case HOLD_OPENED:
                l->fresh = false;
                return say(l, (struct record){ .kind = RECORD_CAMERA, .text = name, .len = strlen(name) });
        case HOLD_FRAME: l->fresh = true; return 0;
        case HOLD_BACK: l->fresh = true; return say(l, (struct record){ .kind = RECORD_BACK });
        case HOLD_LOST: l->fresh = false; return say_trouble(l, RECORD_LOST, hold_trouble(l->hold));
        case HOLD_FAILED: return end(l, hold_trouble(l->hold));
        case HOLD_NOTHING: break;
        }
        return 0;
}

static void sooner(int *timeout_ms, int64_t until_ms)
{
        int left = source_left_ms(until_ms);

        if (*timeout_ms < 0 || left < *timeout_ms)
                *timeout_ms = left;
}

/* Waits, and says what of the descriptors is ready. */
static int wait_for(struct scan_loop *l, short ret[static _FDS])
{
        bool due = l->fresh && !l->decoding, now = due && source_left_ms(l->next_ms) == 0;
        int ms = l->decoding ? decoder_timeout_ms(l->decoder) : -1;
        struct pollfd p[_FDS] = {
                [OUT] = { .fd = l->out, .events = now ? POLLOUT : 0 },
                [CAMERA] = { .fd = hold_fd(l->hold), .events = POLLIN },
                [DECODER] = { .fd = l->decoding ? decoder_fd(l->decoder) : -1, .events = POLLIN },
        };

        sooner(&ms, hold_due_ms(l->hold));
        if (due && !now)
                sooner(&ms, l->next_ms);
        if (poll(p, _FDS, ms) < 0)
                return errno == EINTR ? 0 : -errno;
        for (size_t i = 0; i < _FDS; i++)
                ret[i] = p[i].revents;
        return 0;
}

static int step(struct scan_loop *l)
{
        short ready[_FDS] = { 0 };
        int r = wait_for(l, ready);

        if (r >= 0 && ready[OUT] & (POLLHUP | POLLERR | POLLNVAL))
                l->ended = true;
        if (r >= 0 && !l->ended)
                r = hold_dispatch(l->hold, ready[CAMERA], source_now_ms());
        if (r >= 0)
                r = tell_camera(l, r);
        if (r >= 0 && !l->ended && l->decoding)
                r = answer(l);
        if (r >= 0 && !l->ended && ready[OUT] & POLLOUT && l->fresh)
                r = submit(l);
        return r;
}

int scan_run(const char *which, bool qr, int out)
{
        struct scan_loop l = { .qr = qr, .out = out };
        int r = hold_new(which, &l.hold);

        if (r >= 0)
                r = decoder_new(&l.decoder);
        while (r >= 0 && !l.ended)
                r = step(&l);
        if (r < 0) {
                struct trouble trouble = { 0 };

                trouble_complete(&trouble, r);
                (void)end(&l, &trouble);
        }
        hold_free(l.hold);
        decoder_free(l.decoder);
        accept_done(&l.accept);
        return r;
}
