/* SPDX-License-Identifier: Apache-2.0 */
/* Sets a device up: cc libusher-setup.c $(pkg-config --cflags --libs libusher); ./a.out PROFILE LABEL */
#include <poll.h>
#include <stdio.h>
#include <usher.h>
static int fail(struct usher_ctx *c)
{
        const char *cause = usher_ctx_get_cause(c), *advice = usher_ctx_get_advice(c);
        fprintf(stderr, "%s\n%s\n", cause ? cause : "It did not work.", advice ? advice : "");
        return 1;
}

int main(int argc, char **argv)
{
        struct usher_ctx *c = NULL;
        struct usher_label *label = NULL;
        struct usher_job *job = NULL;
        if (argc < 3 || usher_ctx_new(&c) < 0)
                return 1;
        for (int i = 3; i + 1 < argc; i += 2) /* perhaps: radio sim:air cloud http://127.0.0.1:8080 */
                if (usher_ctx_set(c, argv[i], argv[i + 1]) < 0)
                        return fail(c);
        if (usher_ctx_load_profile(c, argv[1]) < 0 || usher_label_from_file(c, argv[2], &label) < 0 ||
            usher_job_new(c, "setup", label, &job) < 0 || usher_job_start(job) < 0)
                return fail(c);
        for (int over = 0; !over && usher_ctx_dispatch(c) == 0;) {
                struct pollfd p = { .fd = usher_ctx_get_fd(c), .events = POLLIN };
                for (struct usher_event *e; (e = usher_ctx_pop_event(c)); usher_event_free(e)) {
                        over |= usher_event_get_kind(e) == USHER_EVENT_RESULT;
                        if (usher_event_get_json(e))
                                puts(usher_event_get_json(e));
                }
                poll(&p, 1, over ? 0 : usher_ctx_get_timeout(c));
        }
        int code = usher_job_get_exit(job);
        usher_job_free(job);
        usher_label_free(label);
        usher_ctx_free(c);
        return code;
}
