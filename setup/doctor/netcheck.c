/* SPDX-License-Identifier: Apache-2.0 */

/* The API's root is asked, not a verb of it: no token, nothing that counts against a limit. A clock that is
 * far off makes every certificate look wrong, so a refused certificate is told together with our date. */

#include "setup/doctor/netcheck.h"
#include "cloud/client.h"
#include "cloud/http.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <string.h>
#include <time.h>

struct netcheck {
        struct op op;
        netcheck_fn done;
        void *userdata;
        struct http *http;
        struct op *request;
        uint64_t started_ms;
};

static void netcheck_free(struct op *op)
{
        struct netcheck *n = container_of(op, struct netcheck, op);

        op_free(n->request);
        http_free(n->http);
        free(n);
}

static void describe(const struct http_reply *reply, struct trouble *ret)
{
        time_t now = (time_t)timer_wall_s();
        char date[32] = "";
        struct tm t;

        (void)trouble_set(ret, FAULT_CLOUD_UNREACHABLE, "%s", reply->cause);
        if (reply->failure != HTTP_UNTRUSTED)
                return;
        if (gmtime_r(&now, &t))
                (void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &t);
        trouble_add(ret, "; is this machine's date right? It is %s UTC here", date);
}

static void on_reply(void *userdata, const struct http_reply *reply)
{
        struct netcheck *n = userdata;
        struct netcheck_answer a = { .status = reply->status, .ms = timer_now_ms() - n->started_ms };

        if (reply->date_s != 0) {
                a.clock_known = true;
                a.clock_ahead_s = timer_wall_s() - reply->date_s;
        }
        /* a body that is too long or not whole is an answer, too */
        if (reply->status == 0)
                describe(reply, &a.trouble);
        n->done(n->userdata, &a);
}

int netcheck_start(const struct netcheck_config *config, netcheck_fn done, void *userdata, struct op **ret,
                   struct trouble *ret_trouble)
{
        const char *url = config->url ? config->url : CLOUD_URL;
        struct http_config http = { .loop = config->loop,
                                    .ca_file = config->ca_file,
                                    .proxy = config->proxy,
                                    .connect_ms = NETCHECK_CONNECT_MS };
        struct http_request request = { .method = "GET", .url = url, .timeout_ms = NETCHECK_TIMEOUT_MS };
        _cleanup_(op_freep) struct op *op = NULL;
        struct netcheck *n;
        int r;

        n = calloc(1, sizeof(*n));
        if (!n)
                return -ENOMEM;
        *n = (struct netcheck){
                .op.free = netcheck_free, .done = done, .userdata = userdata, .started_ms = timer_now_ms()
        };
        op = &n->op;
        r = http_new(&http, &n->http);
        if (r == 0)
                r = http_url_check(url, ret_trouble);
        if (r == 0)
                r = http_start(n->http, &request, on_reply, n, &n->request);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
