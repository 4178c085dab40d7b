/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The real world for one job: one device at a time over the context's radio and, with an account, its
 * cloud, behind the flow's table (setup/flow/ports.h). Any number of jobs may share a context. */

#include "proto/base/trouble.h"
#include "setup/flow/ports.h"

struct context;

struct usher_ports_config {
        const char *radio;       /* "bluez[:hciN]", "sim:DIR"; NULL: bluez */
        const char *cloud_url;   /* NULL: the public cloud */
        const char *cloud_proxy; /* NULL: the environment decides */
        const char *cloud_ca;    /* PEM file of a private cloud; NULL: the system's store */
        const char
                *serials_file; /* keeps what serial numbers are (cloud/serials.h); NULL: nothing is kept */
        const struct secret *token; /* copied; NULL: no account, the cloud is not asked */
};

/* The context outlives the ports. -EINVAL: *ret_trouble says what a person must change; -ENOMEM, ... */
int usher_ports_new(struct context *context, const struct usher_ports_config *config, struct ports **ret,
                    struct trouble *ret_trouble);

/* Takes NULL, returns NULL; hangs up. No operation is under way any more. */
struct ports *usher_ports_free(struct ports *p);
DEFINE_CLEANUP(struct ports *, usher_ports_free)
