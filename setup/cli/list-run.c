/* SPDX-License-Identifier: Apache-2.0 */

/* Ctrl-C lets the steps in hand end, as what is half done with a device is the worst place to stop at. The
 * library says when that is so far, and has then written down where to go on. */

#include "setup/cli/list-run.h"
#include "setup/cli/board.h"
#include "setup/cli/line.h"
#include "setup/cli/list-ask.h"
#include "setup/cli/signals.h"
#include <errno.h>
#include <string.h>

struct list_run {
        const struct setup_args *args;
        struct host *host;
        struct usher_list *list;
        struct board *board;
        struct list_ask *ask; /* NULL: nobody to ask */
        struct signals_stop stop;
        bool *begun; /* of each row: it was told that it began */
        size_t n_begun;
        bool told_before; /* what was done before this run */
        bool deserted;    /* the person at the terminal is gone */
        bool over;
        int error;           /* of writing events */
        const char *held_up; /* fault that holds everything up; NULL: none */
        struct list_end end;
};

/* ---- events ---- */

static void end_now(struct list_run *x)
{
        (void)usher_list_stop(x->list);
        (void)usher_list_stop(x->list);
}

static void put(struct list_run *x, const struct usher_event *e)
{
        const char *json = x->args->json && x->error == 0 ? usher_event_get_json(e) : NULL;

        if (json)
                x->error = x->over ? line_result(stdout, json) : line_put(stdout, json);
        if (json && x->error < 0)
                end_now(x);
}

/* Before the first row begins; where nobody scrolls a table away, each by its name. */
static void tell_before(struct list_run *x)
{
        struct usher_list_counts counts;
        struct usher_list_row row;

        if (x->told_before)
                return;
        x->told_before = true;
        usher_list_get_counts(x->list, &counts);
        x->n_begun = counts.before;
        if (counts.before > 0 && board_has_table(x->board))
                board_say(x->board, "%zu of %zu were set up before.", counts.before,
                          usher_list_count(x->list));
        else if (counts.before > 0)
                for (size_t i = 0; usher_list_get_row(x->list, i, &row); i++)
                        if (row.before)
                                board_say(x->board, "%s was set up before.", row.serial);
}

static void begin_row(struct list_run *x, size_t i)
{
        struct usher_list_row row;

        if (!usher_list_get_row(x->list, i, &row))
                return;
        tell_before(x);
        (void)board_begin(x->board, i, row.serial, row.name);
        if (x->begun[i])
                return;
        x->begun[i] = true;
        x->n_begun++;
        if (!board_has_table(x->board))
                board_say(x->board, "%zu of %zu: %s%s%s", x->n_begun, usher_list_count(x->list), row.serial,
                          row.name[0] ? ", " : "", row.name);
}

static void tell_step(struct list_run *x, const struct usher_event *e)
{
        size_t row = usher_event_get_row(e);
        struct progress_step step = progress_step_of(e);

        if (usher_event_get_kind(e) != USHER_EVENT_STEP)
                step.state = NULL; /* it takes long */
        begin_row(x, row);
        board_step(x->board, row, &step);
        put(x, e);
}

static void tell_question(struct list_run *x, const struct usher_event *e)
{
        begin_row(x, usher_event_get_row(e));
        if (x->ask)
                (void)list_ask_question(x->ask, e);
        put(x, e);
}

static void tell_result(struct list_run *x, const struct usher_event *e)
{
        size_t i = usher_event_get_row(e);
        struct usher_list_row row;

        if (!usher_list_get_row(x->list, i, &row))
                return;
        begin_row(x, i);
        if (x->ask)
                list_ask_drop(x->ask, i);
        board_end(x->board, i,
                  &(struct board_end){ .outcome = row.state,
                                       .sentence = usher_event_get_sentence(e),
                                       .cause = usher_event_get_cause(e),
                                       .advice = usher_event_get_advice(e),
                                       .ms = usher_event_get_ms(e) });
        put(x, e);
}

static void drop_row(struct list_run *x, size_t key, const struct usher_list_row *row)
{
        if (x->ask)
                list_ask_drop(x->ask, key);
        board_end(x->board, key, &(struct board_end){});
        if (row->cause)
                board_say(x->board, "%s  tried again later: %s", row->serial, row->cause);
}

/* Those that were given back, to be tried again. */
static void drop_waiting(struct list_run *x)
{
        struct usher_list_row row;
        size_t key;

        for (size_t i = 0; board_at(x->board, i, &key);)
                if (usher_list_get_row(x->list, key, &row) && strcmp(row.state, "waiting") == 0)
                        drop_row(x, key, &row);
                else
                        i++;
}

static void tell_trouble(struct list_run *x, const struct usher_event *e)
{
        const char *fault = usher_event_get_fault(e), *cause = usher_event_get_cause(e);

        if (fault && (!x->held_up || strcmp(fault, x->held_up) != 0))
                board_warn(x->board, "%s%s%s%s", usher_event_get_sentence(e), cause ? " (" : "",
                           cause ? cause : "", cause ? ")" : "");
        else if (!fault && x->held_up)
                board_warn(x->board, "It goes on.");
        x->held_up = fault;
}

static void tell_list(struct list_run *x, const struct usher_event *e)
{
        struct usher_list_counts c;

        usher_list_get_counts(x->list, &c);
        board_count(x->board, &(struct board_counts){ .waiting = c.waiting,
                                                      .working = c.running + c.asking,
                                                      .pending = c.pending,
                                                      .done = c.done,
                                                      .failed = c.failed,
                                                      .cancelled = c.cancelled });
        drop_waiting(x);
        tell_trouble(x, e);
}

static void tell_end(struct list_run *x, const struct usher_event *e)
{
        tell_before(x);
        x->over = true;
        x->end.exit_code = usher_event_get_exit(e);
        host_told(usher_event_get_fault(e), usher_event_get_cause(e), &x->end.why);
        put(x, e);
}

static void on_event(void *userdata, struct usher_event *e)
{
        struct list_run *x = userdata;

        switch (usher_event_get_kind(e)) {
        case USHER_EVENT_STEP:
        case USHER_EVENT_PROGRESS: tell_step(x, e); break;
        case USHER_EVENT_QUIET: board_quiet(x->board, usher_event_get_row(e)); break;
        case USHER_EVENT_QUESTION: tell_question(x, e); break;
        case USHER_EVENT_RESULT: tell_result(x, e); break;
        case USHER_EVENT_LIST: tell_list(x, e); break;
        case USHER_EVENT_LIST_END: tell_end(x, e); break;
        case USHER_EVENT_LOOK:
        case USHER_EVENT_DEVICE:
        case USHER_EVENT_DEVICES:
        case USHER_EVENT_DEVICES_END:
        case USHER_EVENT_CHECK:
        case USHER_EVENT_VERDICT:
        case USHER_EVENT_SIGNED_OUT: break; /* of no list */
        }
}

/* ---- people ---- */

static void on_stop(void *userdata, bool at_once)
{
        struct list_run *x = userdata;

        if (at_once) {
                end_now(x);
                return;
        }
        board_warn(x->board, "It ends when the steps in hand have ended; Ctrl-C again ends it at once.");
        (void)usher_list_stop(x->list);
}

static void on_desertion(void *userdata)
{
        struct list_run *x = userdata;

        x->deserted = true;
        end_now(x);
}

/* Without a terminal a question is a fault. */
static int open_terminal(struct list_run *x)
{
        if (x->args->no_input || list_ask_new(x->host, x->board, on_desertion, x, &x->ask) < 0)
                return 0;
        return usher_ctx_set(host_ctx(x->host), "interactive", "yes");
}

/* ---- the run ---- */

static void sum_up(struct list_run *x)
{
        struct usher_list_counts c;

        usher_list_get_counts(x->list, &c);
        board_say(x->board, "%zu done, %zu failed, %zu pending, %zu cancelled.", c.done, c.failed, c.pending,
                  c.cancelled);
        if (c.failed + c.pending + c.cancelled > 0)
                board_say(x->board, "The same command goes on with those that are not done.");
}

static int open_all(struct list_run *x)
{
        int r = board_new(stderr, x->args->quiet, host_loop(x->host), &x->board);

        if (r < 0)
                return r;
        if (x->args->verbose)
                board_set_verbose(x->board);
        x->begun = calloc(usher_list_count(x->list), sizeof(*x->begun));
        if (!x->begun)
                return -ENOMEM;
        x->stop = (struct signals_stop){ .fn = on_stop, .userdata = x };
        r = signals_watch_stop(host_loop(x->host), &x->stop);
        return r < 0 ? r : open_terminal(x);
}

static int perform(struct list_run *x, struct trouble *ret_trouble)
{
        int r = open_all(x);

        host_listen(x->host, on_event, x);
        if (r >= 0)
                r = usher_list_start(x->list);
        if (r == -EINVAL)
                host_trouble(x->host, r, ret_trouble);
        if (r >= 0)
                r = host_until(x->host, &x->over);
        host_listen(x->host, NULL, NULL);
        if (r >= 0)
                sum_up(x);
        return r < 0 ? r : x->error;
}

int list_run(const struct setup_args *args, struct host *host, struct usher_list *list, struct list_end *ret,
             struct trouble *ret_trouble)
{
        struct list_run x = { .args = args, .host = host, .list = list };
        int r = perform(&x, ret_trouble);

        list_ask_free(x.ask);
        board_free(x.board);
        free(x.begun);
        if (r < 0)
                return r;
        *ret = x.end;
        if (x.deserted)
                ret->exit_code = EXIT_CANCELLED;
        return 0;
}
