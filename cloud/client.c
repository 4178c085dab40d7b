/* SPDX-License-Identifier: Apache-2.0 */

/* The client's life. What it can be asked is in the headers of the verbs, which are calls on it (call.h). */

#include "cloud/client-private.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

int cloud_url_check(const char *url, struct trouble *ret_trouble)
{
        return http_url_check(url, ret_trouble);
}

static int make_authorization(const struct secret *token, struct secret **ret)
{
        static const char prefix[] = "Authorization: Bearer ";
        _cleanup_(buf_done) struct buf line = buf_init(sizeof(prefix) + secret_len(token));
        int r;

        for (size_t i = 0; i < secret_len(token); i++)
                if (!isgraph(secret_bytes(token)[i]))
                        return -EBADMSG;
        r = buf_append(&line, prefix, sizeof(prefix) - 1);
        if (r < 0)
                return r;
        r = buf_append(&line, secret_bytes(token), secret_len(token));
        if (r < 0)
                return r;
        return secret_new(line.data, line.len, ret);
}

static char *copy_url(const char *url)
{
        size_t len = strlen(url);

        while (len && url[len - 1] == '/')
                len--;
        return strndup(url, len);
}

int cloud_client_new(const struct cloud_config *config, struct cloud_client **ret)
{
        _cleanup_(cloud_client_freep) struct cloud_client *c = NULL;
        const char *url = config->url ? config->url : CLOUD_URL;
        struct trouble why;
        int r;

        r = http_url_check(url, &why);
        if (r < 0)
                return r;
        c = calloc(1, sizeof(*c));
        if (!c)
                return -ENOMEM;
        c->loop = config->loop;
        c->patience_ms = config->patience_ms ? config->patience_ms : CLOUD_PATIENCE_MS;
        budget_init(&c->budget, timer_now_ms());
        c->url = copy_url(url);
        if (config->serials_file)
                c->serials_file = strdup(config->serials_file);
        if (!c->url || (config->serials_file && !c->serials_file))
                return -ENOMEM;
        if (config->token) {
                r = make_authorization(config->token, &c->authorization);
                if (r >= 0)
                        r = secret_new(secret_bytes(config->token), secret_len(config->token), &c->token);
                if (r < 0)
                        return r;
        }
        r = http_new(&(struct http_config){ .loop = config->loop,
                                            .ca_file = config->ca_file,
                                            .proxy = config->proxy },
                     &c->http);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}

struct cloud_client *cloud_client_free(struct cloud_client *c)
{
        if (!c)
                return NULL;
        http_free(c->http);
        secret_free(c->authorization);
        secret_free(c->token);
        json_decref(c->token_info);
        free(c->serials_file);
        free(c->url);
        free(c);
        return NULL;
}
