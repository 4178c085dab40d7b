/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a person does with an account of the cloud, one question at a time: every function turns the
 * context's loop until the answer is there. Whoever serves several things at once uses cloud/client.h
 * instead.
 */

#include "cloud/client.h"
#include "cloud/signin.h"
#include "cloud/token.h"

struct account;
struct context;

/* 0, or a negative errno; -EINVAL: *ret_trouble says more. -ECANCELED: the loop was told to exit meanwhile.
 * The same for all functions here. */

/* opening; the texts stay the caller's as long as the account is open */
struct account_config {
        struct context *context;   /* outlives the account */
        const char *url;           /* NULL: the token's, else the public cloud */
        const char *token_file;    /* NULL: where cloud/token.h says */
        const char *ca_file;       /* PEM file of a private cloud; NULL: the system's store */
        const char *serials_file;  /* knows serial numbers (cloud/serials.h); NULL: nothing is kept */
        const char *sign_ins_file; /* remembers failed sign-ins (sign-ins.h); NULL: none but its own */
        bool sign_in_again;        /* also after three wrong ones of this user */
};

int account_open(const struct account_config *config, struct account **ret, struct trouble *ret_trouble);

/* Without a token, for signing in. */
int account_open_unknown(const struct account_config *config, struct account **ret,
                         struct trouble *ret_trouble);

/* Takes NULL, returns NULL. */
struct account *account_free(struct account *a);
DEFINE_CLEANUP(struct account *, account_free)

const char *account_url(const struct account *a);
const struct token *account_token(const struct account *a); /* NULL: without one */
struct cloud_client *account_client(struct account *a);

/* One turn of the loop, for who starts the client's verbs by himself. */
int account_turn(struct account *a);

/* signing in */
struct account_grant {
        struct secret *token;     /* NULL: a one-time code is wanted */
        struct secret *mfa_token; /* goes with the code */
        int64_t expires_s;        /* seconds since 1970; 0 = never */
};

void account_grant_done(struct account_grant *g);

/* May this user try to sign in now? FAULT_SIGN_IN: not after three failures within half an hour; the cause
 * says how long to wait. The next function looks, too. */
int account_may_sign_in(struct account *a, const char *user, struct trouble *ret_trouble);

/* Three wrong tries are all that one account takes: FAULT_SIGN_IN. */
int account_sign_in(struct account *a, const char *user, const struct secret *password, unsigned life_s,
                    struct account_grant *ret, struct trouble *ret_trouble);
int account_sign_in_otp(struct account *a, const struct secret *mfa_token, const struct secret *otp,
                        struct account_grant *ret, struct trouble *ret_trouble);

/* Revokes the token. */
int account_sign_out(struct account *a, struct trouble *ret_trouble);

/* Revokes this one; the account is its owner's then. */
int account_give_back(struct account *a, const struct secret *token, struct trouble *ret_trouble);

/* facts */
enum { ACCOUNT_TEXT_MAX = 128, ACCOUNT_SCOPES_MAX = 1024 };

struct account_facts {
        char user[ACCOUNT_TEXT_MAX]; /* "": a user of a product's API, who has no name */
        bool api_user;
        int64_t expires_s; /* 0 = never, or not said */
        char client[ACCOUNT_TEXT_MAX];
        char scopes[ACCOUNT_SCOPES_MAX]; /* spaces in between */
        bool limit_known;
        unsigned max_devices; /* 0 = not said */
        bool limit_reached;
};

int account_facts(struct account *a, struct account_facts *ret, struct trouble *ret_trouble);
