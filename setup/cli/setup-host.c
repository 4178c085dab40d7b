/* SPDX-License-Identifier: Apache-2.0 */

/* The library says what is wrong with all of it; here is only what a command line adds. */

#include "setup/cli/setup-host.h"
#include "setup/cli/setup-profile.h"
#include <errno.h>

int setup_host_open(const struct setup_args *args, const char *task, struct setup_host *h)
{
        struct host_settings settings = { .radio = args->radio,
                                          .cloud = args->cloud,
                                          .cloud_ca = args->cloud_ca,
                                          .token_file = args->token_file,
                                          .timeout_s = args->timeout_s,
                                          .report = args->report };
        int r;

        *h = (struct setup_host){ .args = args, .task = task };
        r = host_new(&settings, &h->host);
        if (r >= 0)
                r = progress_new(stderr, args->quiet, &h->progress);
        if (r >= 0 && args->verbose)
                progress_set_verbose(h->progress);
        return r;
}

void setup_host_close(struct setup_host *h)
{
        progress_free(h->progress);
        silence_free(h->silence);
        host_free(h->host);
}

int setup_host_profile(struct setup_host *h, struct trouble *ret_trouble)
{
        return setup_profile(h->args, h->args->profile, h->host, ret_trouble);
}

/* ---- the customer's token ---- */

struct leaving {
        bool over;
        struct trouble why;
};

static void on_event(void *userdata, struct usher_event *e)
{
        struct leaving *x = userdata;

        if (usher_event_get_kind(e) != USHER_EVENT_SIGNED_OUT)
                return;
        host_told(usher_event_get_fault(e), usher_event_get_cause(e), &x->why);
        x->over = true;
}

/* Where nobody was signed in, that is told at once, also if the loop turns no more. */
static void take_events(struct host *host, struct leaving *x)
{
        struct usher_event *e;

        while ((e = usher_ctx_pop_event(host_ctx(host)))) {
                on_event(x, e);
                usher_event_free(e);
        }
}

void setup_host_sign_out(struct host *host)
{
        struct leaving x = {};
        int r = usher_ctx_sign_out(host_ctx(host));

        take_events(host, &x);
        host_listen(host, on_event, &x);
        if (r == 0 && !x.over)
                r = host_until(host, &x.over);
        host_listen(host, NULL, NULL);
        if (r < 0)
                trouble_complete(&x.why, r);
        if (x.why.fault != FAULT_NONE)
                fprintf(stderr, "The customer's token could not be given back (%s); it ends by itself.\n",
                        trouble_words(&x.why));
}
