/* SPDX-License-Identifier: Apache-2.0 */

/* What all sources have in common: who they are, what they said last. Everything else is the kind's own. */

#include "setup/label/source.h"
#include "proto/base/text.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

int64_t source_now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_BOOTTIME, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int source_left_ms(int64_t deadline_ms)
{
        int64_t left = deadline_ms - source_now_ms();

        return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int source_init(struct source *s, const struct source_class *class, enum source_origin origin,
                const char *name)
{
        char *copy = strdup(name);

        if (!copy)
                return -ENOMEM;
        *s = (struct source){ .class = class, .origin = origin, .name = copy };
        return 0;
}

void source_fill(const struct source *s, enum label_symbology symbology, struct secret *text,
                 struct scan *ret)
{
        *ret = (struct scan){
                .origin = s->origin, .symbology = symbology, .text = text, .at_ms = source_now_ms()
        };
        text_shorten(ret->from, sizeof(ret->from), s->name, strlen(s->name));
        text_clean(ret->from);
}

void scan_done(struct scan *scan)
{
        secret_free(scan->text);
        *scan = (struct scan){ 0 };
}

int source_fd(const struct source *s)
{
        return s->class->fd(s);
}

int source_timeout_ms(const struct source *s)
{
        return s->class->timeout_ms(s);
}

int source_dispatch(struct source *s, struct scan *ret_scan)
{
        return s->class->dispatch(s, ret_scan);
}

const struct trouble *source_trouble(const struct source *s)
{
        return &s->trouble;
}

enum source_hint source_hint(const struct source *s)
{
        return s->hint;
}

struct source *source_free(struct source *s)
{
        if (!s)
                return NULL;
        free(s->name);
        s->class->free(s);
        return NULL;
}
