/* SPDX-License-Identifier: Apache-2.0 */

/* The file of failed sign-ins, whatever became of it: what is read counts, is within the window, and never
 * makes anybody wait longer than the window. */

#include "setup/account/sign-ins.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

enum { NOW_S = 1800000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct sign_ins s;

        sign_ins_parse((const char *)data, len, NOW_S, &s);
        assert(s.n <= SIGN_INS_KEEP_MAX);
        for (size_t i = 0; i < s.n; i++) {
                const struct sign_in_failure *f = &s.failure[i];

                assert(f->at_s <= NOW_S && f->at_s > NOW_S - SIGN_INS_WINDOW_S);
                assert(strspn(f->key.cloud, "0123456789abcdef") == SIGN_INS_HASH_LEN);
                assert(strspn(f->key.user, "0123456789abcdef") == SIGN_INS_HASH_LEN);
                assert(sign_ins_wait_s(&s, &f->key, NOW_S, false) <= SIGN_INS_WINDOW_S);
        }
        return 0;
}
