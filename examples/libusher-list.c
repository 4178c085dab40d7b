/* SPDX-License-Identifier: Apache-2.0 */
/* Sets a list of devices up, several at once; run again it goes on where it ended:
 * cc libusher-list.c $(pkg-config --cflags --libs libusher); ./a.out PROFILE LIST */
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
        struct usher_list *list = NULL;
        const char *name;
        size_t rows;
        int code = -1;
        if (argc < 3 || usher_ctx_new(&c) < 0)
                return 1;
        for (int i = 3; i + 1 < argc; i += 2) /* perhaps: radio sim:air cloud http://127.0.0.1:8080 */
                if (usher_ctx_set(c, argv[i], argv[i + 1]) < 0)
                        return fail(c);
        if (usher_list_new(c, "setup", argv[2], &list) < 0)
                return fail(c);
        for (size_t i = 0; (name = usher_list_get_profile(list, i, &rows)); i++) /* a name is a file here */
                if (usher_ctx_load_profile(c, name[0] ? name : argv[1]) < 0 ||
                    usher_list_take_profile(list, name) < 0)
                        return fail(c);
        if (usher_list_start(list) < 0)
                return fail(c);
        while (code < 0 && usher_ctx_dispatch(c) == 0) {
                struct pollfd p = { .fd = usher_ctx_get_fd(c), .events = POLLIN };
                for (struct usher_event *e; (e = usher_ctx_pop_event(c)); usher_event_free(e)) {
                        if (usher_event_get_kind(e) == USHER_EVENT_LIST_END)
                                code = usher_event_get_exit(e);
                        if (usher_event_get_json(e))
                                puts(usher_event_get_json(e));
                }
                poll(&p, 1, code < 0 ? usher_ctx_get_timeout(c) : 0);
        }
        usher_list_free(list);
        usher_ctx_free(c);
        return code;
}
