/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where the access token comes from. Looked at in this order, and the first place that has one wins:
 *   the file that was given (--token-file; "-" is standard input)
 *   $CREDENTIALS_DIRECTORY/token (systemd's LoadCredential=)
 *   the profile of the Particle CLI, read only (cloud reference, 2.4): ~/.particle/<profile>.config.json */

#include "proto/base/fault.h"
#include "proto/base/secret.h"
#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_CAUSE_MAX = 512, TOKEN_MAX = 4096 /* bytes */ };

struct token {
        struct secret *secret;
        char *origin;      /* the file it was read from, "standard input" */
        int64_t expires_s; /* seconds since 1970; 0 = never, or the place does not say */

        bool particle_cli; /* it is the sign-in of the Particle CLI; only then the rest, or NULL */
        char *user;
        char *url;   /* the API's address the CLI uses, when it is not the public one */
        char *proxy; /* the CLI's proxy */
};

/* `file` may be NULL: only the other places then; if it is given, nothing else is looked at. FAULT_NONE; or
 * FAULT_TOKEN_MISSING (the cause names the places), FAULT_TOKEN_EXPIRED (also with less than 5 minutes
 * left), FAULT_TOKEN_INVALID (not the text of a token), FAULT_CONFIG (a file others may read, or that cannot
 * be read), FAULT_INTERNAL (no memory). The cause is a sentence, never with a secret, "" on success. */
enum fault token_find(const char *file, struct token *ret, char cause[static TOKEN_CAUSE_MAX]);

/* Whether the token may be sent to the API at `url` (NULL: the public one): the Particle CLI's belongs to
 * the API that the CLI got it from, and to no other. */
bool token_is_for(const struct token *t, const char *url);

/* Writes the file of --token-file: mode 0600, and whole or not at all (a new file takes the old one's
 * place). 0 or the errno of writing. */
int token_save(const char *path, const struct secret *token);

/* Frees what it holds and leaves it empty. */
void token_done(struct token *t);
