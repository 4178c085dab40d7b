/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The registry: users, tokens, devices, ... as collections of records. It is one JSON document, and that
 * document is the seed, the state file and the dump, so that what a test saved is what it can start from.
 * In memory each collection is an object keyed by its records' key field; in the file it is an array. One
 * table says which fields exist, of what kind, and what they are when the seed leaves them out: handlers
 * find every field there and of its kind, or null. */

#include "tests/sim/cloud/machine.h"
#include "tests/sim/cloud/schema.h"

/* life */
int state_new(const char *seed, char **ret_why, json_t **ret);
/* A copy in the file's format; `secrets` false leaves out passwords, tokens, codes and mobile secrets. */
int state_dump(const json_t *state, bool secrets, json_t **ret);

/* records: borrowed, NULL if there is none. `key` may be NULL. */
json_t *state_find(struct vcloud *c, enum collection in, const char *key);
/* The first record whose field holds this text. */
json_t *state_find_by(struct vcloud *c, enum collection in, const char *field, const char *value);
/* The whole collection, keyed, for json_object_foreach. */
json_t *state_all(struct vcloud *c, enum collection in);
/* Adds a record made of its key and the table's presets. -EEXIST. */
int state_add(struct vcloud *c, enum collection in, const char *key, json_t **ret);
void state_remove(struct vcloud *c, enum collection in, const char *key);
/* An option of the seed; every option has a preset. */
json_t *state_option(struct vcloud *c, const char *name);

/* fields */
const char *rec_text(const json_t *record, const char *field); /* NULL for null */
bool rec_is(const json_t *record, const char *field, const char *value);
bool rec_true(const json_t *record, const char *field);
int64_t rec_int(const json_t *record, const char *field);     /* 0 for null */
int64_t rec_time_ms(const json_t *record, const char *field); /* 0 for null */
bool rec_lists(const json_t *record, const char *field, const char *value);

/* Each marks the registry as changed. -ENOMEM. rec_set() takes the value. */
int rec_set(struct vcloud *c, json_t *record, const char *field, json_t *value);
int rec_set_text(struct vcloud *c, json_t *record, const char *field, const char *value); /* NULL = null */
int rec_set_bool(struct vcloud *c, json_t *record, const char *field, bool value);
int rec_set_int(struct vcloud *c, json_t *record, const char *field, int64_t value);
int rec_set_now(struct vcloud *c, json_t *record, const char *field);
int rec_set_time(struct vcloud *c, json_t *record, const char *field, int64_t ms);

/* Fresh identifiers: `n` lower-case hex digits, and text of the alphabet that claim codes have. */
void make_hex(size_t n, char *ret);
void make_code(size_t n, char *ret);
