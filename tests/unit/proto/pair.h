/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tests of proto/ share: the known answers, secrets, and two ends that talk until they are open. */

#include "proto/session.h"
#include "tests/wire/vectors.h"

extern struct vector vectors[VECTOR_CASES_MAX];
extern size_t n_vectors;

/* For main(): starts the secrets and loads the vectors. */
void pair_init(void);

struct secret *pair_secret(const char *text);

/* A session of one case, scalars given. */
struct session *pair_vector_session(enum session_role role, const struct vector *v);

/* Moves what `from` has to say into `to`, at most `step` bytes at a time; what session_feed() left over is
 * appended to `rest`. Returns its result. */
int pair_move(struct session *from, struct session *to, size_t step, struct buf *rest);

/* Two open sessions with the same keys, made from a case. */
void pair_open(const struct vector *v, struct session **ret_client, struct session **ret_device);
