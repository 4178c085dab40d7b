/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which collections the registry has and which fields their records have: one table for reading a seed,
 * for presets and for hiding secrets. */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum collection {
        USERS,       /* by username */
        CLIENTS,     /* OAuth clients, by id */
        TOKENS,      /* by token */
        PENDING,     /* sign-ins that wait for the second factor, by mfa_token */
        DEVICES,     /* by id */
        CLAIM_CODES, /* by code */
        TRANSFERS,   /* by id */
        PRODUCTS,    /* by id */
        CUSTOMERS,   /* by email */
        SIMS,        /* by iccid */
        FIRMWARE,    /* steps of the upgrade chain, by id */
        RELEASES,    /* Device OS releases, by version */
        _COLLECTION_MAX,
};

enum kind {
        TEXT,
        WHOLE,   /* integer */
        FLAG,    /* true or false */
        INSTANT, /* ISO 8601 text */
        LIST,    /* of text */
        TREE,    /* any object */
        HEX24,   /* 24 lower-case hexadecimal digits */
};

struct field {
        const char *name;
        enum kind kind;
        const char *preset; /* JSON; NULL = null. "!" = the seed must give it */
        bool secret;
};

struct collection_info {
        const char *name;
        const char *key;
        const struct field *field;
        size_t n;
};

const struct collection_info *collection_info(enum collection which);

/* The seed's "options". */
const struct collection_info *option_info(void);

/* Sets what is missing in the record; -EINVAL with *ret_why ("devices[3].id: ...") for what does not fit. */
int schema_complete(const struct collection_info *info, const char *where, json_t *record, char **ret_why);
