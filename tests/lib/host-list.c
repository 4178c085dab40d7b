/* SPDX-License-Identifier: Apache-2.0 */

/* A program that runs lists by libusher: host-list WHAT PROFILE LIST... [KEY=VALUE...]. It writes each
 * event's line as it comes, and at the end a line of each row: serial number, state, "before" or "now",
 * fault or "-". It ends with the code of the last list's end; with what is wrong on standard error.
 *
 * WHAT: run; plan: what would be done, and what is wrong; stop: stops each list as soon as a device joins
 * its network; free: frees it then; forked: a child that fork() makes then frees everything; answer: tells
 * who asks the network and password in $HOST_SSID and $HOST_PASSWORD. */

#include "setup/lib/usher.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LISTS_MAX = 4 };

struct run {
        const char *what, *profile;
        struct usher_ctx *ctx;
        struct usher_list *lists[LISTS_MAX];
        size_t n, over;
        int exit_code;
        bool acted, freed;
};

static void must(const struct run *x, int r, const char *what)
{
        const char *cause = usher_ctx_get_cause(x->ctx);

        if (r >= 0)
                return;
        fprintf(stderr, "%s: %s: %s\n", what, strerror(-r), cause ? cause : "");
        exit(r == -EINVAL ? usher_ctx_get_exit(x->ctx) : 99);
}

/* "list-slots=5", "list-radio=...", "list-journal=..." are the list's; all else is the context's. */
static void set(const struct run *x, const char *word)
{
        const char *value = strchr(word, '=') + 1;
        char key[64];

        (void)snprintf(key, sizeof(key), "%.*s", (int)(value - word - 1), word);
        if (strncmp(key, "list-", 5) != 0) {
                must(x, usher_ctx_set(x->ctx, key, value), key);
                return;
        }
        for (size_t i = 0; i < x->n; i++)
                if (strcmp(key, "list-slots") == 0)
                        must(x, usher_list_set_slots(x->lists[i], (unsigned)strtoul(value, NULL, 10)), key);
                else if (strcmp(key, "list-radio") == 0)
                        must(x, usher_list_add_radio(x->lists[i], value), key);
                else
                        must(x, usher_list_set_journal(x->lists[i], value), key);
}

/* The program's meaning of a name: a file; "": the one that it was told. */
static void give_profiles(const struct run *x, struct usher_list *list)
{
        const char *name;
        size_t rows;

        for (size_t i = 0; (name = usher_list_get_profile(list, i, &rows)); i++)
                if (usher_ctx_load_profile(x->ctx, name[0] ? name : x->profile) < 0)
                        must(x, usher_list_refuse_profile(list, name, NULL), "refuse");
                else
                        must(x, usher_list_take_profile(list, name), "take");
}

static void say_errors(struct usher_list *list)
{
        const char *cause;
        unsigned line;

        for (size_t i = 0; usher_list_get_error(list, i, &line, &cause); i++)
                printf("line %u: %s\n", line, cause);
}

static void say_plan(const struct run *x)
{
        char *plan;

        say_errors(x->lists[0]);
        must(x, usher_list_get_plan(x->lists[0], &plan), "plan");
        puts(plan);
        free(plan);
}

static void say_rows(const struct usher_list *list)
{
        struct usher_list_row row;

        for (size_t i = 0; usher_list_get_row(list, i, &row); i++)
                printf("%s %s %s %s\n", row.serial, row.state, row.before ? "before" : "now",
                       row.fault ? row.fault : "-");
}

static void end(struct run *x)
{
        for (size_t i = 0; i < x->n; i++)
                usher_list_free(x->lists[i]);
        usher_ctx_free(x->ctx);
}

static void fork_once(struct run *x)
{
        pid_t pid = fork();
        int status;

        if (pid == 0) {
                bool good =
                        usher_list_stop(x->lists[0]) == -ECHILD && usher_list_start(x->lists[0]) == -ECHILD;

                end(x);
                _exit(good ? 0 : 1);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
                must(x, -EIO, "fork");
}

/* Once, when a device begins to join its network. */
static void act(struct run *x, struct usher_list *list)
{
        if (x->acted)
                return;
        x->acted = true;
        if (strcmp(x->what, "stop") == 0) {
                must(x, usher_list_stop(list), "stop");
        } else if (strcmp(x->what, "forked") == 0) {
                fork_once(x);
        } else if (strcmp(x->what, "free") == 0) {
                x->freed = true;
        }
}

static void answer(const struct run *x, const struct usher_event *e)
{
        const char *ssid = getenv("HOST_SSID"), *password = getenv("HOST_PASSWORD");
        struct usher_list *list = usher_event_get_list(e);
        struct usher_network network;

        if (!usher_list_get_network(list, usher_event_get_serial(e), 0, &network))
                must(x, -EIO, "networks");
        must(x,
             usher_list_answer_network(list, usher_event_get_serial(e), ssid, strlen(ssid), password,
                                       strlen(password)),
             "answer");
}

static void take(struct run *x, const struct usher_event *e)
{
        const char *step = usher_event_get_step(e), *json = usher_event_get_json(e);
        struct usher_list_row row;

        if (json) {
                puts(json);
                (void)fflush(stdout);
        }
        if (usher_event_get_serial(e) &&
            (!usher_list_get_row(usher_event_get_list(e), usher_event_get_row(e), &row) ||
             strcmp(row.serial, usher_event_get_serial(e)) != 0))
                must(x, -EIO, "an event of another row");
        if (usher_event_get_kind(e) == USHER_EVENT_QUESTION)
                answer(x, e);
        if (usher_event_get_kind(e) == USHER_EVENT_STEP && strcmp(step, "wifi-join") == 0)
                act(x, usher_event_get_list(e));
        if (usher_event_get_kind(e) == USHER_EVENT_LIST && usher_event_get_cause(e))
                fprintf(stderr, "%s\n", usher_event_get_cause(e));
        if (usher_event_get_kind(e) != USHER_EVENT_LIST_END)
                return;
        x->over++;
        x->exit_code = usher_event_get_exit(e);
        if (usher_event_get_cause(e))
                fprintf(stderr, "%s\n", usher_event_get_cause(e));
}

static void run(struct run *x)
{
        for (size_t i = 0; i < x->n; i++)
                must(x, usher_list_start(x->lists[i]), "start");
        while (x->over < x->n) {
                struct pollfd p = { .fd = usher_ctx_get_fd(x->ctx), .events = POLLIN };
                struct usher_event *e;

                (void)poll(&p, 1, usher_ctx_get_timeout(x->ctx));
                must(x, usher_ctx_dispatch(x->ctx), "dispatch");
                for (; (e = usher_ctx_pop_event(x->ctx)); usher_event_free(e))
                        take(x, e);
                if (x->freed)
                        return; /* main() does it */
        }
        for (size_t i = 0; i < x->n; i++)
                say_rows(x->lists[i]);
}

int main(int argc, char **argv)
{
        struct run x = { .what = argc > 3 ? argv[1] : "", .profile = argc > 3 ? argv[2] : "" };
        int i;

        if (argc < 4 || usher_ctx_new(&x.ctx) < 0)
                return 99;
        for (i = 3; i < argc && !strchr(argv[i], '=') && x.n < LISTS_MAX; i++) {
                must(&x, usher_list_new(x.ctx, "setup", argv[i], &x.lists[x.n]), argv[i]);
                x.n++;
        }
        for (; i < argc; i++)
                set(&x, argv[i]);
        for (size_t k = 0; k < x.n; k++)
                give_profiles(&x, x.lists[k]);
        if (strcmp(x.what, "plan") == 0)
                say_plan(&x);
        else
                run(&x);
        end(&x);
        return x.exit_code;
}
