/* SPDX-License-Identifier: Apache-2.0 */

/* The line grammar of the WHATWG standard ("Server-sent events"): CR, LF or CRLF end a line, a colon splits
 * field from value, one space after it is dropped, a blank line ends the event. `id` and `retry` are nothing
 * that this cloud uses. */

#include "cloud/sse.h"
#include <errno.h>
#include <stdio.h>

void sse_init(struct sse *s)
{
        *s = (struct sse){ .pending = buf_init(SSE_PENDING_MAX), .data = buf_init(SSE_DATA_MAX) };
}

void sse_done(struct sse *s)
{
        buf_done(&s->pending);
        buf_done(&s->data);
}

static int too_long(int r)
{
        return r == -ENOBUFS ? -EMSGSIZE : r;
}

/* What has been read goes here, once for all of its lines: line by line it would be moved again and again.
 */
int sse_feed(struct sse *s, const char *data, size_t len)
{
        buf_consume(&s->pending, s->read);
        s->looked -= s->read;
        s->read = 0;
        return too_long(buf_append(&s->pending, data, len));
}

static bool is_field(const char *line, size_t len, const char *field, const char **ret_value,
                     size_t *ret_len)
{
        size_t n = strlen(field);

        if (len < n || memcmp(line, field, n) != 0 || (len > n && line[n] != ':'))
                return false;
        n += len > n;
        n += len > n && line[n] == ' ';
        *ret_value = line + n;
        *ret_len = len - n;
        return true;
}

static int take_line(struct sse *s, const char *line, size_t len)
{
        const char *value;
        size_t n;
        int r;

        if (is_field(line, len, "event", &value, &n)) {
                if (n >= sizeof(s->name))
                        n = sizeof(s->name) - 1;
                memcpy(s->name, value, n);
                s->name[n] = 0;
                return 0;
        }
        if (!is_field(line, len, "data", &value, &n))
                return 0;
        r = buf_append(&s->data, value, n);
        if (r < 0)
                return r;
        return buf_append(&s->data, "\n", 1);
}

/* The first whole line of what is pending is read; false if there is none yet. */
static bool find_line(struct sse *s, const char **ret, size_t *ret_len)
{
        const char *text = (const char *)s->pending.data;

        if (s->skip_lf && s->read < s->pending.len) {
                s->skip_lf = false;
                if (text[s->read] == '\n')
                        s->looked = ++s->read;
        }
        for (; s->looked < s->pending.len; s->looked++)
                if (text[s->looked] == '\n' || text[s->looked] == '\r') {
                        s->skip_lf = text[s->looked] == '\r';
                        *ret = text + s->read;
                        *ret_len = s->looked - s->read;
                        s->read = ++s->looked;
                        return true;
                }
        return false;
}

static void forget_event(struct sse *s)
{
        s->name[0] = 0;
        s->told = false;
        buf_consume(&s->data, s->data.len);
}

int sse_next(struct sse *s, struct sse_event *ret)
{
        const char *line;
        size_t len;
        int r;

        if (s->told)
                forget_event(s);
        while (find_line(s, &line, &len)) {
                r = take_line(s, line, len);
                if (r < 0)
                        return too_long(r);
                if (len)
                        continue;
                if (!s->data.len) {
                        forget_event(s);
                        continue;
                }
                s->data.data[s->data.len - 1] = 0; /* the LF after the last line */
                s->told = true;
                *ret = (struct sse_event){ s->name, (const char *)s->data.data, s->data.len - 1 };
                return 1;
        }
        return s->pending.len - s->read == s->pending.ceiling ? -EMSGSIZE : 0;
}
