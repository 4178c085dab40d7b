/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One type for everything that must not be seen: mobile secret, Wi-Fi password, token, session keys. The
 * bytes live in guarded memory that is locked, left out of core files and wiped when freed (libsodium). */

#include "proto/base/cleanup.h"
#include "proto/base/plain.h"
#include <stdbool.h>
#include <stdint.h>

struct secret;

/* Starts libsodium: before any secret exists, as often as you like. Returns 0 or -EIO. */
int secret_init(void);

/* Forbids core files and ptrace by the same user (PR_SET_DUMPABLE 0), for the whole process: what every
 * program of ours does first, and no library does to the program that it is in. Returns 0 or -EIO. */
int secret_hide_process(void);

/* Copies `len` bytes. A NUL follows them, so that secret_text() is a string. */
int secret_new(const void *data, size_t len, struct secret **ret);

/* An empty one that secret_append() can fill with up to `max` bytes. */
int secret_new_empty(size_t max, struct secret **ret);

/* -ENOBUFS: there is no room for all of it, and nothing has changed. */
int secret_append(struct secret *s, const void *data, size_t len);

/* Takes NULL, returns NULL. */
struct secret *secret_free(struct secret *s);

DEFINE_CLEANUP(struct secret *, secret_free)

/* Reads a secret from a file straight into guarded memory, drops one trailing line end. `fd` stays open.
 * -E2BIG if it is longer than max, -ENODATA if empty, or as file_read_all(). */
int secret_read(int fd, size_t max, struct secret **ret);

/* As secret_read() from `path`, opened by file_open(). Refuses with -EPERM a regular file that others may
 * read or write (mode & 007) - the caller says "chmod o-rwx". */
int secret_read_file(const char *path, size_t max, struct secret **ret);

/* The one secret of a small file (plain.h), read by `take`, plain_password() or plain_word(). -EINVAL (what
 * is in it), -ENODATA, -E2BIG and the errno of opening and reading with *ret_trouble filled, FAULT_CONFIG.
 */
int secret_read_plain(const char *path, size_t max,
                      int (*take)(struct plain *text, struct trouble *ret_trouble), struct secret **ret,
                      struct trouble *ret_trouble);

/* Leaves `len` bytes from `at` on, which is in the secret; wipes the rest. */
void secret_cut(struct secret *s, const char *at, size_t len);

const uint8_t *secret_bytes(const struct secret *s);
const char *secret_text(const struct secret *s);
size_t secret_len(const struct secret *s);

/* Constant time for secrets of equal length; NULL equals nothing. */
bool secret_equal(const struct secret *a, const struct secret *b);
