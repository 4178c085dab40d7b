/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: the customers who are signed in (profile: claim = customer with an oauth-client).
 * Each is signed in once, for whoever needs it, and stays so until usher_ctx_sign_out(). */

#include "proto/base/op.h"
#include "setup/lib/ctx-private.h"

/* Whether devices of this profile are claimed by a customer who must be signed in. */
bool session_is_wanted(const struct profile *p);

/* The token of the profile's customer; NULL: not signed in. It stays until usher_ctx_sign_out(). */
const struct secret *session_token(const struct usher_ctx *c, const struct profile *p);

/* Signs the profile's customer in who is not yet; the sign-in goes on when the operation is freed. `token`
 * as session_token() has it; NULL: *why says why there is none. 0; -EINVAL: the context's trouble; -ENOMEM
 * or the errno of mechanics.
 */
typedef void (*session_fn)(void *userdata, const struct trouble *why, const struct secret *token);
int session_begin(struct usher_ctx *c, const struct profile *p, session_fn fn, void *userdata,
                  struct op **ret);
