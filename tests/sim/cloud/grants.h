/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Making tokens. */

#include "tests/sim/cloud/state.h"

struct grant {
        const char *kind; /* as in the registry: user, customer, product, api */
        const char *user; /* whom it stands for; NULL = the client itself */
        const char *client;
        int64_t product_id; /* 0 = none */
        int64_t lives_s;    /* 0 = for ever */
        bool refreshable;
};

#define TOKEN_LEN 40

/* Adds a fresh token; its record is borrowed. */
int grant_token(struct vcloud *c, const struct grant *g, json_t **ret);

/* 200 or 201 and {"token_type":"bearer","access_token":...,"expires_in":...,"refresh_token":...}. */
int answer_token(struct call *c, unsigned status, const json_t *token, int64_t lives_s);

/* The OAuth client that the request names, in Basic or as fields. NULL: unknown, or a wrong secret. */
json_t *grant_client(struct call *c);

/* Takes the token away, if it is one. */
void token_end(struct vcloud *c, const char *token);

/* Takes every token of this user away. */
void revoke_tokens_of(struct vcloud *c, const char *user);
