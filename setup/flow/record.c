/* SPDX-License-Identifier: Apache-2.0 */

/* Reading and writing one field, by where it stands in the job and how large it is there. Numbers have one
 * width outside and several in the job: narrow() and widen() are the only way between them. */

#include "setup/flow/record.h"
#include "proto/base/number.h"
#include "setup/flow/job.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(enum fault) == sizeof(int), "words are kept in members of int's size");

static const void *at(const struct job *j, const struct record_field *f)
{
        return (const uint8_t *)j + f->offset;
}

static void put(struct job *j, const struct record_field *f, const void *value, size_t size)
{
        memcpy((uint8_t *)j + f->offset, value, size);
}

static int64_t widen(const void *from, const struct record_field *f)
{
        unsigned natural;
        int64_t number;
        int whole;

        if (f->size == sizeof(number)) {
                memcpy(&number, from, sizeof(number));
                return number;
        }
        memcpy(&whole, from, sizeof(whole));
        memcpy(&natural, from, sizeof(natural));
        return f->min < 0 ? (int64_t)whole : (int64_t)natural;
}

static void narrow(struct job *j, const struct record_field *f, int64_t number)
{
        uint32_t half = (uint32_t)number; /* of either sign, as long as it fits the member */

        if (f->size == sizeof(number))
                put(j, f, &number, sizeof(number));
        else
                put(j, f, &half, sizeof(half));
}

const struct record_field *record_find(const char *name)
{
        size_t n;
        const struct record_field *f = record_fields(&n);

        for (size_t i = 0; i < n; i++)
                if (strcmp(f[i].name, name) == 0)
                        return &f[i];
        return NULL;
}

struct record_value record_get(const struct job *j, const struct record_field *f)
{
        struct record_value v = { .type = f->type };
        int word;

        switch (f->type) {
        case RECORD_BOOL: memcpy(&v.truth, at(j, f), sizeof(v.truth)); break;
        case RECORD_NUMBER: v.number = widen(at(j, f), f); break;
        case RECORD_WORD:
                memcpy(&word, at(j, f), sizeof(word));
                v.text = f->word(word);
                break;
        case RECORD_TEXT: v.text = at(j, f); break;
        }
        return v;
}

void record_text(const struct job *j, const struct record_field *f, char ret[static RECORD_TEXT_SIZE])
{
        struct record_value v = record_get(j, f);

        switch (v.type) {
        case RECORD_BOOL: (void)snprintf(ret, RECORD_TEXT_SIZE, "%s", v.truth ? "true" : "false"); break;
        case RECORD_NUMBER: (void)snprintf(ret, RECORD_TEXT_SIZE, "%" PRId64, v.number); break;
        case RECORD_WORD:
        case RECORD_TEXT: (void)snprintf(ret, RECORD_TEXT_SIZE, "%s", v.text); break;
        }
}

static int set_bool(struct job *j, const struct record_field *f, const char *text)
{
        bool truth = strcmp(text, "true") == 0;

        if (!truth && strcmp(text, "false") != 0)
                return -EINVAL;
        put(j, f, &truth, sizeof(truth));
        return 0;
}

static int set_number(struct job *j, const struct record_field *f, const char *text)
{
        int64_t number;
        int e = number_read_signed(text, f->min, f->max, &number);

        if (e < 0)
                return e;
        narrow(j, f, number);
        return 0;
}

static int set_word(struct job *j, const struct record_field *f, const char *text)
{
        for (int i = 0; f->word(i); i++)
                if (strcmp(f->word(i), text) == 0) {
                        put(j, f, &i, sizeof(i));
                        return 0;
                }
        return -EINVAL;
}

static int set_text(struct job *j, const struct record_field *f, const char *text)
{
        size_t len = strlen(text);

        if (len >= f->size)
                return -EMSGSIZE;
        put(j, f, text, len + 1);
        return 0;
}

int record_set(struct job *j, const struct record_field *f, const char *text)
{
        switch (f->type) {
        case RECORD_BOOL: return set_bool(j, f, text);
        case RECORD_NUMBER: return set_number(j, f, text);
        case RECORD_WORD: return set_word(j, f, text);
        case RECORD_TEXT: break;
        }
        return set_text(j, f, text);
}
