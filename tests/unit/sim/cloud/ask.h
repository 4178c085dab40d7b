/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Asking the virtual cloud from a test, in one line. */

#include "tests/sim/cloud/cloud.h"
#include <jansson.h>
#include <string.h>

#define MY_TOKEN    "0123456789abcdef0123456789abcdef01234567"
#define OTHER_TOKEN "89abcdef0123456789abcdef0123456789abcdef"

/* A cloud from a seed; the test fails with the reason if the seed is wrong. */
struct vcloud *cloud_of(const char *seed);

/* "POST /v1/devices?x=y", the token (NULL: none), a body (NULL: none; '{' makes it JSON, else a form). The
 * answer stays until the next question. The test fails if a request that is no GET and not the lab's changed
 * the registry and told no effect. */
unsigned ask(struct vcloud *c, const char *token, const char *what, const char *body);

/* The last answer: its bytes, as JSON, and whole. */
const char *said(void);
json_t *told(void);
const struct vcloud_reply *reply(void);
void forget(void);

/* What the last question, or what happened after it, has set: "NAME SERIAL TO" each with ", " between, "-"
 * for what is null, and " again" after what was so before. */
const char *effects(void);

/* Text of a member of the last answer; "" if it is not there. */
const char *told_text(const char *key);

/* The device connects; true if the cloud confirmed a claim to it. */
bool goes_online(struct vcloud *c, const char *id, const char *claim_code, bool full_handshake);
