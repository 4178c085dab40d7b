/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes of a serial line; 0xff is a pause. A text that is handed out stood in the bytes as it is, and
 * what an AIM identifier takes from it lies in it. */

#include "setup/label/scanner/aim.h"
#include "setup/label/scanner/gather.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE = 0xff };

static void check(const struct gather *g, enum gathered r, const uint8_t *seen, size_t n)
{
        const char *text = secret_text(g->text);
        size_t len = secret_len(g->text);
        struct aim aim;

        assert(r >= GATHERED_NOTHING && r <= GATHERED_TOO_LONG + 1 && r != GATHERED_DROPPED);
        if (r != GATHERED_TEXT)
                return;
        assert(len > 0 && len <= GATHER_MAX && len <= n);
        assert(memmem(seen, n, text, len));
        aim = aim_read(text, len);
        assert(aim.skip <= len);
        assert((aim.kind == AIM_NONE) == (aim.skip == 0));
        assert((aim.kind == AIM_CODE) == (aim.symbology != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        uint8_t *seen = malloc(len + 1); /* without NUL, which lines lose */
        static bool ready;
        struct gather g;
        size_t n = 0;

        if (!ready)
                ready = secret_init() == 0;
        assert(ready && seen);
        assert(gather_init(&g) == 0);
        for (size_t i = 0; i < len; i++) {
                enum gathered r;

                if (data[i])
                        seen[n++] = data[i];
                r = data[i] == PAUSE ? gather_end(&g, false) : gather_feed(&g, data[i], (int64_t)i);
                check(&g, r, seen, n);
                assert(g.open == (gather_due_ms(&g) != INT64_MAX));
        }
        check(&g, gather_end(&g, false), seen, n);
        gather_done(&g);
        free(seen);
        return 0;
}
