/* SPDX-License-Identifier: Apache-2.0 */

/* A question has the terminal in its line mode: the kernel does the editing, a whole line becomes readable
 * at once, and only ECHO is taken away for a password. Ctrl-C is the main program's business. */

#include "setup/cli/ask.h"
#include "proto/base/number.h"
#include "proto/base/text.h"
#include "setup/cli/columns.h"
#include "setup/label/label.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <systemd/sd-event.h>
#include <termios.h>

enum { NAME_COLUMNS = 32 };

/* As the terminal was found, which may be without echo (silence.h); else a question stands there. */
enum echo { ECHO_AS_FOUND, ECHO_ON, ECHO_OFF };

enum asking { ASK_NOTHING, ASK_NETWORK, ASK_PASSWORD };

struct ask {
        const struct ask_events *events;
        void *userdata;
        int fd;
        struct termios found;
        enum echo echo;
        enum asking asking;
        sd_event_source *input, *stop;
        struct usher_network list[ASK_NETWORKS_MAX];
        size_t n_list;
        struct usher_network network; /* that is asked for the password of, or chosen so far */
        bool asks_network;            /* and not only for a password */
        char line[MAX_CANON + 1];
};

/* terminal */

static void set_echo(struct ask *a, enum echo echo)
{
        struct termios t = a->found;

        if (echo != ECHO_AS_FOUND)
                t.c_lflag |= ECHO | ECHOE | ECHOK | ICANON;
        if (echo == ECHO_OFF) {
                t.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK);
                t.c_lflag |= ECHONL;
        }
        (void)tcsetattr(a->fd, TCSAFLUSH, &t);
        a->echo = echo;
}

/* Ctrl-Z: the shell gets its terminal back with echo. */
static int on_stop(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        struct ask *a = userdata;
        enum echo echo = a->echo;

        (void)source;
        (void)si;
        if (echo == ECHO_OFF)
                set_echo(a, ECHO_ON);
        (void)raise(SIGSTOP);
        if (echo == ECHO_OFF)
                set_echo(a, ECHO_OFF);
        return 0;
}

static void say(struct ask *a, const char *text)
{
        (void)!write(a->fd, text, strlen(text));
}

/* questions */

static const char *strength(int rssi)
{
        return rssi >= -60 ? "strong" : rssi >= -72 ? "fair" : "weak";
}

static const char network_prompt[] = "Number, r to scan again, or the name of a hidden network: ";

static void prompt_network(struct ask *a)
{
        set_echo(a, ECHO_ON);
        a->asking = ASK_NETWORK;
        say(a, network_prompt);
}

static void prompt_password(struct ask *a)
{
        char line[sizeof(a->network.name) + 40];

        (void)snprintf(line, sizeof(line), "Password of \"%s\" (not shown): ", a->network.name);
        set_echo(a,
                 ECHO_OFF); /* before the prompt: what was typed until now is dropped, not what follows it */
        a->asking = ASK_PASSWORD;
        say(a, line);
}

static void list_networks(struct ask *a)
{
        char line[sizeof(a->network.name) + 64];

        say(a, a->n_list ? "The device sees these networks:\n" : "The device sees no network.\n");
        for (size_t i = 0; i < a->n_list; i++) {
                const struct usher_network *n = &a->list[i];

                (void)snprintf(line, sizeof(line), "  %2zu  %-*s %4d dBm %-6s  %s\n", i + 1,
                               columns_field(n->name, NAME_COLUMNS), n->name, n->rssi, strength(n->rssi),
                               n->security ? n->security : "?");
                say(a, line);
        }
}

void ask_start(struct ask *a, const struct ask_question *question)
{
        a->asks_network = !question->chosen;
        a->network = question->chosen ? *question->chosen : (struct usher_network){};
        a->n_list = question->n_seen < ASK_NETWORKS_MAX ? question->n_seen : ASK_NETWORKS_MAX;
        for (size_t i = 0; i < a->n_list; i++)
                a->list[i] = question->seen[i];
        if (!a->asks_network) {
                prompt_password(a);
                return;
        }
        list_networks(a);
        prompt_network(a);
}

void ask_start_job(struct ask *a, const struct usher_event *event, const struct usher_job *job)
{
        bool for_password = strcmp(usher_event_get_question(event), "wifi-password") == 0;
        struct usher_network seen[ASK_NETWORKS_MAX], chosen = {};
        struct ask_question question = { .seen = seen };

        if (for_password && usher_job_get_chosen(job, &chosen))
                question.chosen = &chosen;
        while (!for_password && question.n_seen < ASK_NETWORKS_MAX &&
               usher_job_get_network(job, question.n_seen, &seen[question.n_seen]))
                question.n_seen++;
        ask_start(a, &question);
}

/* answers */

static void again(struct ask *a, const char *why)
{
        char line[TROUBLE_CAUSE_MAX + 8];

        (void)snprintf(line, sizeof(line), "%s.\n", why);
        say(a, line);
        if (a->asking == ASK_PASSWORD)
                prompt_password(a);
        else
                prompt_network(a);
}

/* Gives it to whoever asked. */
static void answer(struct ask *a, const struct ask_answer *given)
{
        struct trouble why = {};
        enum asking asked = a->asking;
        int r;

        a->asking = ASK_NOTHING;
        set_echo(a, ECHO_AS_FOUND);
        r = a->events->on_answer(a->userdata, given, &why);
        if (r == 0)
                return;
        a->asking = asked;
        trouble_complete(&why, r);
        again(a, trouble_words(&why));
}

static void answer_network(struct ask *a, const struct secret *password)
{
        answer(a, &(struct ask_answer){ .ssid = a->asks_network ? a->network.ssid : NULL,
                                        .ssid_len = a->asks_network ? a->network.ssid_len : 0,
                                        .password = password });
}

/* The network that is seen under the name that the line is. */
static const struct usher_network *on_list(const struct ask *a, size_t len)
{
        for (size_t i = 0; i < a->n_list; i++)
                if (a->list[i].ssid_len == len && memcmp(a->list[i].ssid, a->line, len) == 0)
                        return &a->list[i];
        return NULL;
}

/* Takes the question off the screen with the answer of so many characters that the terminal has shown. */
static void wipe(struct ask *a, size_t len)
{
        const char *term = getenv("TERM");
        struct winsize size = {};
        size_t columns = sizeof(network_prompt) - 1 + len, width = 80;

        if (!term || strcmp(term, "dumb") == 0)
                return;
        if (ioctl(a->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                width = size.ws_col;
        for (size_t lines = (columns + width - 1) / width; lines > 0; lines--)
                say(a, "\033[A\r\033[K");
}

/* A scanner that plays a keyboard, pulled once too often. Its secret does not stay on the screen. */
static bool is_sticker(struct ask *a, size_t len)
{
        if (label_check(a->line, len) != FAULT_NONE)
                return false;
        if (a->asking == ASK_NETWORK)
                wipe(a, len);
        again(a, "That was a sticker, and nothing was done with it: here a network is asked for");
        return true;
}

/* One that the device does not see is hidden, or not there. */
static struct usher_network named(const struct ask *a, size_t len)
{
        const struct usher_network *seen = on_list(a, len);
        struct usher_network n = { .ssid_len = len };

        if (seen)
                return *seen;
        memcpy(n.ssid, a->line, len);
        memcpy(n.name, a->line, len);
        text_clean(n.name);
        return n;
}

static void take_network(struct ask *a, size_t len)
{
        unsigned number;

        if (strcasecmp(a->line, "r") == 0 && !on_list(a, len)) {
                answer(a, &(struct ask_answer){});
                return;
        }
        if (number_read(a->line, 1, (unsigned)a->n_list, &number) == 0) {
                a->network = a->list[number - 1];
        } else if (len > 0 && strspn(a->line, "0123456789") == len && !on_list(a, len)) {
                again(a, "There is no such number in the list (a hidden network of that name: --wifi-ssid)");
                return;
        } else if (len == 0 || len > sizeof(a->network.ssid)) {
                again(a, "A network name has 1 to 32 bytes");
                return;
        } else {
                a->network = named(a, len);
        }
        if (a->network.open)
                answer_network(a, NULL);
        else
                prompt_password(a);
}

static void take_password(struct ask *a, size_t len)
{
        _cleanup_(secret_freep) struct secret *password = NULL;

        if (secret_new(a->line, len, &password) < 0)
                again(a, "Out of memory");
        else
                answer_network(a, password);
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct ask *a = userdata;
        ssize_t n = read(fd, a->line, sizeof(a->line) - 1);
        size_t len = n > 0 ? (size_t)n : 0;

        (void)revents;
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <= 0) {
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
                a->events->on_end(a->userdata);
                return 0;
        }
        if (a->line[len - 1] == '\n')
                len--;
        a->line[len] = 0;
        switch (a->asking == ASK_NOTHING || is_sticker(a, len) ? ASK_NOTHING : a->asking) {
        case ASK_NOTHING: break; /* typed ahead: nobody asked */
        case ASK_NETWORK: take_network(a, len); break;
        case ASK_PASSWORD: take_password(a, len); break;
        }
        sodium_memzero(a->line, sizeof(a->line));
        return 0;
}

/* life */

int ask_new(sd_event *loop, const struct ask_events *events, void *userdata, struct ask **ret)
{
        _cleanup_(ask_freep) struct ask *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        a->events = events;
        a->userdata = userdata;
        a->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        if (a->fd < 0 || tcgetattr(a->fd, &a->found) < 0)
                return -errno;
        r = sd_event_add_io(loop, &a->input, a->fd, EPOLLIN, on_input, a);
        if (r < 0)
                return r;
        r = sd_event_add_signal(loop, &a->stop, SIGTSTP | SD_EVENT_SIGNAL_PROCMASK, on_stop, a);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

struct ask *ask_free(struct ask *a)
{
        if (!a)
                return NULL;
        if (a->echo != ECHO_AS_FOUND)
                set_echo(a, ECHO_AS_FOUND);
        sd_event_source_disable_unref(a->input);
        sd_event_source_disable_unref(a->stop);
        if (a->fd >= 0)
                (void)close(a->fd);
        sodium_memzero(a->line, sizeof(a->line));
        free(a);
        return NULL;
}
