/* SPDX-License-Identifier: Apache-2.0 */

/* Building an answer: compact JSON with the keys in the order the handler gave them, as the real cloud's
 * recordings have them. */

#include "tests/sim/cloud/machine.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>

int answer_header(struct call *c, const char *name, const char *value)
{
        struct vcloud_reply *r = c->reply;
        struct vcloud_header *h = &r->header[r->n_headers];

        if (r->n_headers == ELEMENTSOF(r->header))
                return -ENOBUFS;
        h->name = strdup(name);
        h->value = strdup(value);
        r->n_headers++;
        return h->name && h->value ? 0 : -ENOMEM;
}

const char *vcloud_reply_header(const struct vcloud_reply *r, const char *name)
{
        for (size_t i = 0; i < r->n_headers; i++)
                if (strcasecmp(r->header[i].name, name) == 0)
                        return r->header[i].value;
        return NULL;
}

void vcloud_reply_done(struct vcloud_reply *r)
{
        for (size_t i = 0; i < r->n_headers; i++) {
                free((char *)r->header[i].name);
                free((char *)r->header[i].value);
        }
        free(r->body);
        vcloud_stream_free(r->stream);
        *r = (struct vcloud_reply){ 0 };
}

int answer_text(struct call *c, unsigned status, const char *content_type, const char *body)
{
        c->reply->status = status;
        free(c->reply->body);
        c->reply->body = strdup(body);
        if (!c->reply->body)
                return -ENOMEM;
        c->reply->len = strlen(body);
        return answer_header(c, "Content-Type", content_type);
}

int answer(struct call *c, unsigned status, json_t *body)
{
        _cleanup_(json_decrefp) __attribute__((unused)) json_t *owned = body;
        _cleanup_(freep) char *text = NULL;

        if (!body)
                return -ENOMEM;
        text = json_dumps(body, JSON_COMPACT);
        if (!text)
                return -ENOMEM;
        return answer_text(c, status, "application/json; charset=utf-8", text);
}

int answer_ok(struct call *c)
{
        return answer(c, 200, json_pack("{s:b}", "ok", 1));
}

int answer_empty(struct call *c, unsigned status)
{
        c->reply->status = status;
        return 0;
}
