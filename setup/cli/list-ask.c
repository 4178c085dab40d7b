/* SPDX-License-Identifier: Apache-2.0 */

/* Whoever comes first is asked about first; that one is on the terminal. A question that goes away by itself
 * takes the terminal's with it: what is half typed then is lost, as it is about nobody any more. */

#include "setup/cli/list-ask.h"
#include "proto/base/secret.h"
#include "setup/cli/ask.h"
#include <errno.h>
#include <string.h>

struct asked {
        size_t row;
        bool password; /* of a network; else it is asked which network */
};

struct list_ask {
        struct host *host;
        struct board *board;
        void (*on_end)(void *userdata);
        void *userdata;
        struct usher_list *list;
        struct ask *ask;
        struct asked *queue; /* the first one is on the terminal */
        size_t n;
};

static const struct ask_events ask_events;

static int open_terminal(struct list_ask *a)
{
        return ask_new(host_loop(a->host), &ask_events, a, &a->ask);
}

int list_ask_new(struct host *host, struct board *board, void (*on_end)(void *userdata), void *userdata,
                 struct list_ask **ret)
{
        _cleanup_(list_ask_freep) struct list_ask *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        a->host = host;
        a->board = board;
        a->on_end = on_end;
        a->userdata = userdata;
        r = open_terminal(a);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

struct list_ask *list_ask_free(struct list_ask *a)
{
        if (!a)
                return NULL;
        ask_free(a->ask);
        free(a->queue);
        free(a);
        return NULL;
}

/* ---- asking ---- */

static void put_question(struct list_ask *a, const char *serial, bool password)
{
        struct usher_network seen[ASK_NETWORKS_MAX], chosen = {};
        struct ask_question question = { .seen = seen };

        if (password && usher_list_get_chosen(a->list, serial, &chosen))
                question.chosen = &chosen;
        while (!password && question.n_seen < ASK_NETWORKS_MAX &&
               usher_list_get_network(a->list, serial, question.n_seen, &seen[question.n_seen]))
                question.n_seen++;
        ask_start(a->ask, &question);
}

/* The first one of the queue; without one the table goes on. */
static void ask_next(struct list_ask *a)
{
        struct usher_list_row row;

        board_go_on(a->board);
        while (a->n > 0 && !usher_list_get_row(a->list, a->queue[0].row, &row))
                a->n--; /* there is no such row: nobody to ask about */
        if (a->n == 0)
                return;
        board_warn(a->board, "%s%s%s asks:", row.serial, row.name[0] ? ", " : "", row.name);
        board_hold(a->board);
        put_question(a, row.serial, a->queue[0].password);
}

int list_ask_question(struct list_ask *a, const struct usher_event *event)
{
        struct asked *more = reallocarray(a->queue, a->n + 1, sizeof(*more));

        if (!more)
                return -ENOMEM;
        a->list = usher_event_get_list(event);
        a->queue = more;
        a->queue[a->n++] =
                (struct asked){ .row = usher_event_get_row(event),
                                .password = strcmp(usher_event_get_question(event), "wifi-password") == 0 };
        if (a->n == 1)
                ask_next(a);
        return 0;
}

static void forget(struct list_ask *a, size_t i)
{
        memmove(&a->queue[i], &a->queue[i + 1], (a->n - i - 1) * sizeof(*a->queue));
        a->n--;
}

void list_ask_drop(struct list_ask *a, size_t row)
{
        bool first = a->n > 0 && a->queue[0].row == row;

        for (size_t i = a->n; i-- > 0;)
                if (a->queue[i].row == row)
                        forget(a, i);
        if (!first)
                return;
        a->ask = ask_free(a->ask);
        if (open_terminal(a) < 0)
                a->on_end(a->userdata);
        else
                ask_next(a);
}

/* ---- answers ---- */

static int give(struct list_ask *a, const struct asked *to, const struct ask_answer *answer)
{
        struct usher_list_row row;
        const struct secret *p = answer->password;
        const void *password = p ? secret_bytes(p) : NULL;
        size_t len = p ? secret_len(p) : 0;

        if (!usher_list_get_row(a->list, to->row, &row))
                return -ENOENT;
        return to->password ? usher_list_answer_password(a->list, row.serial, password, len)
                            : usher_list_answer_network(a->list, row.serial, answer->ssid, answer->ssid_len,
                                                        password, len);
}

/* Whether both ask the same: of one profile, about one network. */
static bool same(const struct list_ask *a, const struct asked *one, const struct asked *two)
{
        struct usher_network chosen[2] = {};
        struct usher_list_row row[2];

        if (one->password != two->password || !usher_list_get_row(a->list, one->row, &row[0]) ||
            !usher_list_get_row(a->list, two->row, &row[1]) || strcmp(row[0].profile, row[1].profile) != 0)
                return false;
        return !one->password || (usher_list_get_chosen(a->list, row[0].serial, &chosen[0]) &&
                                  usher_list_get_chosen(a->list, row[1].serial, &chosen[1]) &&
                                  chosen[0].ssid_len == chosen[1].ssid_len &&
                                  memcmp(chosen[0].ssid, chosen[1].ssid, chosen[0].ssid_len) == 0);
}

static int on_answer(void *userdata, const struct ask_answer *answer, struct trouble *ret_trouble)
{
        struct list_ask *a = userdata;
        bool again = !answer->ssid && !answer->password, *alike;
        int r;

        if (a->n == 0)
                return 0;
        alike = calloc(a->n, sizeof(*alike));
        if (!alike)
                return -ENOMEM;
        for (size_t i = 1; i < a->n && !again; i++) /* while the first one still asks */
                alike[i] = same(a, &a->queue[0], &a->queue[i]);
        r = give(a, &a->queue[0], answer);
        if (r < 0)
                host_trouble(a->host, r, ret_trouble);
        for (size_t i = a->n; r == 0 && i-- > 1;)
                if (alike[i] && give(a, &a->queue[i], answer) == 0)
                        forget(a, i);
        free(alike);
        if (r < 0)
                return r;
        forget(a, 0);
        ask_next(a);
        return 0;
}

static void on_end(void *userdata)
{
        struct list_ask *a = userdata;

        a->on_end(a->userdata);
}

static const struct ask_events ask_events = { on_answer, on_end };
