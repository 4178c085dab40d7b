/* SPDX-License-Identifier: Apache-2.0 */

/* One listener an adapter, for the choice of what is begun where; the jobs' own searches share its scan (one
 * central an adapter scans once for all, and not while one of them connects). An adapter that is gone, or
 * whose bluetoothd is, is listened to again and again: until somebody is heard nothing is begun on it, and
 * nothing fails for it.
 *
 * How many links a controller holds is told nowhere: five is what the usual ones do, and an adapter that
 * answers "busy" is held to three. */

#include "setup/engine/engine-private.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

enum { LISTEN_AGAIN_MS = 500, LISTEN_MOST_MS = 8000 };

static void listen_to(struct adapter *a);

static unsigned adapter_slots(const struct adapter *a)
{
        return a->configured ? a->configured : a->learned;
}

unsigned adapter_free_slots(const struct adapter *a)
{
        unsigned slots = adapter_slots(a);

        return a->trouble.fault == FAULT_NONE && a->used < slots ? slots - a->used : 0;
}

/* listening */
static void on_again(void *userdata)
{
        struct adapter *a = userdata;

        a->again = timer_free(a->again);
        a->heard = heard_free(a->heard);
        listen_to(a);
}

static void listen_later(struct adapter *a)
{
        uint64_t ms = (uint64_t)doubled_ms(LISTEN_AGAIN_MS, LISTEN_MOST_MS, a->failures++);

        a->again = timer_free(a->again);
        (void)timer_new(engine_loop(a->engine), ms, on_again, a, &a->again);
}

/* In whatever order. */
static uint64_t codes_heard(const struct adapter *a)
{
        const struct heard_device *d;
        uint64_t all = 0;

        for (size_t i = 0; (d = heard_at(a->heard, i)); i++) {
                uint64_t one = UINT64_C(14695981039346656037); /* FNV-1a */

                for (const char *c = d->setup_code; *c && d->connectable; c++)
                        one = (one ^ (unsigned char)*c) * UINT64_C(1099511628211);
                all += one;
        }
        return all;
}

/* Signal strengths change many times a second where many are heard: the next round sees them early enough.
 */
static void on_changed(void *userdata)
{
        struct adapter *a = userdata;
        uint64_t codes = codes_heard(a);

        if (a->trouble.fault == FAULT_NONE && codes == a->codes)
                return;
        if (a->trouble.fault != FAULT_NONE)
                engine_changed(a->engine);
        a->trouble.fault = FAULT_NONE;
        a->failures = 0;
        a->codes = codes;
        engine_look(a->engine);
}

static void on_failed(void *userdata, const struct trouble *why)
{
        struct adapter *a = userdata;

        a->trouble = *why;
        listen_later(a);
        engine_changed(a->engine);
}

static void listen_to(struct adapter *a)
{
        static const struct heard_events events = { on_changed, on_failed };

        if (!a->heard && heard_new(a->air, &events, a, &a->heard) < 0)
                listen_later(a);
}

void adapters_listen(struct engine *e)
{
        struct store_counts counts;
        bool wanted;

        store_counts(e->store, &counts);
        wanted = !e->stopping && (e->listen || counts.of[STORE_WAITING] > 0);
        for (size_t i = 0; i < e->n_adapters; i++) {
                struct adapter *a = &e->adapters[i];

                if (wanted && !a->heard && !a->again)
                        listen_to(a);
        }
}

void adapter_failed(struct adapter *a, const struct trouble *why)
{
        a->trouble = *why;
        if (!a->again)
                listen_later(a);
        engine_changed(a->engine);
}

void adapter_busy(struct adapter *a)
{
        if (a->learned > SLOTS_BUSY)
                a->learned = SLOTS_BUSY;
        engine_changed(a->engine);
}

/* choosing */
static const struct heard_device *heard_by(const struct adapter *a, const char *code)
{
        const struct heard_device *d = NULL;

        for (size_t i = 0; a->heard && (d = heard_at(a->heard, i)); i++)
                if (d->connectable && strcmp(d->setup_code, code) == 0)
                        return d;
        return NULL;
}

bool adapter_is_heard_beside(const struct adapter *a, const char *code)
{
        const struct engine *e = a->engine;

        for (size_t i = 0; i < e->n_adapters; i++) {
                const struct adapter *o = &e->adapters[i];

                if (o != a && o->trouble.fault == FAULT_NONE && heard_by(o, code))
                        return true;
        }
        return false;
}

struct adapter *adapter_hearing(struct engine *e, const char *code)
{
        struct adapter *best = NULL;
        int best_rssi = 0;

        for (size_t i = 0; i < e->n_adapters; i++) {
                struct adapter *a = &e->adapters[i];
                const struct heard_device *d = adapter_free_slots(a) ? heard_by(a, code) : NULL;
                int rssi = d && d->rssi ? d->rssi : -128;

                if (d && memo_avoids(e, code, a) && adapter_is_heard_beside(a, code))
                        continue;
                if (!d || (best && (rssi < best_rssi || (rssi == best_rssi && a->used >= best->used))))
                        continue;
                best = a;
                best_rssi = rssi;
        }
        return best;
}

struct adapter *adapter_free_most(struct engine *e)
{
        struct adapter *best = NULL;

        for (size_t i = 0; i < e->n_adapters; i++)
                if (adapter_free_slots(&e->adapters[i]) > (best ? adapter_free_slots(best) : 0))
                        best = &e->adapters[i];
        return best;
}

/* for whoever shows it */
static bool heard_better(const struct engine *e, const struct heard_device *d, size_t mine)
{
        for (size_t i = 0; i < e->n_adapters; i++) {
                const struct heard_device *o =
                        i != mine && *d->setup_code ? heard_by(&e->adapters[i], d->setup_code) : NULL;

                if (o && (o->rssi > d->rssi || (o->rssi == d->rssi && i < mine)))
                        return true;
        }
        return false;
}

const struct heard_device *engine_heard(const struct engine *e, size_t i, const char **ret_radio)
{
        const struct heard_device *d;

        for (size_t k = 0; k < e->n_adapters; k++)
                for (size_t at = 0; e->adapters[k].heard && (d = heard_at(e->adapters[k].heard, at)); at++)
                        if (!heard_better(e, d, k) && i-- == 0) {
                                *ret_radio = e->adapters[k].radio;
                                return d;
                        }
        return NULL;
}

int engine_adapter_at(const struct engine *e, size_t i, struct engine_adapter_status *ret)
{
        const struct adapter *a;

        if (i >= e->n_adapters)
                return -ERANGE;
        a = &e->adapters[i];
        *ret = (struct engine_adapter_status){ a->radio, a->used, adapter_slots(a), a->trouble };
        return 0;
}

/* life */
int adapters_new(struct engine *e, const struct engine_config *config, struct trouble *ret_trouble)
{
        if (config->n_adapters == 0)
                return trouble_set(ret_trouble, FAULT_CONFIG, "no adapter is named");
        e->adapters = calloc(config->n_adapters, sizeof(*e->adapters));
        if (!e->adapters)
                return -ENOMEM;
        for (size_t i = 0; i < config->n_adapters; i++) {
                const char *radio = config->adapters[i].radio ? config->adapters[i].radio : "bluez";
                struct adapter *a = &e->adapters[i];
                int r;

                *a = (struct adapter){ .engine = e,
                                       .configured = config->adapters[i].slots,
                                       .learned = SLOTS_PRESET,
                                       .radio = strdup(radio) };
                e->n_adapters++;
                if (!a->radio)
                        return -ENOMEM;
                r = context_radio(e->context, a->radio, &a->air, ret_trouble);
                if (r < 0)
                        return r;
        }
        return 0;
}

void adapters_free(struct engine *e)
{
        for (size_t i = 0; i < e->n_adapters; i++) {
                timer_free(e->adapters[i].again);
                heard_free(e->adapters[i].heard);
                free(e->adapters[i].radio);
        }
        free(e->adapters);
}
