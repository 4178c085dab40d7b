/* SPDX-License-Identifier: Apache-2.0 */

/* A program that only looks, by libusher: host-look devices|doctor LABEL|- KEY=VALUE... prints the JSON of
 * every event that has one. devices ends when one is gone, or nothing more is heard. It exits as usher
 * would. */

#include "setup/lib/usher.h"
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        exit(99);
}

/* What cannot be done ends it as it would end usher. */
static void must(const struct usher_ctx *ctx, int r, const char *what)
{
        if (r == -EINVAL) {
                fprintf(stderr, "%s: %s\n", usher_ctx_get_fault(ctx), usher_ctx_get_cause(ctx));
                exit(usher_ctx_get_exit(ctx));
        }
        if (r < 0)
                die("%s: %s\n", what, strerror(-r));
}

static void set(struct usher_ctx *ctx, char *const *settings)
{
        for (; *settings; settings++) {
                char *value = strchr(*settings, '=');

                if (!value)
                        die("%s is no KEY=VALUE\n", *settings);
                *value = 0;
                must(ctx, usher_ctx_set(ctx, *settings, value + 1), *settings);
        }
}

/* Whether it was the last one that is waited for. */
static bool show(const struct usher_event *e)
{
        enum usher_event_kind kind = usher_event_get_kind(e);
        const char *json = usher_event_get_json(e);

        if (json)
                puts(json);
        (void)fflush(stdout);
        if (kind == USHER_EVENT_DEVICES_END)
                fprintf(stderr, "the end: %s: %s\n", usher_event_get_fault(e), usher_event_get_cause(e));
        return kind == USHER_EVENT_VERDICT || kind == USHER_EVENT_DEVICES_END ||
               (json && strstr(json, "\"gone\":true"));
}

static int watch(struct usher_ctx *ctx)
{
        struct usher_event *e;
        int code = -1;

        while (code < 0) {
                struct pollfd p = { .fd = usher_ctx_get_fd(ctx), .events = POLLIN };

                (void)poll(&p, 1, usher_ctx_get_timeout(ctx));
                must(ctx, usher_ctx_dispatch(ctx), "dispatch");
                for (; (e = usher_ctx_pop_event(ctx)); usher_event_free(e))
                        if (show(e))
                                code = usher_event_get_exit(e);
        }
        return code;
}

int main(int argc, char **argv)
{
        struct usher_devices *devices = NULL;
        struct usher_doctor *doctor = NULL;
        struct usher_label *label = NULL;
        struct usher_ctx *ctx;
        int code;

        if (argc < 3 || usher_ctx_new(&ctx) < 0)
                die("host-look devices|doctor LABEL|- KEY=VALUE...\n");
        set(ctx, argv + 3);
        if (strcmp(argv[2], "-") != 0)
                must(ctx, usher_label_from_file(ctx, argv[2], &label), "label");
        if (strcmp(argv[1], "devices") == 0) {
                must(ctx, usher_devices_new(ctx, &devices), "devices");
        } else {
                must(ctx, usher_ctx_check(ctx, "doctor"), "check");
                must(ctx, usher_doctor_new(ctx, label, &doctor), "doctor");
        }
        usher_label_free(label);
        code = watch(ctx);
        usher_devices_free(devices);
        usher_doctor_free(doctor);
        usher_ctx_free(ctx);
        return code;
}
