/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a site wants of every device that is set up there: networks, claim mode, name. Read from an INI file,
 * single options laid over it; one table of keys serves the parser, the CLI's help and usher.profile(5). */

#include "proto/base/secret.h"
#include "proto/message.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROFILE_NETWORKS_MAX = 10 };

struct wifi_network {
        uint8_t ssid[WIFI_SSID_MAX];
        size_t ssid_len;
        int security; /* enum wifi_security */
        bool hidden;
        struct secret *password; /* NULL: open */
};

enum claim_mode { CLAIM_USER, CLAIM_PRODUCT, CLAIM_CUSTOMER, CLAIM_NONE };

struct profile {
        struct wifi_network networks[PROFILE_NETWORKS_MAX];
        size_t n_networks;
        enum claim_mode claim;
        char *name;            /* for the device in the cloud; NULL: leave as it is */
        struct secret *secret; /* product firmware's mobile secret instead of the sticker's; or NULL */
};

void profile_done(struct profile *p);
