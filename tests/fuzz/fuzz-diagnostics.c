/* SPDX-License-Identifier: Apache-2.0 */

/* The diagnostics text of a device: whatever it sends, nothing is read beyond its end. */

#include "setup/flow/diagnostics.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void each(void *userdata, const char *name, long value)
{
        long *sum = userdata;

        assert(strlen(name) <= 31);
        *sum ^= value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        long sum = 0;

        (void)diagnostics_read((const char *)data, len, each, &sum);
        return 0;
}
