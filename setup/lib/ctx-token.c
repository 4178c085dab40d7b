/* SPDX-License-Identifier: Apache-2.0 */

/* Whose account it is: a token that was handed over, or one that is looked for when it is needed first. */

#include "proto/base/text.h"
#include "setup/lib/ctx-private.h"
#include <errno.h>
#include <string.h>

int usher_ctx_set_token(struct usher_ctx *c, const void *token, size_t len)
{
        _cleanup_(ctx_leave) struct entry e;
        struct secret *secret = NULL;
        int r = ctx_enter(c, &e);

        if (r < 0)
                return r;
        if (len > TOKEN_MAX || memchr(token, 0, len))
                return trouble_set(&c->trouble, FAULT_TOKEN_INVALID,
                                   "it is longer than any token, or binary");
        if (len > 0)
                r = secret_new(token, len, &secret);
        if (r < 0)
                return r;
        token_done(&c->token);
        c->token.secret = secret;
        return 0;
}

static int find(struct usher_ctx *c, bool optional)
{
        const char *file = ctx_text(c, SETTING_TOKEN_FILE);
        struct trouble why = {};
        int r;

        if (!file)
                return optional ? 0
                                : trouble_set(&c->trouble, FAULT_TOKEN_MISSING,
                                              "the program that asks has given none (token-file)");
        r = token_find(file[0] ? file : NULL, &c->token, &why);
        if (r < 0 && optional && !file[0])
                return 0; /* the device may run what it should already */
        if (r == -EINVAL)
                c->trouble = why;
        return r;
}

int ctx_find_token(struct usher_ctx *c, bool optional)
{
        const char *cloud = ctx_text(c, SETTING_CLOUD);
        const struct token *t = &c->token;
        int r = t->secret ? 0 : find(c, optional);

        if (r < 0 || !t->secret || !t->origin)
                return r; /* one that was handed over is for whatever cloud is set */
        if (!token_is_for(t, cloud ? cloud : t->url))
                return trouble_set(&c->trouble, FAULT_CONFIG,
                                   "the token in %s is for %s, and is not sent to another cloud: give that "
                                   "cloud's own token with --token-file",
                                   t->origin, t->url ? t->url : CLOUD_URL);
        return 0;
}
