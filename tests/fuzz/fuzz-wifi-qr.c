/* SPDX-License-Identifier: Apache-2.0 */

/* The text of any QR code that somebody holds in front of the camera. */

#include "setup/flow/profile/profile.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        static bool ready;
        struct trouble error = {};
        struct wifi_network n;

        if (!ready)
                assert(secret_init() >= 0);
        ready = true;
        if (wifi_network_from_qr((const char *)data, len, &n, &error) < 0) {
                assert(error.cause[0]);
                return 0;
        }
        assert(n.ssid_len >= 1 && n.ssid_len <= WIFI_SSID_MAX);
        assert(wifi_network_check(&n, &error) == 0);
        wifi_network_done(&n);
        return 0;
}
