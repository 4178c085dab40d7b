/* SPDX-License-Identifier: Apache-2.0 */

/* A table that redraws itself on a terminal, one at the end elsewhere, or a stream of JSON objects: one for
 * each device that appears, changes or is gone. */

#include "proto/base/number.h"
#include "proto/base/timer.h"
#include "setup/cli/columns.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/signals.h"
#include "setup/cli/verbs.h"
#include "setup/engine/event.h"
#include "setup/flow/platform.h"
#include "setup/ports/context.h"
#include "setup/ports/heard.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

enum { OPT_RADIO = OPTION_OWN, OPT_SECONDS, OPT_JSON };
enum { SECONDS_PRESET = 6, SECONDS_MAX = 86400, ROW_MAX = 320, NAME_COLUMNS = 20 };

#define ROW_FORMAT "%-*s %-10s %-7s %8s  %-18s %s"

static const struct verb_option devices_options[] = {
        { .id = OPT_RADIO,
          .name = "radio",
          .group = GROUP_DEVICE,
          .value = "SPEC",
          .variable = "USHER_RADIO",
          .help = "'bluez' (default), bluez:hciN, or sim:DIR for the virtual devices of usher-sim." },
        { .id = OPT_SECONDS,
          .name = "seconds",
          .value = "N",
          .help = "Look for so long; without it until Ctrl-C on a terminal, else for 6 seconds." },
        { .id = OPT_JSON,
          .name = "json",
          .group = GROUP_RUN,
          .help = "One JSON object for each device that appears, changes or goes." },
        {},
};

struct watch {
        const char *radio;
        unsigned seconds;
        bool json, live;
        struct context *context;
        struct heard *heard;
        struct heard_device told[HEARD_MAX]; /* JSON: what was said last */
        size_t n_told;
        size_t lines; /* of the table on the terminal */
        bool over;
        enum fault fault;
        int error; /* of writing */
};

static const char *platform_key(unsigned id)
{
        const struct platform *p = id ? platform_by_id(id) : NULL;

        return p ? p->name : NULL;
}

/* words */
/* A line on the terminal must stay one line, or the table cannot be drawn over. */
static void put_row(const struct watch *w, const char *row)
{
        struct winsize size = { .ws_col = 80 };

        if (w->live)
                (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
        printf("%.*s\n", w->live && size.ws_col > 0 ? (int)columns_fit(row, size.ws_col - 1u) : ROW_MAX,
               row);
}

static void put_device(const struct watch *w, const struct heard_device *d)
{
        const char *platform = platform_key(d->platform_id);
        const char *name = *d->name ? d->name : "-";
        char row[ROW_MAX], rssi[16] = "-";

        if (d->rssi)
                (void)snprintf(rssi, sizeof(rssi), "%d dBm", d->rssi);
        (void)snprintf(row, sizeof(row), ROW_FORMAT, columns_field(name, NAME_COLUMNS), name,
                       platform ? platform : "-", *d->setup_code ? d->setup_code : "-", rssi, d->address,
                       d->connectable ? "possible" : d->why);
        put_row(w, row);
}

static void put_table(struct watch *w)
{
        const struct heard_device *d;
        char head[ROW_MAX];
        size_t i;

        if (w->live && w->lines > 0)
                printf("\033[%zuA\033[J", w->lines);
        (void)snprintf(head, sizeof(head), ROW_FORMAT, NAME_COLUMNS, "NAME", "PLATFORM", "CODE", "SIGNAL",
                       "ADDRESS", "SETUP");
        put_row(w, head);
        for (i = 0; (d = heard_at(w->heard, i)); i++)
                put_device(w, d);
        if (i == 0)
                put_row(w, "(none is heard: its light must blink dark blue, and nobody be connected to it)");
        w->lines = i == 0 ? 2 : i + 1;
        if (fflush(stdout) != 0)
                w->error = -errno;
}

/* JSON */
static void put_json(struct watch *w, const struct heard_device *d, bool gone)
{
        int r;

        r = line_event(stdout, "device",
                       json_pack("{s:o, s:s?, s:o, s:o, s:o, s:b, s:s?, s:b}", "name", event_text(d->name),
                                 "platform", platform_key(d->platform_id), "setup_code",
                                 event_text(d->setup_code), "rssi",
                                 d->rssi ? json_integer(d->rssi) : json_null(), "address",
                                 event_word(d->address), "connectable", d->connectable && !gone, "why",
                                 d->why, "gone", gone));
        if (r < 0)
                w->error = r;
}

static const struct heard_device *by_address(const struct heard_device *list, size_t n, const char *address)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(list[i].address, address) == 0)
                        return &list[i];
        return NULL;
}

static void put_changes(struct watch *w)
{
        struct heard_device now[HEARD_MAX];
        const struct heard_device *d, *before;
        size_t n = 0;

        while ((d = heard_at(w->heard, n)))
                memcpy(&now[n++], d, sizeof(*d));
        for (size_t i = 0; i < w->n_told; i++)
                if (!by_address(now, n, w->told[i].address))
                        put_json(w, &w->told[i], true);
        for (size_t i = 0; i < n; i++) {
                before = by_address(w->told, w->n_told, now[i].address);
                if (!before || memcmp(before, &now[i], sizeof(now[i])) != 0)
                        put_json(w, &now[i], false);
        }
        memcpy(w->told, now, n * sizeof(now[0]));
        w->n_told = n;
}

/* events */
static void on_changed(void *userdata)
{
        struct watch *w = userdata;

        if (w->json)
                put_changes(w);
        else if (w->live)
                put_table(w);
        w->over |= w->error < 0;
}

static void on_failed(void *userdata, const struct trouble *why)
{
        struct watch *w = userdata;

        w->fault = why->fault;
        w->over = true;
        (void)progress_trouble(stderr, why);
}

static void on_end(void *userdata)
{
        ((struct watch *)userdata)->over = true;
}

static int take_seconds(const char *value, unsigned *ret)
{
        int r = number_read(value, 1, SECONDS_MAX, ret);

        if (r < 0)
                return ending_misuse("devices", "--seconds is a number from 1 to %d.", SECONDS_MAX);
        return 0;
}

static int exit_code(const struct watch *w, int r)
{
        /* ending a list that would never end by itself is how it is used */
        if (r == -ECANCELED)
                return w->live ? EXIT_DONE : EXIT_CANCELLED;
        if (r == 0 && w->error == 0)
                return w->fault == FAULT_NONE ? EXIT_DONE : fault_info(w->fault)->exit_code;
        if (line_kept())
                fprintf(stderr, "usher devices: %s\n", strerror(r < 0 ? -r : -w->error));
        return EXIT_INTERNAL;
}

static int watch(struct watch *w)
{
        static const struct heard_events events = { .changed = on_changed, .failed = on_failed };
        _cleanup_(timer_freep) struct timer *end = NULL;
        struct trouble why = {};
        struct radio *radio;
        int r;

        r = signals_watch(context_loop(w->context));
        if (r >= 0)
                r = context_radio(w->context, w->radio, &radio, &why);
        if (r == -EINVAL) {
                (void)ending_misuse("devices", "%s.", why.cause);
                return EXIT_USAGE;
        }
        if (r >= 0)
                r = heard_new(radio, &events, w, &w->heard);
        if (r >= 0 && w->seconds > 0)
                r = timer_new(context_loop(w->context), w->seconds * 1000u, on_end, w, &end);
        if (r >= 0 && w->live)
                put_table(w);
        if (r >= 0)
                r = context_until(w->context, &w->over);
        if ((r == 0 || r == -ECANCELED) && w->fault == FAULT_NONE && !w->json && !w->live)
                put_table(w);
        w->heard = heard_free(w->heard);
        return exit_code(w, r);
}

static int run_devices(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        _cleanup_(context_freep) struct context *context = NULL;
        struct watch w = {};
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                if (id == OPT_RADIO)
                        w.radio = value;
                else if (id == OPT_JSON)
                        w.json = true;
                else if (id == OPT_SECONDS && take_seconds(value, &w.seconds) < 0)
                        return EXIT_USAGE;
        }
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        w.live = !w.json && isatty(STDOUT_FILENO);
        if (w.seconds == 0 && !w.live && !w.json)
                w.seconds = SECONDS_PRESET;
        r = context_new(&context);
        if (r < 0)
                return EXIT_INTERNAL;
        w.context = context;
        return watch(&w);
}

const struct verb verb_devices = {
        .name = "devices",
        .arguments = "",
        .summary = "list the devices in setup mode nearby",
        .options = devices_options,
        .examples = examples_devices,
        .run = run_devices,
};
