/* SPDX-License-Identifier: Apache-2.0 */

/* Any keys at any times, read with any map. A text that is handed out has characters only, and not more of
 * them than keys were pressed; the judge of the calibration code takes whatever came. The first byte is the
 * map; then four bytes an event: what it is, the code, ms since the last one. */

#include "setup/label/scanner/calibration.h"
#include "setup/label/scanner/keys.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

enum { KIND_SYN = 3, KIND_LED, KINDS = 6 };

static void check(const struct keys *k, enum gathered r, size_t pressed)
{
        const char *text = secret_text(k->gather.text);
        size_t len = secret_len(k->gather.text);
        enum keymap map = k->map;
        int judged;

        assert(r >= GATHERED_NOTHING && r <= GATHERED_DROPPED);
        if (r != GATHERED_TEXT && r != GATHERED_STRANGE)
                return;
        assert(len > 0 && len <= GATHER_MAX && text[len] == 0);
        assert(!k->gather.open);
        if (r == GATHERED_TEXT) {
                assert(len <= pressed);
                for (size_t i = 0; i < len; i++)
                        assert(text[i] >= 0x1d && text[i] < 0x7f);
        }
        judged = calibration_judge(text, len, k->map, &map);
        assert(judged >= CALIBRATION_NONE && judged <= CALIBRATION_CASE);
        assert((judged == CALIBRATION_OTHER) == (map != k->map));
}

static struct input_event event_of(const uint8_t *p, int64_t at_ms)
{
        struct input_event e = {
                .input_event_sec = (long)(at_ms / 1000),
                .input_event_usec = (long)(at_ms % 1000 * 1000),
                .type = EV_KEY,
                .code = (uint16_t)(p[1] | (p[2] & 3) << 8),
                .value = p[0] % KINDS,
        };

        if (p[0] % KINDS == KIND_SYN)
                e.type = EV_SYN;
        else if (p[0] % KINDS == KIND_LED)
                e.type = EV_LED;
        return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        static bool ready;
        int64_t at_ms = 1000;
        size_t pressed = 0;
        struct keys k;

        if (!ready)
                ready = secret_init() == 0;
        assert(ready);
        if (len == 0)
                return 0;
        assert(keys_init(&k, data[0] % _KEYMAP_MAX) == 0);
        for (size_t i = 1; i + 4 <= len && i < 4 * 8192; i += 4) {
                struct input_event e;

                at_ms += data[i + 3] * (data[i + 2] & 0x80 ? 100 : 1);
                e = event_of(data + i, at_ms);
                assert(keys_time_ms(&e) == at_ms);
                check(&k, keys_pause(&k, at_ms), pressed);
                pressed += e.type == EV_KEY && e.value == 1;
                check(&k, keys_feed(&k, &e), pressed);
        }
        check(&k, keys_pause(&k, at_ms + GATHER_PAUSE_MS), pressed);
        assert(gather_due_ms(&k.gather) == INT64_MAX);
        keys_done(&k);
        return 0;
}
