/* SPDX-License-Identifier: Apache-2.0 */

/* What is wanted (somebody searches, nobody holds) against what is (state), and one function, pump(), that
 * moves the one towards the other. Every wait in it ends by an answer of bluetoothd or by the call's
 * timeout.
 *
 * Transport "le" spares the inquiry of classic Bluetooth; the service UUID is in the scan response, which
 * makes bluetoothd scan actively; DuplicateData asks for every advert, so that the first one of a device is
 * not lost between two scan cycles (bluez.md 22). The filter is merged with those of other clients
 * (bluez.md 15), and another client's scan outlives ours: matching never relies on the filter, and "quiet"
 * means that bluetoothd took our StopDiscovery, not that the radio is silent.
 *
 * The scan is stopped before Connect and stays so until the services are known (bluez.md 2): a scan that
 * comes back into a young link has killed links in the field. While another usher process connects ours
 * pauses too. */

#include "ble/discovery.h"
#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/error.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
        CALL_TIMEOUT_MS = 5000,
        WATCH_MS = 100,   /* how often a running scan looks after other processes and a scan that ended */
        RETRY_MS = 200,   /* after a refusal, times the number of refusals */
        REFUSALS_MAX = 6, /* then whoever searches is told; the scan is tried on */
        ENDED_TICKS = 3,  /* ticks without "Discovering" before the scan is begun anew */
};

enum scan_state { SCAN_IDLE, SCAN_STARTING, SCAN_RUNNING, SCAN_STOPPING };

struct discovery {
        struct objects *objects;
        struct turn *turn;
        char adapter[BLE_PATH_MAX]; /* "" = none */
        enum scan_state state;
        bool filter_stale;
        unsigned refusals, ended_ticks;
        uint64_t not_before_ms; /* after a refusal */
        sd_bus_slot *call, *filter_call;
        struct timer *timer;
        struct discovery_user *users;
        struct discovery_hold *holds;
};

static void pump(struct discovery *d);

int discovery_new(struct objects *o, struct turn *turn, struct discovery **ret)
{
        struct discovery *d = calloc(1, sizeof(*d));

        if (!d)
                return -ENOMEM;
        d->objects = o;
        d->turn = turn;
        *ret = d;
        return 0;
}

static void forget_calls(struct discovery *d)
{
        d->call = sd_bus_slot_unref(d->call);
        d->filter_call = sd_bus_slot_unref(d->filter_call);
        d->timer = timer_free(d->timer);
}

static int call(struct discovery *d, const char *method, sd_bus_message_handler_t done)
{
        const struct bluez_call call = {
                .path = d->adapter,
                .interface = BLUEZ_IFACE_ADAPTER,
                .method = method,
                .done = done,
                .timeout_ms = CALL_TIMEOUT_MS,
        };

        return bluez_call(objects_bus(d->objects), &call, d, &d->call);
}

struct discovery *discovery_free(struct discovery *d)
{
        if (!d)
                return NULL;
        /* The scan ends with the bus connection anyway; saying so spares bluetoothd the clean-up */
        if (d->state == SCAN_RUNNING || d->state == SCAN_STARTING)
                (void)call(d, "StopDiscovery", NULL);
        forget_calls(d);
        free(d);
        return NULL;
}

static bool is_wanted(struct discovery *d)
{
        return *d->adapter && d->users && !d->holds &&
               !turn_is_foreign(d->turn, d->adapter + strlen("/org/bluez/"));
}

/* An old bluetoothd that does not know a key refuses the filter; the scan then runs unfiltered, which is
 * slower but finds the same. */
static int on_filter(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct discovery *d = userdata;

        (void)m;
        (void)reterr;
        d->filter_call = sd_bus_slot_unref(d->filter_call);
        return 0;
}

static int append_services(const struct discovery *d, sd_bus_message *m)
{
        int r;

        r = sd_bus_message_open_container(m, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", "UUIDs");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'v', "as");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (struct discovery_user *u = d->users; u && r >= 0; u = u->next)
                r = sd_bus_message_append(m, "s", u->service);
        for (int i = 0; i < 3 && r >= 0; i++)
                r = sd_bus_message_close_container(m);
        return r;
}

static int append_filter(sd_bus_message *m, const void *discovery)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}", "Transport", "s", "le", "DuplicateData", "b", 1);
        if (r >= 0)
                r = append_services(discovery, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int set_filter(struct discovery *d)
{
        const struct bluez_call call = {
                .path = d->adapter,
                .interface = BLUEZ_IFACE_ADAPTER,
                .method = "SetDiscoveryFilter",
                .fill = append_filter,
                .arg = d,
                .done = on_filter,
                .timeout_ms = CALL_TIMEOUT_MS,
        };

        d->filter_stale = false;
        return bluez_call(objects_bus(d->objects), &call, d, &d->filter_call);
}

static void tell_failure(struct discovery *d, enum fault fault, const sd_bus_error *e)
{
        struct trouble why;

        (void)trouble_set(&why, fault, "%s", bluez_error_text(e));
        for (struct discovery_user *u = d->users, *next; u; u = next) {
                next = u->next;
                u->failed(u->userdata, &why);
        }
}

static void on_tick(void *userdata)
{
        struct discovery *d = userdata;
        const struct ble_adapter *a = objects_adapter(d->objects, d->adapter);

        d->timer = timer_free(d->timer);
        if (d->state == SCAN_RUNNING) {
                d->ended_ticks = a && !a->discovering ? d->ended_ticks + 1 : 0;
                if (d->ended_ticks >= ENDED_TICKS) {
                        /* bluetoothd pauses for seconds between two scans; beginning anew cuts the pause */
                        d->ended_ticks = 0;
                        d->filter_stale = true;
                }
        }
        pump(d);
}

static int on_started(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct discovery *d = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);
        enum bluez_error class = bluez_error_class(e);

        (void)reterr;
        d->call = sd_bus_slot_unref(d->call);
        if (class == BLUEZ_OK) {
                d->state = SCAN_RUNNING;
                d->refusals = d->ended_ticks = 0;
                pump(d);
                return 0;
        }
        d->state = SCAN_IDLE;
        d->refusals++;
        if (class == BLUEZ_DENIED)
                tell_failure(d, FAULT_BT_NOT_PERMITTED, e);
        else if (d->refusals == REFUSALS_MAX)
                tell_failure(d, FAULT_BT_BUSY, e);
        d->not_before_ms =
                timer_now_ms() + RETRY_MS * (d->refusals < REFUSALS_MAX ? d->refusals : REFUSALS_MAX);
        pump(d);
        return 0;
}

/* An adapter that lost its power has no scan to stop, and says so: no matter (bluez.md 16). */
static int on_stopped(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct discovery *d = userdata;

        (void)m;
        (void)reterr;
        d->call = sd_bus_slot_unref(d->call);
        d->state = SCAN_IDLE;
        pump(d);
        return 0;
}

static void on_quiet(void *userdata)
{
        struct discovery_hold *h = userdata;

        h->timer = timer_free(h->timer);
        h->quiet(h->userdata);
}

static void tell_quiet(struct discovery *d)
{
        for (struct discovery_hold *h = d->holds; h; h = h->next)
                if (!h->told)
                        h->told = timer_new(objects_loop(d->objects), 0, on_quiet, h, &h->timer) == 0;
}

static void start(struct discovery *d)
{
        if (timer_now_ms() < d->not_before_ms)
                return;
        d->state = SCAN_STARTING;
        if (set_filter(d) < 0 || call(d, "StartDiscovery", on_started) < 0)
                d->state = SCAN_IDLE;
}

static void stop(struct discovery *d)
{
        d->state = SCAN_STOPPING;
        if (call(d, "StopDiscovery", on_stopped) < 0)
                d->state = SCAN_IDLE;
}

static void pump(struct discovery *d)
{
        bool wanted = is_wanted(d);

        switch (d->state) {
        case SCAN_STARTING:
        case SCAN_STOPPING: return;
        case SCAN_IDLE:
                if (wanted)
                        start(d);
                break;
        case SCAN_RUNNING:
                if (!wanted || d->filter_stale)
                        stop(d);
                break;
        }
        if (d->state == SCAN_IDLE && d->holds)
                tell_quiet(d);
        if (d->users && *d->adapter && !d->timer)
                (void)timer_new(objects_loop(d->objects), WATCH_MS, on_tick, d, &d->timer);
}

void discovery_set_adapter(struct discovery *d, const char *path)
{
        if (strcmp(d->adapter, path ? path : "") == 0)
                return;
        forget_calls(d);
        d->state = SCAN_IDLE;
        d->refusals = d->ended_ticks = 0;
        d->not_before_ms = 0;
        (void)snprintf(d->adapter, sizeof(d->adapter), "%s", path ? path : "");
        pump(d);
}

void discovery_join(struct discovery *d, struct discovery_user *u)
{
        bool known = false;

        if (u->on)
                return;
        for (struct discovery_user *k = d->users; k; k = k->next)
                known |= strcmp(k->service, u->service) == 0;
        u->next = d->users;
        u->on = true;
        d->users = u;
        d->filter_stale |= !known && d->state != SCAN_IDLE;
        pump(d);
}

void discovery_leave(struct discovery *d, struct discovery_user *u)
{
        if (!u->on)
                return;
        for (struct discovery_user **p = &d->users; *p; p = &(*p)->next)
                if (*p == u) {
                        *p = u->next;
                        break;
                }
        u->on = false;
        pump(d);
}

void discovery_hold(struct discovery *d, struct discovery_hold *h)
{
        if (h->on)
                return;
        h->next = d->holds;
        h->on = true;
        h->told = false;
        d->holds = h;
        pump(d);
}

void discovery_release(struct discovery *d, struct discovery_hold *h)
{
        if (!h->on)
                return;
        for (struct discovery_hold **p = &d->holds; *p; p = &(*p)->next)
                if (*p == h) {
                        *p = h->next;
                        break;
                }
        h->on = false;
        h->timer = timer_free(h->timer);
        pump(d);
}
