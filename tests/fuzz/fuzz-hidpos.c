/* SPDX-License-Identifier: Apache-2.0 */

/* Any report descriptor, and any reports for what it says. Two bytes are the length of the descriptor; each
 * report has a byte for its length in front. */

#include "proto/base/bytes.h"
#include "setup/label/scanner/hidpos.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>

static void check_layout(const struct hidpos_layout *l)
{
        assert(l->data.n > 0 && l->data.size == 8 && l->data.at % 8 == 0);
        assert(l->data.at / 8 + l->data.n <= HIDPOS_REPORT_MAX + 1);
        assert(l->length.size == 8 && l->length.at % 8 == 0);
        assert(l->aim.n == 0 || (l->aim.n >= 3 && l->aim.size == 8 && l->aim.at % 8 == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct hidpos_layout layout;
        static bool ready;
        struct hidpos h;
        size_t n;
        int r;

        if (!ready)
                ready = secret_init() == 0;
        assert(ready);
        if (len < 2)
                return 0;
        n = le16_get(data) % HIDPOS_DESCRIPTOR_MAX;
        data += 2;
        len -= 2;
        n = n < len ? n : len;
        r = hidpos_parse(data, n, &layout);
        assert(r == 0 || r == -ENODEV || r == -EBADMSG);
        if (r < 0)
                return 0;
        check_layout(&layout);
        assert(hidpos_init(&h, &layout) == 0);
        for (data += n, len -= n; len > 0;) {
                size_t report = data[0] < len - 1 ? data[0] : len - 1;

                r = (int)hidpos_feed(&h, data + 1, report, 1);
                assert(r >= GATHERED_NOTHING && r <= GATHERED_TOO_LONG && r != GATHERED_BROKEN);
                assert(secret_len(h.gather.text) <= GATHER_MAX);
                data += 1 + report;
                len -= 1 + report;
        }
        hidpos_done(&h);
        return 0;
}
