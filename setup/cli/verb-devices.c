/* SPDX-License-Identifier: Apache-2.0 */

/* A table that redraws itself on a terminal, one at the end elsewhere, or a stream of JSON objects: one for
 * each device that appears, changes or is gone. */

#include "proto/base/number.h"
#include "proto/base/timer.h"
#include "setup/cli/columns.h"
#include "setup/cli/ending.h"
#include "setup/cli/host.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/signals.h"
#include "setup/cli/verbs.h"
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
        unsigned seconds;
        bool json, live;
        struct host *host;
        struct usher_devices *devices;
        size_t lines; /* of the table on the terminal */
        bool over;
        int exit_code; /* of what ended the listening; EXIT_DONE: nothing has */
        int error;     /* of writing */
};

/* A line on the terminal must stay one line, or the table cannot be drawn over. */
static void put_row(const struct watch *w, const char *row)
{
        struct winsize size = { .ws_col = 80 };

        if (w->live)
                (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
        printf("%.*s\n", w->live && size.ws_col > 0 ? (int)columns_fit(row, size.ws_col - 1u) : ROW_MAX,
               row);
}

static void put_device(const struct watch *w, const struct usher_device *d)
{
        const char *name = d->name ? d->name : "-";
        char row[ROW_MAX], rssi[16] = "-";

        if (d->rssi)
                (void)snprintf(rssi, sizeof(rssi), "%d dBm", d->rssi);
        (void)snprintf(row, sizeof(row), ROW_FORMAT, columns_field(name, NAME_COLUMNS), name,
                       d->platform ? d->platform : "-", d->setup_code ? d->setup_code : "-", rssi,
                       d->address, d->connectable ? "possible" : d->why);
        put_row(w, row);
}

static void put_table(struct watch *w)
{
        struct usher_device d;
        char head[ROW_MAX];
        size_t i;

        if (w->live && w->lines > 0)
                printf("\033[%zuA\033[J", w->lines);
        (void)snprintf(head, sizeof(head), ROW_FORMAT, NAME_COLUMNS, "NAME", "PLATFORM", "CODE", "SIGNAL",
                       "ADDRESS", "SETUP");
        put_row(w, head);
        for (i = 0; usher_devices_get(w->devices, i, &d); i++)
                put_device(w, &d);
        if (i == 0)
                put_row(w, "(none is heard: its light must blink dark blue, and nobody be connected to it)");
        w->lines = i == 0 ? 2 : i + 1;
        if (fflush(stdout) != 0)
                w->error = -errno;
}

static void put_json(struct watch *w, const struct usher_event *e)
{
        int r = line_put(stdout, usher_event_get_json(e));

        if (r < 0)
                w->error = r;
}

static void end_with(struct watch *w, const struct usher_event *e)
{
        struct trouble why;

        host_told(usher_event_get_fault(e), usher_event_get_cause(e), &why);
        w->exit_code = progress_trouble(stderr, &why);
        w->over = true;
}

static void on_event(void *userdata, struct usher_event *e)
{
        struct watch *w = userdata;
        enum usher_event_kind kind = usher_event_get_kind(e);

        if (kind == USHER_EVENT_DEVICES_END)
                end_with(w, e);
        else if (kind == USHER_EVENT_DEVICE && w->json)
                put_json(w, e);
        else if (kind == USHER_EVENT_DEVICES && w->live)
                put_table(w);
        w->over |= w->error < 0;
}

static void on_time(void *userdata)
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
                return w->exit_code;
        if (line_kept())
                fprintf(stderr, "usher devices: %s\n", strerror(r < 0 ? -r : -w->error));
        return EXIT_INTERNAL;
}

/* -EINVAL: the command line is wrong, and that was said. */
static int listen(struct watch *w)
{
        struct trouble why;
        int r = signals_watch(host_loop(w->host));

        host_listen(w->host, on_event, w);
        if (r >= 0)
                r = usher_devices_new(host_ctx(w->host), &w->devices);
        if (r == -EINVAL) {
                host_trouble(w->host, r, &why);
                return ending_misuse("devices", "%s.", why.cause);
        }
        return r < 0 ? r : 0;
}

static int watch(struct watch *w)
{
        _cleanup_(timer_freep) struct timer *end = NULL;
        int r = listen(w);

        if (r == -EINVAL)
                return EXIT_USAGE;
        if (r >= 0 && w->seconds > 0)
                r = timer_new(host_loop(w->host), w->seconds * 1000u, on_time, w, &end);
        if (r >= 0 && w->live)
                put_table(w);
        if (r >= 0)
                r = host_until(w->host, &w->over);
        if ((r == 0 || r == -ECANCELED) && w->exit_code == EXIT_DONE && !w->json && !w->live)
                put_table(w);
        usher_devices_free(w->devices);
        return exit_code(w, r);
}

static int run_devices(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        _cleanup_(host_freep) struct host *host = NULL;
        struct host_settings settings = {};
        struct watch w = {};
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                if (id == OPT_RADIO)
                        settings.radio = value;
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
        if (host_new(&settings, &host) < 0)
                return EXIT_INTERNAL;
        w.host = host;
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
