/* SPDX-License-Identifier: Apache-2.0 */

/* A profile from anywhere. What is accepted must keep its promises; what is refused must say why. */

#include "proto/base/text.h"
#include "setup/flow/profile/check.h"
#include "setup/flow/profile/read.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        static bool ready;
        struct trouble error = {};
        struct profile p;

        if (!ready)
                assert(secret_init() >= 0);
        ready = true;
        if (profile_parse((const char *)data, len, &p, &error) < 0) {
                assert(error.cause[0]);
                return 0;
        }
        assert(p.n_networks <= PROFILE_NETWORKS_MAX);
        for (size_t i = 0; i < p.n_networks; i++) {
                char text[WIFI_TEXT_MAX];

                assert(p.networks[i].ssid_len <= WIFI_SSID_MAX);
                assert(!p.networks[i].password);
                wifi_ssid_text(p.networks[i].ssid, p.networks[i].ssid_len, text);
                assert(strlen(text) <= p.networks[i].ssid_len); /* what turns the writing is one '?' */
                assert(text_is_utf8(text));
        }
        (void)profile_check(&p, &error);
        profile_done(&p);
        return 0;
}
