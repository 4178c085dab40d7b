/* SPDX-License-Identifier: Apache-2.0 */

/* A server that repeats what it was sent: query, body and Authorization line, one behind the other, as the
 * error's text and as the request id. */

#include "tests/sim/cloud/faults.h"
#include "tests/sim/cloud/params.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

static int all_sent(const struct call *c, char **ret)
{
        const char *authorization = call_header(c, "Authorization");

        return asprintf(ret, "%s %.*s %s", c->request->query ?: "", (int)c->request->len,
                        c->request->len ? (const char *)c->request->body : "", authorization ?: "") < 0
                       ? -ENOMEM
                       : 0;
}

static int in_base64(const char *text, char **ret)
{
        size_t size = sodium_base64_encoded_len(strlen(text), sodium_base64_VARIANT_ORIGINAL);

        *ret = malloc(size);
        if (!*ret)
                return -ENOMEM;
        sodium_bin2base64(*ret, size, (const uint8_t *)text, strlen(text), sodium_base64_VARIANT_ORIGINAL);
        return 0;
}

static int page(struct call *c, unsigned status, const char *text)
{
        _cleanup_(freep) char *html = NULL;

        if (asprintf(&html, "<html><head><title>%s</title></head></html>", text) < 0) {
                html = NULL;
                return -ENOMEM;
        }
        return answer_text(c, status, "text/html", html);
}

int echo(struct call *c, unsigned status, const char *form)
{
        _cleanup_(freep) char *sent = NULL, *shown = NULL;
        int r = all_sent(c, &sent);

        if (r < 0)
                return r;
        if (strcmp(form, "decoded") == 0)
                r = percent_decode(sent, strlen(sent), true, &shown);
        else if (strcmp(form, "base64") == 0)
                r = in_base64(sent, &shown);
        else
                shown = strdup(sent);
        if (r < 0 || !shown)
                return r < 0 ? r : -ENOMEM;
        r = answer_header(c, "X-Request-Id", shown);
        if (r < 0)
                return r;
        if (strcmp(form, "page") == 0)
                return page(c, status, shown);
        return answer(
                c, status,
                json_pack("{s:b,s:s,s:s}", "ok", 0, "error", "invalid_request", "error_description", shown));
}
