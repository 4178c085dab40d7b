/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where the access token comes from. Looked at in this order, and the first place that has one wins:
 *   the file that was given (--token-file; "-" is standard input)
 *   $CREDENTIALS_DIRECTORY/token (systemd's LoadCredential=)
 *   what 'usher login' saved, token_own_path()
 *   the profile of the Particle CLI, read only (cloud.md 2.4): ~/.particle/<profile>.config.json */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_MAX = 4096 /* bytes */ };

enum token_kind {
        TOKEN_GIVEN, /* a file or credential */
        TOKEN_OWN,   /* from 'usher login': for the public cloud */
        TOKEN_PARTICLE_CLI,
};

struct token {
        struct secret *secret;
        char *origin;      /* the file it was read from, "standard input" */
        int64_t expires_s; /* seconds since 1970; 0 = never, or the place does not say */

        enum token_kind kind;

        /* TOKEN_PARTICLE_CLI, else NULL */
        char *user;
        char *url;   /* the API's address the CLI uses, when it is not the public one */
        char *proxy; /* the CLI's proxy */
};

/* `file` may be NULL: only the other places then; if it is given, nothing else is looked at. -ENOMEM;
 * -EINVAL: FAULT_TOKEN_MISSING (the cause names the places), FAULT_TOKEN_EXPIRED (also with less than 5
 * minutes left), FAULT_TOKEN_INVALID (not the text of a token), FAULT_CONFIG (a file others may read, or
 * that cannot be read). */
int token_find(const char *file, struct token *ret, struct trouble *ret_trouble);

/* Whether the token may be sent to the API at `url` (NULL: the public one): a sign-in belongs to the API
 * that it was made at, and to no other. */
bool token_is_for(const struct token *t, const char *url);

/* $XDG_CONFIG_HOME/usher/token, or ~/.config/usher/token. -ENOENT: there is no home; -ENAMETOOLONG. */
enum { TOKEN_PATH_MAX = 4096 };
int token_own_path(char ret[static TOKEN_PATH_MAX]);

/* Whether token_save() could write there now; nothing is left of it. 0 or the errno. */
int token_place_check(const char *path);

/* Writes the file of --token-file: mode 0600, and whole or not at all (a new file takes the old one's
 * place). 0 or the errno of writing. */
int token_save(const char *path, const struct secret *token);

/* Frees what it holds and leaves it empty. */
void token_done(struct token *t);
