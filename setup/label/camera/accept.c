/* SPDX-License-Identifier: Apache-2.0 */

/* Each text is followed by itself, so that two stickers in view do not keep each other from being read. */

#include "setup/label/camera/accept.h"
#include <errno.h>

static void forget(struct accept_text *t)
{
        secret_free(t->text);
        *t = (struct accept_text){ 0 };
}

void accept_done(struct accept *a)
{
        for (size_t i = 0; i < ACCEPT_TEXTS; i++)
                forget(&a->texts[i]);
}

static struct accept_text *find(struct accept *a, enum label_symbology symbology, const struct secret *text)
{
        for (size_t i = 0; i < ACCEPT_TEXTS; i++)
                if (a->texts[i].symbology == symbology && secret_equal(a->texts[i].text, text))
                        return &a->texts[i];
        return NULL;
}

/* A free place, or that of the text which has not been seen for longest. */
static struct accept_text *place(struct accept *a)
{
        struct accept_text *oldest = &a->texts[0];

        for (size_t i = 0; i < ACCEPT_TEXTS; i++) {
                if (!a->texts[i].text)
                        return &a->texts[i];
                if (a->texts[i].seen_ms < oldest->seen_ms)
                        oldest = &a->texts[i];
        }
        forget(oldest);
        return oldest;
}

/* A text that is known is read once more. */
static int see_again(struct accept_text *t, int64_t now_ms)
{
        int64_t gap_ms = now_ms - t->seen_ms;

        if (gap_ms <= 0) /* twice in one frame */
                return 0;
        t->seen_ms = now_ms;
        if (t->taken && gap_ms >= ACCEPT_DEAF_MS)
                t->taken = false; /* its first read of two */
        else if (!t->taken && gap_ms <= ACCEPT_WITHIN_MS) {
                t->taken = true;
                return 1;
        }
        return 0;
}

int accept_take(struct accept *a, enum label_symbology symbology, const char *text, size_t len,
                int64_t now_ms)
{
        _cleanup_(secret_freep) struct secret *copy = NULL;
        struct accept_text *t;
        int r;

        r = secret_new(text, len, &copy);
        if (r < 0)
                return r;
        t = find(a, symbology, copy);
        if (t)
                return see_again(t, now_ms);
        t = place(a);
        *t = (struct accept_text){ .text = TAKE_PTR(copy), .symbology = symbology, .seen_ms = now_ms };
        return 0;
}
