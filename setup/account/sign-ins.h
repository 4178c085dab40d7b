/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Sign-ins that failed, remembered between runs: the cloud blocks an address for half an hour after ten in a
 * row (cloud.md 1), and a person who starts again each time would get there. The file holds
 * when, and which cloud and user as hashes, as passwords get typed where user names belong. */

#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        SIGN_INS_WINDOW_S = 1800,
        SIGN_INS_USER_MAX = 3,  /* failed ones of one user at one cloud */
        SIGN_INS_CLOUD_MAX = 9, /* of all users of this machine at one cloud */
        SIGN_INS_KEEP_MAX = 64,
        SIGN_INS_LEN_MAX = 16384, /* bytes that are looked at */
        SIGN_INS_HASH_LEN = 32,   /* hexadecimal digits */
};

struct sign_in_key {
        char cloud[SIGN_INS_HASH_LEN + 1], user[SIGN_INS_HASH_LEN + 1];
};

/* Both regardless of case; the URL also of slashes at its end. NULL: the public cloud. */
void sign_in_key_make(const char *url, const char *user, struct sign_in_key *ret);

/* pure */
struct sign_in_failure {
        int64_t at_s; /* since 1970 */
        struct sign_in_key key;
};

struct sign_ins {
        struct sign_in_failure failure[SIGN_INS_KEEP_MAX]; /* in the file's order */
        size_t n;
};

/* The newest failures that still count; lines that cannot be read are passed over. */
void sign_ins_parse(const char *text, size_t len, int64_t now_s, struct sign_ins *ret);

/* How long until there may be another try; 0: now. `again`: whatever the user's own failures, so that only
 * the limit of all of them counts. */
unsigned sign_ins_wait_s(const struct sign_ins *s, const struct sign_in_key *key, int64_t now_s, bool again);

/* the file; several processes may use one */

/* 0 also when there is no file, or none that can be read: the cloud's own count is still there. */
unsigned sign_ins_file_wait_s(const char *path, const struct sign_in_key *key, int64_t now_s, bool again);

/* Adds a failure, or forgets those of the user. The file has mode 0600. The errno of writing. */
int sign_ins_file_failed(const char *path, const struct sign_in_key *key, int64_t now_s);
int sign_ins_file_succeeded(const char *path, const struct sign_in_key *key, int64_t now_s);

/* What a sign-in has to do with it; `path` NULL: nothing is remembered. */

/* May this user try now? FAULT_SIGN_IN: not after three failures within half an hour; the cause says how
 * long to wait. 0 or -EINVAL. */
int sign_ins_allowed(const char *path, const struct sign_in_key *key, int64_t now_s, bool again,
                     struct trouble *ret_trouble);

/* How a try has ended: what was wrong counts, a wrong OAuth client (FAULT_CONFIG) too; who is in
 * (FAULT_NONE) has no failures any more; else nothing was judged. That it could not be written down must not
 * stand in the way of who has signed in. */
void sign_ins_judged(const char *path, const struct sign_in_key *key, int64_t now_s, enum fault how);
