/* SPDX-License-Identifier: Apache-2.0 */

/* Any PDUs at the virtual devices' ATT server: each is a length byte and so many bytes. */

#include "tests/sim/vhci/att.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_written(void *userdata, const uint8_t *data, size_t len)
{
        *(unsigned *)userdata += len > 0 ? data[len - 1] : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct att_ops ops = { .written = on_written };
        uint8_t answer[ATT_MTU_MAX];
        unsigned sum = 0;
        struct att att;
        size_t len, n;

        att_init(&att, "Argon-ABCDEF", &att_uuids_listening, ATT_LAYOUT_PLAIN, ATT_MTU_MAX, &ops, &sum);
        for (size_t off = 0; off < size; off += n + 1) {
                n = data[off] < size - off - 1 ? data[off] : size - off - 1;
                att_handle(&att, data + off + 1, n, answer, &len);
                if (len > att.mtu && len > 5)
                        __builtin_trap();
        }
        return 0;
}
