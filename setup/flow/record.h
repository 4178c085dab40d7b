/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The job's record: what is known of a setup (facts.h), field by field. Whatever keeps or shows a job - the
 * store, the bus, --json, the support bundle - goes through these fields and knows no other, so that a new
 * fact is a member in facts.h and a row in record-fields.c. What was asked for comes back from label and
 * profile and is no field; neither is a secret. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct job;

enum {
        RECORD_VERSION = 2,    /* that of the newest field */
        RECORD_TEXT_SIZE = 512 /* of the longest value as text, with its end */
};

enum record_type {
        RECORD_BOOL,
        RECORD_NUMBER,
        RECORD_WORD, /* one of few, by name */
        RECORD_TEXT, /* from outside: any bytes; "" = unknown */
};

/* Bits. */
enum record_flag {
        RECORD_PERSONAL = 1, /* says who or where somebody is, or how to reach a SIM: not for strangers */
        RECORD_DEVICE = 2,   /* stands in what a result says of the device */
        RECORD_ZERO_UNKNOWN = 4,
};

struct record_field {
        const char *name; /* unique, [a-z_]: never changes once released */
        enum record_type type;
        unsigned since; /* version of the record */
        unsigned flags; /* bits of enum record_flag */
        size_t offset;  /* in struct job */
        size_t size;
        int64_t min, max;               /* NUMBER */
        const char *(*word)(int value); /* WORD: by value from 0; NULL past the last */
};

struct record_value {
        enum record_type type;
        union {
                bool truth;
                int64_t number;
                const char *text; /* WORD, TEXT; valid as long as the job is, and unchanged */
        };
};

/* All of them, in the order in which they are shown. */
const struct record_field *record_fields(size_t *ret_n);

/* NULL if there is none of that name: what a newer usher has kept is passed over. */
const struct record_field *record_find(const char *name);

struct record_value record_get(const struct job *j, const struct record_field *f);

/* The value as text that record_set() takes: "true", "-48", "done", or the text itself. */
void record_text(const struct job *j, const struct record_field *f, char ret[static RECORD_TEXT_SIZE]);

/* From a text that need not be right. -EINVAL: no such value; -ERANGE: no number that the field can have;
 * -EMSGSIZE: too long. The job is as it was then. */
int record_set(struct job *j, const struct record_field *f, const char *text);
