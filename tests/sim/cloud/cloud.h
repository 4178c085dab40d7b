/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The virtual Particle device cloud as a machine without network: a request goes in, an answer comes out.
 * Behind http.c it is `usher-sim cloud`; linked into a fast test it runs on the virtual clock. Its behaviour
 * is that of cloud.md 1-8; shapes recorded from the real cloud are byte for byte the same.
 *
 * Time comes from proto/base/timer.h alone, plus an offset that vcloud_advance() moves, so that a claim
 * code expires in a test within a microsecond. */

#include "tests/sim/cloud/exchange.h"

struct vcloud;
struct sd_event;

#define VCLOUD_MAX_BODY (4u * 1024 * 1024) /* of a request; beyond it 413 */

/* life: `loop` is what its timers wait on, and outlives it. `seed` is a JSON document as
 * tests/sim/cloud/README.md describes it, NULL for the default account. -EINVAL: the seed is wrong, and
 * *ret_why (owned by the caller) says where and what to write instead. */
int vcloud_new(struct sd_event *loop, const char *seed, char **ret_why, struct vcloud **ret);
struct vcloud *vcloud_free(struct vcloud *c);
DEFINE_CLEANUP(struct vcloud *, vcloud_free)

/* Answers one request. 0 whatever the status is; -ENOMEM, and -EINVAL for a request without method or
 * path. */
int vcloud_handle(struct vcloud *c, const struct vcloud_request *q, struct vcloud_reply *ret);

/* state: the whole registry in the seed's own format, secrets included. */
int vcloud_dump(struct vcloud *c, char **ret);

/* True once after something changed that vcloud_dump() would show. */
bool vcloud_take_changed(struct vcloud *c);

/* The address under which clients reach this cloud ("http://127.0.0.1:1234"), for the links in answers. */
int vcloud_set_base_url(struct vcloud *c, const char *url);

/* Told from inside vcloud_handle() and timers, in order; NULL: nobody listens. */
void vcloud_on_effect(struct vcloud *c, void (*told)(void *userdata, const struct vcloud_effect *effect),
                      void *userdata);

/* time */
void vcloud_advance(struct vcloud *c, uint64_t ms);

/* "METHOD PATHPREFIX KIND[,key=value]...", as tests/sim/cloud/README.md lists them. -EINVAL with *ret_why.
 */
int vcloud_add_fault(struct vcloud *c, const char *rule, char **ret_why);
