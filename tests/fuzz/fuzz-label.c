/* SPDX-License-Identifier: Apache-2.0 */

/* Any text as that of a sticker: the check, the parser and the explanation must agree, and the explanation
 * must not show a secret. */

#include "setup/label/label.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

static void check_label(struct label *l)
{
        unsigned platform_id;
        size_t len = secret_len(l->mobile_secret);

        assert(strlen(l->serial) == LABEL_SERIAL_LEN);
        for (const char *c = l->serial; *c; c++)
                assert((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z'));
        assert(len >= LABEL_SECRET_MIN && len <= LABEL_SECRET_LEN);
        assert(label_is_partial(l) == (len < LABEL_SECRET_LEN));
        assert(strlen(label_setup_code(l)) == LABEL_CODE_LEN);
        assert((label_model_hint(l, &platform_id) != NULL) == (platform_id != 0));
        label_done(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        const char *text = (const char *)data;
        enum fault checked = label_check(text, len);
        struct trouble why = {};
        static bool ready;
        struct label l;
        int r;

        if (!ready)
                ready = secret_init() == 0;
        assert(ready);
        r = label_parse(text, len, &l, &why);
        assert(strlen(why.cause) < 255);
        if (r == 0) {
                assert(checked == FAULT_NONE && why.fault == FAULT_NONE && !*why.cause);
                check_label(&l);
        } else {
                assert(r == -EINVAL && why.fault == checked && *why.cause);
                assert(checked == FAULT_LABEL_INVALID || checked == FAULT_LABEL_NO_SECRET);
        }
        return 0;
}
