/* SPDX-License-Identifier: Apache-2.0 */

/* A list of devices from anywhere: what is accepted is of one of the three kinds, what is refused says why.
 */

#include "setup/account/items.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct trouble why = {};
        struct items l = {};

        if (items_parse(&l, (const char *)data, len, &why) < 0)
                assert(why.cause[0]);
        for (size_t i = 0; i < l.n; i++) {
                size_t n = strlen(l.item[i].text);

                assert(n >= 10 && n <= 24);
                assert(n == 24 || l.item[i].kind != ITEM_DEVICE_ID);
                assert(strlen(l.item[i].name) <= ITEM_NAME_MAX);
        }
        items_done(&l);
        return 0;
}
