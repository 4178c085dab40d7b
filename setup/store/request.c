/* SPDX-License-Identifier: Apache-2.0 */

/* Lists of requests, and what belongs to one. Whoever asked holds a handle of its own, so that the loop may
 * drop it while the thread is at work. */

#include "setup/store/request.h"
#include <errno.h>
#include <string.h>

void requests_add(struct requests *list, struct request *r)
{
        r->next = NULL;
        if (!list->first)
                list->end = &list->first;
        *list->end = r;
        list->end = &r->next;
}

struct request *requests_take(struct requests *list)
{
        struct request *r = list->first;

        if (r)
                list->first = r->next;
        return r;
}

void requests_move(struct requests *to, struct requests *from)
{
        struct request *r;

        if (to->first)
                while ((r = requests_take(from)))
                        requests_add(to, r);
        else if (from->first) {
                *to = *from;
                from->first = NULL;
        }
}

int request_new(request_run run, enum request_kind kind, size_t size, struct request **ret, void *ret_want)
{
        _cleanup_(request_freep) struct request *r = calloc(1, sizeof(*r));
        void *want;

        if (!r)
                return -ENOMEM;
        want = arena_new(&r->memory, size);
        if (!want)
                return -ENOMEM;
        r->run = run;
        r->kind = kind;
        r->want = want;
        *(void **)ret_want = want;
        *ret = TAKE_PTR(r);
        return 0;
}

void request_reset(struct request *r)
{
        for (size_t i = 0; i < r->n_given; i++)
                r->secrets[i] = secret_free(r->secrets[i]);
        r->n_given = 0;
        r->again = false;
        r->answer = (struct store_answer){ 0 };
}

struct request *request_free(struct request *r)
{
        if (!r)
                return NULL;
        request_reset(r);
        arena_done(&r->memory);
        free(r);
        return NULL;
}

int request_text(struct request *r, const char *text, size_t max, const char **ret)
{
        size_t len;

        if (!text) {
                *ret = NULL;
                return 0;
        }
        len = strnlen(text, max + 1);
        if (len > max)
                return -EINVAL;
        *ret = arena_text(&r->memory, text, len);
        return *ret ? 0 : -ENOMEM;
}
