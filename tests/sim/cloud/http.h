/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The virtual cloud behind HTTP on loopback, served from an sd-event loop. */

#include "tests/sim/cloud/cloud.h"

struct vhttp;

struct vhttp_config {
        struct sd_event *loop; /* outlives it */
        struct vcloud *cloud;
        const char *listen;    /* "127.0.0.1:8080", "[::1]:0", "localhost:0"; port 0: the kernel chooses */
        int64_t date_offset_s; /* how far the Date header is off */
        const char *tls_cert, *tls_key; /* PEM; both or neither. NULL: plain HTTP */
        /* After every answer; the path has no query. May be NULL. */
        void (*handled)(void *userdata, const char *method, const char *path, unsigned status);
        void *userdata;
};

/* -EINVAL with *ret_why: the address does not read or is not a loopback one; -EIO: libmicrohttpd does not
 * start, with TLS because certificate and key do not fit; or the errno of listening.
 * Tells the cloud its base URL. */
int vhttp_new(const struct vhttp_config *config, char **ret_why, struct vhttp **ret);

/* Drops every connection. The cloud must still exist. */
struct vhttp *vhttp_free(struct vhttp *h);
DEFINE_CLEANUP(struct vhttp *, vhttp_free)

/* "http://127.0.0.1:1234" */
const char *vhttp_url(const struct vhttp *h);
