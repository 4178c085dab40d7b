/* SPDX-License-Identifier: Apache-2.0 */

/* Any keys at a terminal. A text that is taken holds no control character but the TAB and no AIM identifier
 * of a code that no device has, and what silence may end is a label. */

#include "setup/label/typed.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

static void take(struct typed *t)
{
        bool whole = typed_is_whole(t);
        enum label_symbology symbology;
        struct trouble why = { 0 };
        struct secret *text;
        int r = typed_take(t, &symbology, &text, &why);

        assert(typed_is_empty(t));
        if (r < 0) {
                assert(r == -EINVAL && why.fault != FAULT_NONE && why.cause[0] && !whole);
                return;
        }
        assert(secret_len(text) <= TYPED_MAX);
        assert(symbology == 0 || symbology == LABEL_DATA_MATRIX || symbology == LABEL_QR);
        assert(!whole || label_is_whole(secret_text(text), secret_len(text)));
        for (size_t i = 0; i < secret_len(text); i++)
                assert(secret_bytes(text)[i] >= ' ' || secret_bytes(text)[i] == '\t');
        secret_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct typed *t;

        if (secret_init() < 0 || typed_new(&t) < 0)
                return 0;
        for (size_t i = 0; i < len; i++)
                if (typed_put(t, data[i]))
                        take(t);
        if (!typed_is_empty(t))
                take(t);
        typed_free(t);
        return 0;
}
