/* SPDX-License-Identifier: Apache-2.0 */

/* Programs that use libusher and have things of their own: host WHAT PROFILE LABEL... [KEY=VALUE...] sets
 * each label's device up and prints "LABEL EXIT" for it. WHAT is what the program has besides; the rows of
 * tests/sim-e2e/rows_lib.py say what must not be touched by it. */

#include "setup/lib/usher.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

enum { SETTINGS_MAX = 16, SETUPS_MAX = 4 };

struct setup {
        const char *profile, *label;
        char *const *settings; /* KEY=VALUE, NULL at the end */
        struct usher_ctx *ctx;
        struct usher_job *job;
        sd_event *loop; /* sd-event: the program's own */
        int exit_code;
        bool over;
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        exit(99);
}

static void must(const struct setup *s, int r, const char *what)
{
        const char *cause = usher_ctx_get_cause(s->ctx);

        if (r < 0)
                die("%s: %s: %s\n", what, strerror(-r), cause ? cause : "");
}

static void make_job(struct setup *s)
{
        struct usher_label *label;

        must(s, usher_label_from_file(s->ctx, s->label, &label), "label");
        must(s, usher_job_new(s->ctx, "setup", label, &s->job), "job");
        usher_label_free(label);
}

static void prepare(struct setup *s)
{
        int r = usher_ctx_new(&s->ctx);

        if (r < 0)
                die("usher_ctx_new: %s\n", strerror(-r));
        for (char *const *at = s->settings; *at; at++) {
                char key[64];
                const char *value = strchr(*at, '=');

                if (!value)
                        die("%s is no KEY=VALUE\n", *at);
                (void)snprintf(key, sizeof(key), "%.*s", (int)(value - *at), *at);
                must(s, usher_ctx_set(s->ctx, key, value + 1), key);
        }
        must(s, usher_ctx_load_profile(s->ctx, s->profile), "profile");
        make_job(s);
}

static void begin(struct setup *s)
{
        prepare(s);
        must(s, usher_job_start(s->job), "start");
}

static void await(const struct setup *s)
{
        struct pollfd p = { .fd = usher_ctx_get_fd(s->ctx), .events = POLLIN };

        (void)poll(&p, 1, usher_ctx_get_timeout(s->ctx));
}

static void look(struct setup *s)
{
        struct usher_event *e;

        must(s, usher_ctx_dispatch(s->ctx), "dispatch");
        while ((e = usher_ctx_pop_event(s->ctx))) {
                if (usher_event_get_kind(e) == USHER_EVENT_RESULT) {
                        s->over = true;
                        s->exit_code = usher_job_get_exit(s->job);
                }
                usher_event_free(e);
        }
}

static void end(struct setup *s)
{
        usher_job_free(s->job);
        usher_ctx_free(s->ctx);
}

static void *run(void *userdata)
{
        struct setup *s = userdata;

        begin(s);
        while (!s->over) {
                await(s);
                look(s);
        }
        end(s);
        return NULL;
}

/* ---- waits until a device can be heard ---- */

static void run_devices(struct setup *s)
{
        struct usher_devices *devices = NULL;
        struct usher_device d;

        prepare(s);
        must(s, usher_devices_new(s->ctx, &devices), "devices");
        while (!usher_devices_get(devices, 0, &d)) {
                await(s);
                look(s);
        }
        if (!d.setup_code || strcmp(d.setup_code, "000001") != 0 || !d.connectable)
                die("something else is heard: %s\n", d.address);
        usher_devices_free(devices);
        end(s);
        s->exit_code = 0;
}

/* ---- the doctor, who looks at the device ---- */

static void run_doctor(struct setup *s)
{
        struct usher_doctor *doctor = NULL;
        struct usher_label *label = NULL;
        struct usher_event *e;
        unsigned n = 0;

        prepare(s);
        must(s, usher_label_from_file(s->ctx, s->label, &label), "label");
        must(s, usher_doctor_new(s->ctx, label, &doctor), "doctor");
        usher_label_free(label);
        while (!s->over) {
                await(s);
                must(s, usher_ctx_dispatch(s->ctx), "dispatch");
                for (; (e = usher_ctx_pop_event(s->ctx)); usher_event_free(e)) {
                        s->over |= usher_event_get_kind(e) == USHER_EVENT_VERDICT;
                        s->exit_code = usher_event_get_exit(e);
                        n += strcmp(usher_event_get_step(e) ? usher_event_get_step(e) : "", "firmware") == 0;
                }
        }
        if (n != 1)
                die("nothing was said of the firmware\n");
        usher_doctor_free(doctor);
        end(s);
}

/* ---- fails, and its report goes to standard output ---- */

static void run_report(struct setup *s)
{
        char *text = NULL;

        begin(s);
        while (!s->over) {
                await(s);
                look(s);
        }
        must(s, usher_job_get_report(s->job, &text), "report");
        (void)fputs(text, stdout);
        free(text);
        end(s);
}

/* ---- for one customer, who is signed out at the end ---- */

static void start_job(struct setup *s, struct usher_ctx *c)
{
        s->ctx = c;
        make_job(s);
        must(s, usher_job_start(s->job), "start");
}

/* The fault of the sign-out; NULL: none. The last job begins when the customer is signed in. */
static const char *finish_customer(struct setup *s, size_t n)
{
        struct usher_ctx *c = s->ctx;
        const char *fault;
        struct usher_event *e;
        size_t over = 0;

        for (;; usher_event_free(e)) {
                while (!(e = usher_ctx_pop_event(c))) {
                        await(s);
                        must(s, usher_ctx_dispatch(c), "dispatch");
                }
                if (usher_event_get_kind(e) == USHER_EVENT_SIGNED_OUT)
                        break;
                if (usher_event_get_kind(e) == USHER_EVENT_STEP && !s[n - 1].job)
                        start_job(&s[n - 1], c);
                if (usher_event_get_kind(e) == USHER_EVENT_RESULT && ++over == n)
                        must(s, usher_ctx_sign_out(c), "signing out");
        }
        fault = usher_event_get_fault(e); /* a name of the library's own */
        usher_event_free(e);
        return fault;
}

static void run_customer(struct setup *s, size_t n, const char *fault)
{
        const char *found;

        prepare(s);
        usher_job_free(s->job);
        for (size_t i = 0; i < 2; i++)
                start_job(&s[i], s->ctx);
        found = finish_customer(s, n);
        if (strcmp(found ? found : "", fault) != 0)
                die("signing out: %s\n", found ? found : "is done");
        for (size_t i = 0; i < n; i++) {
                s[i].exit_code = usher_job_get_exit(s[i].job);
                usher_job_free(s[i].job);
        }
        usher_ctx_free(s->ctx);
}

/* ---- cannot begin ---- */

static void run_refused(struct setup *s)
{
        prepare(s);
        if (usher_job_start(s->job) != -EINVAL)
                die("it has begun\n");
        s->exit_code = usher_job_get_exit(s->job);
        end(s);
}

/* ---- stops as soon as the device joins its network ---- */

static void run_stop(struct setup *s)
{
        struct usher_event *e;
        bool ended = false;

        begin(s);
        while (!s->over) {
                await(s);
                must(s, usher_ctx_dispatch(s->ctx), "dispatch");
                for (; (e = usher_ctx_pop_event(s->ctx)); usher_event_free(e)) {
                        const char *step = usher_event_get_step(e), *state = usher_event_get_state(e);

                        s->over |= usher_event_get_kind(e) == USHER_EVENT_RESULT;
                        if (!step || strcmp(step, "wifi-join") != 0)
                                continue;
                        if (strcmp(state, "started") == 0)
                                must(s, usher_job_stop(s->job), "stop");
                        ended |= strcmp(state, "done") == 0;
                }
        }
        if (!ended)
                die("the step in hand did not end\n");
        s->exit_code = usher_job_get_exit(s->job);
        end(s);
}

/* ---- a person chooses the network ---- */

/* "choose": from what the device has seen, the password when it is asked for. "hidden": one that no scan
 * shows, with all that is known of it. */
static void answer(struct setup *s, const char *what, const char *question)
{
        const char *ssid = getenv("HOST_SSID"), *password = getenv("HOST_PASSWORD");
        struct usher_network n;

        if (strcmp(question, "wifi-password") == 0) {
                if (!usher_job_get_chosen(s->job, &n) || strcmp(n.name, ssid) != 0)
                        die("it asks for the password of another network\n");
                must(s, usher_job_answer_password(s->job, password, strlen(password)), "password");
                return;
        }
        for (size_t i = 0; usher_job_get_network(s->job, i, &n); i++)
                if (strcmp(n.name, ssid) == 0 && strcmp(what, "hidden") == 0)
                        die("it is not hidden\n");
        if (usher_job_answer_network(s->job, ssid, strlen(ssid), "short", 5) != -EINVAL)
                die("a password that cannot be right was taken\n");
        must(s,
             usher_job_answer_network(s->job, ssid, strlen(ssid),
                                      strcmp(what, "hidden") == 0 ? password : NULL, strlen(password)),
             "network");
}

static void finish_asked(struct setup *s, const char *what, bool asks)
{
        struct usher_event *e;
        struct usher_network n;
        bool asked = false;

        make_job(s);
        must(s, usher_job_start(s->job), "start");
        while (!s->over) {
                await(s);
                must(s, usher_ctx_dispatch(s->ctx), "dispatch");
                for (; (e = usher_ctx_pop_event(s->ctx)); usher_event_free(e)) {
                        s->over |= usher_event_get_kind(e) == USHER_EVENT_RESULT;
                        if (usher_event_get_kind(e) != USHER_EVENT_QUESTION)
                                continue;
                        answer(s, what, usher_event_get_question(e));
                        asked = true;
                }
        }
        if (asked != asks || !usher_job_keep_networks(s->job) || !usher_job_get_chosen(s->job, &n))
                die("the network is not kept\n");
        s->exit_code = usher_job_get_exit(s->job);
}

/* What is answered for the first one is good for all. */
static void run_answer(struct setup *s, size_t n, const char *what)
{
        struct usher_ctx *c;

        prepare(s);
        c = s->ctx;
        usher_job_free(s->job);
        must(s, usher_ctx_set(c, "interactive", "yes"), "interactive");
        must(s, usher_ctx_drop_networks(c), "networks");
        for (size_t i = 0; i < n; i++) {
                s[i].ctx = c;
                finish_asked(&s[i], what, i == 0);
        }
        for (size_t i = 0; i < n; i++)
                usher_job_free(s[i].job);
        usher_ctx_free(c);
}

/* ---- two contexts in two threads ---- */

static void run_threads(struct setup *s, size_t n)
{
        pthread_t threads[SETUPS_MAX];

        for (size_t i = 0; i < n; i++)
                if (pthread_create(&threads[i], NULL, run, &s[i]) != 0)
                        die("no thread\n");
        for (size_t i = 0; i < n; i++)
                (void)pthread_join(threads[i], NULL);
}

/* ---- a child made by fork() in the middle, which frees everything ---- */

static void fork_once(struct setup *s)
{
        pid_t pid = fork();
        int status;

        if (pid < 0)
                die("fork: %s\n", strerror(errno));
        if (pid == 0) {
                bool good = usher_ctx_dispatch(s->ctx) == -ECHILD && usher_ctx_get_fd(s->ctx) == -ECHILD &&
                            usher_job_cancel(s->job) == -ECHILD &&
                            usher_ctx_set(s->ctx, "radio", "x") == -ECHILD;

                end(s);
                _exit(good ? 0 : 1);
        }
        if (waitpid(pid, &status, 0) != pid || status != 0)
                die("the child ended with %d\n", status);
}

static void run_fork(struct setup *s)
{
        unsigned n = 0;

        begin(s);
        while (!s->over) {
                await(s);
                if (n++ < 20)
                        fork_once(s);
                look(s);
        }
        end(s);
}

/* ---- a loop of its own, that watches nothing but the descriptor ---- */

static int on_usher(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct setup *s = userdata;

        (void)source, (void)fd, (void)revents;
        look(s);
        return s->over ? sd_event_exit(s->loop, 0) : 0;
}

static void run_sd_event(struct setup *s)
{
        if (sd_event_new(&s->loop) < 0)
                die("no loop\n");
        begin(s);
        if (sd_event_add_io(s->loop, NULL, usher_ctx_get_fd(s->ctx), POLLIN, on_usher, s) < 0 ||
            sd_event_loop(s->loop) < 0)
                die("the loop ended\n");
        end(s);
        sd_event_unref(s->loop);
}

/* ---- libcurl, before and after ---- */

static size_t swallow(char *data, size_t size, size_t n, void *userdata)
{
        (void)data, (void)userdata;
        return size * n;
}

static void ask(const char *url)
{
        CURL *curl = curl_easy_init();
        CURLcode code;

        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
        code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
        if (code != CURLE_OK)
                die("the program's own request: %s\n", curl_easy_strerror(code));
}

static void run_curl(struct setup *s)
{
        const char *url = getenv("HOST_URL");

        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                die("no libcurl\n");
        ask(url);
        (void)run(s);
        ask(url);
        curl_global_cleanup();
}

/* ---- signals ---- */

static volatile sig_atomic_t n_taken;

static void on_child(int number)
{
        int saved = errno;

        (void)number;
        while (waitpid(-1, NULL, WNOHANG) > 0)
                n_taken++;
        errno = saved;
}

/* Everything that the library could have changed, as text. */
static void describe(char *to, size_t size)
{
        struct sigaction a;
        sigset_t mask;
        size_t n = 0;

        (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
        for (int i = 1; i < SIGRTMIN; i++)
                if (sigaction(i, NULL, &a) == 0)
                        n += (size_t)snprintf(to + n, n < size ? size - n : 0, "%d:%lx:%d ", i,
                                              (long)a.sa_handler, sigismember(&mask, i));
        for (char *const *e = environ; *e; e++)
                n += (size_t)snprintf(to + n, n < size ? size - n : 0, "%s ", *e);
}

static void run_with_handler(struct setup *s, void (*handler)(int))
{
        static char before[65536], after[65536];

        (void)setenv("SSLKEYLOGFILE", "/dev/null", 1);
        (void)sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = handler }, NULL);
        describe(before, sizeof(before));
        (void)run(s);
        describe(after, sizeof(after));
        if (strcmp(before, after) != 0)
                die("before: %s\nafter:  %s\n", before, after);
}

int main(int argc, char **argv)
{
        struct setup s[SETUPS_MAX] = {};
        const char *what = argc > 3 ? argv[1] : "";
        size_t n = 0;
        int i;

        for (i = 3; i < argc && !strchr(argv[i], '=') && n < SETUPS_MAX; i++)
                s[n++] = (struct setup){ .profile = argv[2], .label = argv[i] };
        for (size_t k = 0; k < n; k++)
                s[k].settings = &argv[i];
        if (strcmp(what, "threads") == 0)
                run_threads(s, n);
        else if (strcmp(what, "fork") == 0)
                run_fork(&s[0]);
        else if (strcmp(what, "devices") == 0)
                run_devices(&s[0]);
        else if (strcmp(what, "doctor") == 0)
                run_doctor(&s[0]);
        else if (strcmp(what, "report") == 0)
                run_report(&s[0]);
        else if (strcmp(what, "customer") == 0)
                run_customer(s, n, "");
        else if (strcmp(what, "customer-kept") == 0)
                run_customer(s, n, "cloud-refused");
        else if (strcmp(what, "refused") == 0)
                run_refused(&s[0]);
        else if (strcmp(what, "stop") == 0)
                run_stop(&s[0]);
        else if (strcmp(what, "choose") == 0 || strcmp(what, "hidden") == 0)
                run_answer(s, n, what);
        else if (strcmp(what, "sd-event") == 0)
                run_sd_event(&s[0]);
        else if (strcmp(what, "curl") == 0)
                run_curl(&s[0]);
        else if (strcmp(what, "sigchld") == 0)
                run_with_handler(&s[0], on_child);
        else if (strcmp(what, "sigign") == 0)
                run_with_handler(&s[0], SIG_IGN);
        else
                die("host threads|devices|doctor|fork|report|customer|customer-kept|refused|stop|choose|hidden|sd-event|curl|sigchld|sigign PROFILE "
                    "LABEL... KEY=VALUE...\n");
        for (size_t k = 0; k < n; k++)
                fprintf(stderr, "%s %d\n", s[k].label, s[k].exit_code);
        return 0;
}
