/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The Particle cloud as this account sees it: one client per account, each REST call one typed verb
 * (account.h, lookup.h, device.h, claim.h, product.h, sim.h, firmware.h, events.h, signin.h). A verb starts
 * an operation (proto/base/op.h holds the rules) on the client's loop and calls done once; dropping the
 * operation drops the request.
 *
 * Every verb returns 0, -EINVAL for arguments that cannot be sent (device ids are 24 hexadecimal digits of
 * either case) or -ENOMEM; everything else arrives in the callback: FAULT_NONE in the error and a result, or
 * a fault and no result (NULL). Results are valid during the callback only.
 *
 * Failures that pass by themselves (no connection, 429, 529, 502, 503; 500, 504 and lost answers where
 * repeating cannot do harm) are tried again inside, with growing pauses and jitter and as the cloud's
 * Retry-After says, while the client's patience lasts (cloud.md 1). That is short for a
 * server that cannot be connected to from the beginning (no such name, nobody listens, no way there): what
 * is wrong there does not pass by itself. */

#include "cloud/error.h"
#include "proto/base/op.h"
#include "proto/base/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOUD_URL "https://api.particle.io"

enum {
        CLOUD_PATIENCE_MS = 60000,
        CLOUD_REACH_MS = 15000, /* for a server that no connection has ever been made to */
        CLOUD_ID_LEN = 24,      /* hexadecimal digits of a device id */
};

struct cloud_client;
struct sd_event;

/* life */
struct cloud_config {
        struct sd_event *loop;      /* outlives the client */
        const char *url;            /* NULL: CLOUD_URL. https, or http to a loopback address */
        const char *ca_file;        /* PEM file of a private cloud; NULL: the system's store */
        const char *proxy;          /* NULL: HTTPS_PROXY and NO_PROXY of the environment decide */
        const struct secret *token; /* copied; NULL: for signing in */
        uint64_t patience_ms;       /* how long one verb may try again; 0: CLOUD_PATIENCE_MS */
        const char *serials_file; /* keeps what serial numbers are (cloud/serials.h); NULL: ask each time */
};

/* -EINVAL: the URL (cloud_url_check() says why); -EBADMSG: the token has characters that no token has; the
 * errno of reading ca_file. */
int cloud_client_new(const struct cloud_config *config, struct cloud_client **ret);

/* Takes NULL, returns NULL. Operations under way must be freed before. May be called from a callback. */
struct cloud_client *cloud_client_free(struct cloud_client *c);

DEFINE_CLEANUP(struct cloud_client *, cloud_client_free)

/* 0, or -EINVAL and FAULT_CONFIG. */
int cloud_url_check(const char *url, struct trouble *ret_trouble);

/* What a verb calls whose result is that it worked. */
typedef void (*cloud_done_fn)(void *userdata, const struct cloud_error *e);
