/* SPDX-License-Identifier: Apache-2.0 */

/* A row of the store is valid during the store's callback; a job at work needs its own for as long as it
 * lasts. Its record, which may be long, has been read by then and is left out. */

#include "setup/engine/engine-private.h"
#include <errno.h>
#include <string.h>

enum { TEXTS = 10 };

int row_copy(const struct store_job *row, struct store_job **ret)
{
        struct store_job *copy;
        size_t size = sizeof(*copy);
        char *at;

        const char *const from[TEXTS] = { row->submitter, row->profile,       row->revision, row->options,
                                          row->question,  row->step,          row->fault,    row->cause,
                                          row->gateway,   row->interrupted_at };

        for (size_t i = 0; i < TEXTS; i++)
                size += from[i] ? strlen(from[i]) + 1 : 0;
        copy = malloc(size);
        if (!copy)
                return -ENOMEM;
        *copy = *row;
        copy->record = NULL;

        const char **const to[TEXTS] = { &copy->submitter,     &copy->profile,  &copy->revision,
                                         &copy->options,       &copy->question, &copy->step,
                                         &copy->fault,         &copy->cause,    &copy->gateway,
                                         &copy->interrupted_at };

        at = (char *)(copy + 1);
        for (size_t i = 0; i < TEXTS; i++) {
                size_t len = from[i] ? strlen(from[i]) + 1 : 0;

                if (len == 0)
                        continue;
                memcpy(at, from[i], len);
                *to[i] = at;
                at += len;
        }
        *ret = copy;
        return 0;
}
