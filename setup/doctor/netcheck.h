/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Is the cloud's API in reach of this machine, and do its clock and ours agree? One request without a token;
 * whatever is answered by HTTP counts as "reachable". (Whether the device cloud is in reach of a device here
 * is setup/doctor/probe.h.) */

#include "proto/base/op.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stdint.h>

enum {
        NETCHECK_CONNECT_MS = 8000,
        NETCHECK_TIMEOUT_MS = 11000,
        NETCHECK_CLOCK_MAX_S = 300, /* what certificates and tokens put up with */
};

/* Valid during the callback. */
struct netcheck_answer {
        struct trouble trouble; /* FAULT_NONE: it answers; FAULT_CLOUD_UNREACHABLE */
        int status;             /* of HTTP; 0 = no answer */
        uint64_t ms;
        bool clock_known;
        int64_t clock_ahead_s; /* how far our clock is ahead of the cloud's; negative: behind */
};

typedef void (*netcheck_fn)(void *userdata, const struct netcheck_answer *a);

struct netcheck_config {
        struct sd_event *loop; /* outlives the operation */
        const char *url;       /* NULL: the public cloud */
        const char *proxy;     /* NULL: the environment decides */
        const char *ca_file;
};

/* 0; -EINVAL: the URL cannot be used: FAULT_CONFIG; -ELIBACC: libcurl is not installed; the errno of
 * ca_file; -ENOMEM. */
int netcheck_start(const struct netcheck_config *config, netcheck_fn done, void *userdata, struct op **ret,
                   struct trouble *ret_trouble);
