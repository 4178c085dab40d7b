/* SPDX-License-Identifier: Apache-2.0 */

/* One table of kinds. "before" kinds answer in the cloud's place (and the request has no effect), "after"
 * kinds let it have its effect and spoil the answer, the others are asked for by handlers. */

#include "tests/sim/cloud/faults.h"
#include <errno.h>
#include <stdio.h>

struct fault_kind {
        const char *name;
        int (*before)(struct call *c, const struct fault_rule *rule);
        int (*after)(struct call *c, const struct fault_rule *rule);
};

struct fault_rule {
        struct fault_rule *next;
        char *text;
        char *method, *prefix, *location, *type, *body, *form;
        const struct fault_kind *kind;
        int64_t status, times, skip, retry_after, ms, size;
        int64_t used;
};

struct faults {
        struct fault_rule *first;
};

static int retry_after(struct call *c, const struct fault_rule *rule)
{
        char text[24];

        if (rule->retry_after < 0)
                return 0;
        (void)snprintf(text, sizeof(text), "%lld", (long long)rule->retry_after);
        return answer_header(c, "Retry-After", text);
}

static int do_status(struct call *c, const struct fault_rule *rule)
{
        int r;

        r = answer(c, (unsigned)rule->status,
                   json_pack("{s:b,s:i,s:s}", "ok", 0, "code", (int)rule->status, "error",
                             "Injected by a fault rule"));
        return r < 0 ? r : retry_after(c, rule);
}

static int do_html(struct call *c, const struct fault_rule *rule)
{
        int r;

        r = answer_text(c, (unsigned)rule->status, "text/html",
                        "<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body>\r\n<center><h1>Bad "
                        "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");
        return r < 0 ? r : retry_after(c, rule);
}

static int do_empty(struct call *c, const struct fault_rule *rule)
{
        return answer_empty(c, (unsigned)rule->status);
}

/* Whatever a server may say. */
static int do_answer(struct call *c, const struct fault_rule *rule)
{
        int r = answer_text(c, (unsigned)rule->status, rule->type ?: "application/json", rule->body ?: "");

        return r < 0 ? r : retry_after(c, rule);
}

static int after_answered(struct call *c, const struct fault_rule *rule)
{
        vcloud_reply_done(c->reply);
        return do_answer(c, rule);
}

static int do_echo(struct call *c, const struct fault_rule *rule)
{
        return echo(c, rule->status == 200 ? 400 : (unsigned)rule->status, rule->form ?: "sent");
}

static int do_redirect(struct call *c, const struct fault_rule *rule)
{
        c->reply->status = rule->status == 200 ? 302 : (unsigned)rule->status;
        return answer_header(c, "Location", rule->location ?: "http://127.0.0.2:9/caught");
}

/* Valid JSON, only far more of it than anybody should read. */
static int do_huge(struct call *c, const struct fault_rule *rule)
{
        size_t len = (size_t)rule->size, head;
        char *body;

        body = malloc(len + 1);
        if (!body)
                return -ENOMEM;
        memset(body, 'x', len);
        head = (size_t)snprintf(body, len, "{\"ok\":true,\"padding\":\"");
        body[head] = 'x';
        memcpy(body + len - 2, "\"}", 3);
        c->reply->status = (unsigned)rule->status;
        c->reply->body = body;
        c->reply->len = len;
        return answer_header(c, "Content-Type", "application/json; charset=utf-8");
}

static int do_close(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->wire = VCLOUD_WIRE_CLOSE;
        return answer_empty(c, 500);
}

static int do_reset(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->wire = VCLOUD_WIRE_RESET;
        return answer_empty(c, 500);
}

static int do_silent(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->wire = VCLOUD_WIRE_SILENT;
        return answer_empty(c, 500);
}

static int do_expired(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        return refuse(c, SHAPE_TOKEN_EXPIRED);
}

static int do_foreign(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        return refuse(c, SHAPE_DEVICE_FOREIGN);
}

static int after_lost(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->wire = VCLOUD_WIRE_CLOSE;
        return 0;
}

static int after_truncated(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->len /= 2;
        if (c->reply->body)
                c->reply->body[c->reply->len] = 0;
        return 0;
}

static int after_cut(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        c->reply->wire = VCLOUD_WIRE_CUT;
        return 0;
}

static int after_drip(struct call *c, const struct fault_rule *rule)
{
        c->reply->wire = VCLOUD_WIRE_DRIP;
        c->reply->drip_ms = (uint32_t)rule->ms;
        return 0;
}

static int after_slow(struct call *c, const struct fault_rule *rule)
{
        c->reply->delay_ms += (uint32_t)rule->ms;
        return 0;
}

static int after_wrong_type(struct call *c, const struct fault_rule *rule)
{
        (void)rule;
        for (size_t i = 0; i < c->reply->n_headers; i++)
                if (strcmp(c->reply->header[i].name, "Content-Type") == 0) {
                        free((char *)c->reply->header[i].value);
                        c->reply->header[i].value = strdup("text/html");
                        return c->reply->header[i].value ? 0 : -ENOMEM;
                }
        return answer_header(c, "Content-Type", "text/html");
}

static const struct fault_kind kinds[] = {
        { "status", do_status, NULL },          /* also spelled as the number itself: "429" */
        { "html", do_html, NULL },              /* a proxy's error page */
        { "empty", do_empty, NULL },            /* a status without a body */
        { "answer", do_answer, NULL },          /* `body`, of this `type` */
        { "answered", NULL, after_answered },   /* done, and answered so */
        { "echo", do_echo, NULL },              /* 400, and what was sent, in this `form` */
        { "redirect", do_redirect, NULL },      /* to `location` */
        { "huge", do_huge, NULL },              /* `size` bytes of valid JSON */
        { "close", do_close, NULL },            /* the connection closes without an answer */
        { "reset", do_reset, NULL },            /* and with a TCP reset */
        { "silent", do_silent, NULL },          /* and nothing ever comes */
        { "expired", do_expired, NULL },        /* the token has just expired */
        { "foreign", do_foreign, NULL },        /* the device belongs to somebody else */
        { "lost", NULL, after_lost },           /* done, but the answer is lost */
        { "truncated", NULL, after_truncated }, /* half of the JSON, as if that were all */
        { "cut", NULL, after_cut },             /* half of the announced bytes, then closed */
        { "drip", NULL, after_drip },           /* a byte every `ms` */
        { "slow", NULL, after_slow },           /* `ms` later */
        { "wrong-type", NULL, after_wrong_type },
        { "dead-code", NULL, NULL }, /* device_claims: a code that silently does nothing */
        { "late", NULL, NULL },      /* a device's online call counts only `ms` later */
        { "stall", NULL, NULL },     /* event stream: goes silent after :ok */
        { "cut-event", NULL, NULL }, /* event stream: ends in the middle of its first event */
};

int faults_new(struct faults **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

static void rule_free(struct fault_rule *rule)
{
        if (!rule)
                return;
        free(rule->text);
        free(rule->method);
        free(rule->prefix);
        free(rule->location);
        free(rule->type);
        free(rule->body);
        free(rule->form);
        free(rule);
}

DEFINE_CLEANUP(struct fault_rule *, rule_free)

void faults_clear(struct faults *f)
{
        while (f->first) {
                struct fault_rule *rule = f->first;

                f->first = rule->next;
                rule_free(rule);
        }
}

struct faults *faults_free(struct faults *f)
{
        if (f)
                faults_clear(f);
        free(f);
        return NULL;
}

static int complain(char **ret_why, const char *rule, const char *what, const char *detail)
{
        if (asprintf(ret_why, "fault rule \"%s\": %s%s", rule, what, detail) < 0) {
                *ret_why = NULL;
                return -ENOMEM;
        }
        return -EINVAL;
}

static int parse_number(const char *text, int64_t *ret)
{
        long long n;
        char *end;

        errno = 0;
        n = strtoll(text, &end, 10);
        if (!*text || *end || errno != 0 || n < 0 || n > 1000000000)
                return -EINVAL;
        *ret = n;
        return 0;
}

static int parse_kind(struct fault_rule *rule, const char *name, char **ret_why)
{
        int64_t status;

        if (parse_number(name, &status) == 0) {
                if (status < 200 || status > 599)
                        return complain(ret_why, rule->text, "a status is 200 to 599, not ", name);
                rule->status = status;
                name = "status";
        }
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                if (strcmp(kinds[i].name, name) == 0) {
                        rule->kind = &kinds[i];
                        return 0;
                }
        return complain(ret_why, rule->text, "no such kind: ", name);
}

static int parse_option(struct fault_rule *rule, char *option, char **ret_why)
{
        const struct {
                const char *name;
                int64_t *value;
        } numbers[] = {
                { "times", &rule->times },   { "skip", &rule->skip },
                { "status", &rule->status }, { "retry-after", &rule->retry_after },
                { "ms", &rule->ms },         { "size", &rule->size },
        };
        const struct {
                const char *name;
                char **value;
        } texts[] = {
                { "location", &rule->location },
                { "type", &rule->type },
                { "body", &rule->body },
                { "form", &rule->form },
        };
        char *value = strchr(option, '=');

        if (!value)
                return complain(ret_why, rule->text, "write key=value, not ", option);
        *value++ = 0;
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (strcmp(texts[i].name, option) == 0) {
                        free(*texts[i].value);
                        *texts[i].value = strdup(value);
                        return *texts[i].value ? 0 : -ENOMEM;
                }
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (strcmp(numbers[i].name, option) == 0)
                        return parse_number(value, numbers[i].value) < 0
                                       ? complain(ret_why, rule->text, "not a number from 0 on: ", value)
                                       : 0;
        return complain(ret_why, rule->text, "no such key: ", option);
}

static int parse_rule(struct fault_rule *rule, char **ret_why)
{
        _cleanup_(freep) char *work = NULL;
        char *rest, *kind, *option, *body;
        int n = 0, r;

        if (sscanf(rule->text, "%ms %ms %n", &rule->method, &rule->prefix, &n) < 2 || n == 0 ||
            !rule->text[n])
                return complain(ret_why, rule->text, "write METHOD PATHPREFIX KIND[,key=value]...", "");
        work = strdup(rule->text + n);
        if (!work)
                return -ENOMEM;
        rest = work;
        body = strstr(work, ",body="); /* the last key: it may hold commas */
        if (body)
                *body++ = 0;
        kind = strsep(&rest, ",");
        r = parse_kind(rule, kind, ret_why);
        if (r == 0 && body)
                r = parse_option(rule, body, ret_why);
        while (r == 0 && (option = strsep(&rest, ",")))
                r = parse_option(rule, option, ret_why);
        if (r == 0 && (rule->status < 200 || rule->status > 599))
                r = complain(ret_why, rule->text, "a status is 200 to 599", "");
        if (r == 0 && rule->kind->before == do_huge && (rule->size < 64 || rule->size > 64 * 1024 * 1024))
                r = complain(ret_why, rule->text, "size is 64 to 67108864", "");
        return r;
}

int faults_add(struct faults *f, const char *text, char **ret_why)
{
        _cleanup_(rule_freep) struct fault_rule *rule = NULL;
        struct fault_rule **at;
        int r;

        rule = calloc(1, sizeof(*rule));
        if (!rule)
                return -ENOMEM;
        *rule = (struct fault_rule){
                .status = 200,
                .times = -1,
                .retry_after = -1,
                .ms = 100,
                .size = 16 * 1024 * 1024,
        };
        rule->text = strdup(text);
        if (!rule->text)
                return -ENOMEM;
        if (strstr(text, " html"))
                rule->status = 502;
        r = parse_rule(rule, ret_why);
        if (r < 0)
                return r;
        for (at = &f->first; *at; at = &(*at)->next)
                ;
        *at = TAKE_PTR(rule);
        return 0;
}

json_t *faults_report(const struct faults *f)
{
        json_t *list = json_array();

        for (const struct fault_rule *rule = f->first; rule; rule = rule->next)
                if (json_array_append_new(list, json_pack("{s:s,s:I}", "rule", rule->text, "used",
                                                          (json_int_t)rule->used)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static bool matches(const struct fault_rule *rule, const struct call *c)
{
        if (strcmp(rule->method, "*") != 0 && strcmp(rule->method, c->request->method) != 0)
                return false;
        return strncmp(rule->prefix, c->request->path, strlen(rule->prefix)) == 0;
}

int faults_before(struct call *c, bool *ret_answered)
{
        *ret_answered = false;
        if (strncmp(c->request->path, "/sim/faults", 11) == 0)
                return 0; /* or nobody could ever lift "* / silent" */
        for (struct fault_rule *rule = c->cloud->faults->first; rule; rule = rule->next) {
                if (rule->times == 0 || !matches(rule, c))
                        continue;
                if (rule->skip > 0) {
                        rule->skip--;
                        continue;
                }
                if (rule->times > 0)
                        rule->times--;
                rule->used++;
                c->fault = rule;
                *ret_answered = rule->kind->before != NULL;
                return rule->kind->before ? rule->kind->before(c, rule) : 0;
        }
        return 0;
}

int faults_after(struct call *c)
{
        return c->fault && c->fault->kind->after ? c->fault->kind->after(c, c->fault) : 0;
}

uint64_t faults_ms(const struct call *c)
{
        return c->fault ? (uint64_t)c->fault->ms : 0;
}

bool faults_inside(const struct call *c, const char *kind)
{
        return c->fault && strcmp(c->fault->kind->name, kind) == 0;
}
