/* SPDX-License-Identifier: Apache-2.0 */

/* The whole program in its cage, taken over in the middle of a frame: it does one thing, ends by it, and the
 * next frame is read by another. */

#include "setup/label/decoder.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/acts.h"
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

enum { PATIENCE_MS = 60000 };

/* true: there was an answer. */
static bool show(struct decoder *d, uint8_t what, struct trouble *ret_trouble)
{
        const struct request request = { .kind = REQUEST_FRAME, .width = 2, .height = 2, .stride = 2 };
        const uint8_t frame[4] = { what };
        int done = 0, fd = memfd_create("frame", MFD_CLOEXEC);
        struct verdict v;

        assert_int_equal(write(fd, frame, sizeof(frame)), sizeof(frame));
        assert_int_equal(decoder_submit(d, fd, &request, PATIENCE_MS), 0);
        close(fd);
        while (done == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                assert_true(poll(&p, 1, decoder_timeout_ms(d)) >= 0);
                done = decoder_dispatch(d, &v, ret_trouble);
        }
        assert_int_equal(done, 1);
        if (ret_trouble->fault == FAULT_NONE)
                assert_int_equal(v.kind, VERDICT_PICTURE);
        return ret_trouble->fault == FAULT_NONE;
}

static void holds_for_every_frame(void **state)
{
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct trouble why;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (uint8_t i = 0; i < acts_n; i++) {
                if (show(d, i, &why) != (acts[i].end == 0))
                        fail_msg("%s: '%s'", acts[i].what, why.cause);
                if (acts[i].end && !strstr(why.cause, strsignal(acts[i].end)))
                        fail_msg("%s: '%s'", acts[i].what, why.cause);
                assert_true(show(d, 255, &why));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(holds_for_every_frame) };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
