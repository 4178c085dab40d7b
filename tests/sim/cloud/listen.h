/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A listening socket on a loopback address. */

/* "HOST:PORT" to a socket and the URL that reaches it (owned by the caller). -EINVAL with *ret_why (owned by
 * the caller), or the errno of bind(2). */
int listen_loopback(const char *address, const char *scheme, char **ret_why, char **ret_url, int *ret_fd);
