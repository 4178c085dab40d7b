/* SPDX-License-Identifier: Apache-2.0 */

/* From an address to a link. One attempt is: take the turn, have our scan stopped, Connect, wait for
 * ServicesResolved and the three characteristics, give the turn back, acquire the pipes. What fails on the
 * way decides what the next attempt begins with:
 *
 *  - the object is gone (its temporary life ended, bluez.md 4; bluetoothd or the adapter restarted,
 * bluez.md 12 and 19): the device is looked for again, which also waits for an adapter;
 *  - the routine failures of a radio (le-connection-abort-by-local, bluez.md 5): Disconnect, wait until
 *    Connected is false, because a Connect before that returns at once without effect, and try again;
 *  - InProgress (bluez.md 8): an attempt of a client that died is pending and may be for minutes.
 * Disconnect ends it and RemoveDevice clears it; then the device is looked for again;
 *  - no free connection (bluez.md 20): pause for BUSY_PAUSE_MS, then once more. A second adapter is the
 *    operator's choice (--radio bluez:hciN), never taken behind his back;
 *  - services that do not hold the setup characteristics: ServicesResolved may come before they are exported
 *    (bluez.md 6), so wait for them a while, then have bluetoothd forget its stale copy (bluez.md 17).
 *
 * The answer to Connect comes before the services are known, and three things may end the wait for them:
 * ServicesResolved, Connected=false, and InterfacesRemoved (bluez.md 7).
 *
 * usher asks for no connection interval: D-Bus has no way to (bluez.md 24, 'usher doctor --radio'). That
 * bluetoothd also reads the peer's name and may be browsed by it costs a few round trips that a client
 * cannot avoid (bluez.md 25). */

#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/central-private.h"
#include "ble/error.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
        TRIES_MAX = 6,
        BUDGET_MS = 18000,
        QUIET_MS = 6000,   /* until bluetoothd has stopped our scan */
        ATTEMPT_MS = 6000, /* Connect; a device that advertises every 20 ms answers within a second */
        CALL_MS = 60000,   /* of the call itself; ATTEMPT_MS gives up before bluetoothd does */
        RESOLVE_MS = 8000, /* some 18 round trips: 1.8 s at 50 ms, more with losses */
        MISSING_MS = 1000, /* characteristics after ServicesResolved */
        RECOVER_MS = 4000, /* Disconnect takes 2 s */
        AGAIN_MS = 150,    /* times the attempts so far */
        BUSY_PAUSE_MS = 4000,
        RESCAN_MS = 10000,
};

enum connect_state {
        STATE_RESCAN,
        STATE_TURN,
        STATE_QUIET,
        STATE_CONNECT,
        STATE_RESOLVE,
        STATE_ACQUIRE,
        STATE_RECOVER,
        STATE_PAUSE,
        STATE_ANSWER,
};

struct connect {
        struct op op;
        struct central *central;
        struct peer *peer;
        central_connected_fn done;
        void *userdata;

        enum connect_state state;
        unsigned tries;
        uint64_t since_ms;
        uint64_t turn_ms;   /* since when it waits for its turn; 0: it does not */
        uint64_t waited_ms; /* before */
        bool touched;       /* Connect was sent: something must be taken back */
        bool was_connected; /* in this attempt */
        bool missing;       /* services resolved, characteristics awaited */
        bool rescan;        /* before the next attempt */
        unsigned busy;      /* refusals for lack of a connection */
        uint64_t pause_ms;

        struct turn_taker turn;
        struct discovery_hold hold;
        struct objects_watch watch;
        struct timer *timer; /* the state's deadline */
        sd_bus_slot *call;
        struct op *sub; /* rescan or acquire */

        struct trouble trouble; /* of the last attempt; at the end of all */
        struct link *link;
};

static void enter_attempt(struct connect *k);
static void on_deadline(void *userdata);

static void drop_work(struct connect *k)
{
        k->call = sd_bus_slot_unref(k->call);
        k->timer = timer_free(k->timer);
        k->sub = op_free(k->sub);
}

static void let_others(struct connect *k)
{
        discovery_release(k->central->discovery, &k->hold);
        turn_give(k->central->turn, &k->turn);
}

static void connect_free(struct op *op)
{
        struct connect *k = container_of(op, struct connect, op);

        drop_work(k);
        let_others(k);
        objects_unwatch(k->central->objects, &k->watch);
        k->link = link_free(k->link);
        if (k->touched)
                peer_hang_up(k->peer);
        peer_unuse(k->peer);
        free(k);
}

/* Every change of state goes through here: what the last one had under way is dropped, and the next deadline
 * runs. */
static void enter(struct connect *k, enum connect_state state, uint64_t deadline_ms)
{
        drop_work(k);
        k->state = state;
        (void)timer_new(k->central->loop, deadline_ms, on_deadline, k, &k->timer);
}

static void answer(struct connect *k, enum fault fault)
{
        let_others(k);
        k->trouble.fault = fault;
        enter(k, STATE_ANSWER, 0);
}

static void answer_internal(struct connect *k, int r)
{
        k->trouble = (struct trouble){};
        trouble_complete(&k->trouble, r);
        answer(k, k->trouble.fault);
}

static void on_link_freed(void *userdata, const char *device_path)
{
        struct peer *p = userdata;

        (void)device_path;
        peer_hang_up(p);
        peer_unuse(p);
}

static void tell(struct connect *k)
{
        struct central_connected a = { .trouble = k->trouble };

        if (a.trouble.fault == FAULT_NONE) {
                a.trouble.cause[0] = 0; /* of an earlier attempt */
                a.link = TAKE_PTR(k->link);
                k->touched = false; /* the link takes it back */
                peer_use(k->peer);
                link_on_free(a.link, on_link_freed, k->peer);
        }
        if (k->turn.holder[0])
                trouble_add(&a.trouble, "%sthe Bluetooth turn is held by %s", a.trouble.cause[0] ? "; " : "",
                            k->turn.holder);
        k->done(k->userdata, &a);
}

uint64_t central_waited_ms(const struct op *connecting)
{
        const struct connect *k = container_of(connecting, struct connect, op);

        return k->waited_ms + (k->turn_ms ? timer_now_ms() - k->turn_ms : 0);
}

/* what went wrong, and what the next attempt begins with */
static void next_attempt(struct connect *k)
{
        uint64_t gone_ms = timer_now_ms() - k->since_ms - k->waited_ms;

        if (k->tries >= TRIES_MAX || gone_ms > BUDGET_MS) {
                answer(k, k->busy > 1 ? FAULT_BT_BUSY : FAULT_BT_CONNECT);
                return;
        }
        enter(k, STATE_PAUSE, k->pause_ms ? k->pause_ms : AGAIN_MS * k->tries);
        k->pause_ms = 0;
}

/* Takes back what the attempt did, then on to the next. */
static void recover(struct connect *k, const char *cause)
{
        const struct ble_device *d = objects_device(k->central->objects, k->peer->path);

        (void)trouble_set(&k->trouble, FAULT_BT_CONNECT, "%s", cause);
        let_others(k);
        if (!d) {
                k->rescan = true;
                next_attempt(k);
                return;
        }
        if (k->rescan)
                central_remove_device(k->central, k->peer->path);
        else if (k->state != STATE_CONNECT || d->connected)
                central_call_device(k->central, k->peer->path, "Disconnect");
        if (!d->connected && !k->rescan) {
                next_attempt(k);
                return;
        }
        enter(k, STATE_RECOVER, RECOVER_MS);
}

static void recover_error(struct connect *k, const sd_bus_error *e)
{
        switch (bluez_error_class(e)) {
        case BLUEZ_DENIED:
                (void)trouble_set(&k->trouble, FAULT_BT_NOT_PERMITTED, "%s", bluez_error_text(e));
                answer(k, FAULT_BT_NOT_PERMITTED);
                return;
        case BLUEZ_LIMIT:
                k->busy++;
                k->pause_ms = BUSY_PAUSE_MS;
                break;
        case BLUEZ_IN_PROGRESS:
                central_call_device(k->central, k->peer->path, "Disconnect");
                k->rescan = true;
                break;
        case BLUEZ_GONE:
        case BLUEZ_NOT_READY:
        case BLUEZ_NO_DAEMON: k->rescan = true; break;
        case BLUEZ_NO_ANSWER:
        case BLUEZ_FAILED:
        case BLUEZ_NOT_OFFERED: k->rescan = k->tries > 1; break;
        case BLUEZ_OK:
        case BLUEZ_ALREADY:
        case BLUEZ_ABORTED: k->rescan = k->tries % 3 == 0; break; /* every third time from scratch */
        }
        recover(k, bluez_error_text(e));
}

/* acquire */
static void on_acquired(void *userdata, const struct link_answer *a)
{
        struct connect *k = userdata;
        struct trouble why = a->trouble; /* the answer goes with its operation */

        if (why.fault != FAULT_NONE && why.fault != FAULT_LINK_PROTOCOL) {
                recover(k, why.cause);
                return;
        }
        k->link = a->link;
        k->trouble = why;
        answer(k, why.fault);
}

static void enter_acquire(struct connect *k)
{
        int r;

        let_others(k);
        enter(k, STATE_ACQUIRE, RESOLVE_MS);
        r = link_acquire(k->central->objects, k->peer->path, &k->peer->mode, on_acquired, k, &k->sub);
        if (r < 0)
                answer_internal(k, r);
}

/* services */
static void check_services(struct connect *k)
{
        const struct ble_device *d = objects_device(k->central->objects, k->peer->path);

        if (!d) {
                recover(k, "the Bluetooth service dropped the device");
                return;
        }
        k->was_connected |= d->connected;
        if (!d->connected && k->was_connected) {
                recover(k, "the connection ended while the services were looked up");
                return;
        }
        if (!d->services_resolved || !d->connected)
                return;
        if (link_is_possible(k->central->objects, k->peer->path, &k->peer->mode)) {
                enter_acquire(k);
        } else if (!k->missing) {
                enter(k, STATE_RESOLVE, MISSING_MS);
                k->missing = true;
        }
}

/* connect */
static int on_connected(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct connect *k = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);
        enum bluez_error class = bluez_error_class(e);

        (void)reterr;
        if (class != BLUEZ_OK && class != BLUEZ_ALREADY) {
                recover_error(k, e);
                return 0;
        }
        enter(k, STATE_RESOLVE, RESOLVE_MS);
        check_services(k);
        return 0;
}

static int send_connect(struct connect *k)
{
        const struct bluez_call call = {
                .path = k->peer->path,
                .interface = BLUEZ_IFACE_DEVICE,
                .method = "Connect",
                .done = on_connected,
                .timeout_ms = CALL_MS,
        };

        return bluez_call(objects_bus(k->central->objects), &call, k, &k->call);
}

static void on_quiet(void *userdata)
{
        struct connect *k = userdata;
        int r;

        if (!objects_device(k->central->objects, k->peer->path)) {
                k->rescan = true;
                recover(k, "the device is not heard any more");
                return;
        }
        /* the record is for after a SIGKILL: a full disk is no reason not to set up */
        (void)peer_keep(k->peer);
        enter(k, STATE_CONNECT, ATTEMPT_MS);
        k->tries++;
        k->touched = true;
        k->was_connected = k->missing = false;
        r = send_connect(k);
        if (r < 0)
                answer_internal(k, r);
}

static void on_turn(void *userdata)
{
        struct connect *k = userdata;

        k->waited_ms = central_waited_ms(&k->op);
        k->turn_ms = 0;
        enter(k, STATE_QUIET, QUIET_MS);
        discovery_hold(k->central->discovery, &k->hold);
}

/* rescan */
static void on_found_again(void *userdata, const struct central_found *f)
{
        struct connect *k = userdata;

        if (f->trouble.fault == FAULT_NONE) { /* peer_found() has renewed the peer's path */
                k->rescan = false;
                enter_attempt(k);
                return;
        }
        k->trouble = f->trouble;
        answer(k, k->trouble.fault);
}

static void enter_attempt(struct connect *k)
{
        struct ble_want want = {};
        int r;

        if (k->rescan || !objects_device(k->central->objects, k->peer->path)) {
                enter(k, STATE_RESCAN, RESCAN_MS);
                (void)snprintf(want.setup_code, sizeof(want.setup_code), "%s", k->peer->setup_code);
                (void)snprintf(want.only, sizeof(want.only), "%s", k->peer->address);
                r = central_find(k->central, &k->peer->mode, &want, on_found_again, k, &k->sub);
        } else {
                /* as long as it takes: connects of others have deadlines of their own */
                enter(k, STATE_TURN, UINT32_MAX);
                k->turn_ms = timer_now_ms();
                k->turn.adapter = adapter_name(k->central->adapter);
                r = turn_take(k->central->turn, &k->turn);
        }
        if (r < 0)
                answer_internal(k, r);
}

static void on_deadline(void *userdata)
{
        struct connect *k = userdata;

        k->timer = timer_free(k->timer);
        switch (k->state) {
        case STATE_RESCAN:
                (void)trouble_set(&k->trouble, FAULT_DEVICE_NOT_FOUND, "it is not heard any more");
                answer(k, FAULT_DEVICE_NOT_FOUND);
                break;
        case STATE_TURN: break;
        case STATE_QUIET: on_quiet(k); break; /* bluetoothd does not stop the scan: try with it */
        case STATE_CONNECT:
                central_call_device(k->central, k->peer->path, "Disconnect"); /* ends the attempt */
                k->rescan = k->tries % 2 == 0;
                recover(k, "it did not answer");
                break;
        case STATE_RESOLVE:
                if (k->missing) {
                        k->rescan = true; /* what bluetoothd knows of it is of another firmware */
                        recover(k, "it does not offer the setup service");
                } else {
                        recover(k, "its services could not be read");
                }
                break;
        case STATE_ACQUIRE: recover(k, "its characteristics do not answer"); break;
        case STATE_RECOVER: next_attempt(k); break;
        case STATE_PAUSE: enter_attempt(k); break;
        case STATE_ANSWER: tell(k); break;
        }
}

static void on_change(void *userdata, const struct objects_event *e)
{
        struct connect *k = userdata;
        const struct ble_device *d = objects_device(k->central->objects, k->peer->path);

        (void)e;
        switch (k->state) {
        case STATE_CONNECT:
                if (!d) {
                        k->rescan = true;
                        recover(k, "the Bluetooth service dropped the device");
                }
                break;
        case STATE_RESOLVE: check_services(k); break;
        case STATE_ACQUIRE:
                if (!d || !d->connected)
                        recover(k, "the connection ended at once");
                break;
        case STATE_RECOVER:
                if (!d || !d->connected)
                        next_attempt(k);
                break;
        case STATE_RESCAN:
        case STATE_TURN:
        case STATE_QUIET:
        case STATE_PAUSE:
        case STATE_ANSWER: break;
        }
}

int central_connect(struct central *c, const char *address, central_connected_fn done, void *userdata,
                    struct op **ret)
{
        struct peer *p = peer_by_address(c, address);
        struct connect *k;

        if (!p)
                return -ENOENT;
        k = calloc(1, sizeof(*k));
        if (!k)
                return -ENOMEM;
        k->op.free = connect_free;
        k->central = c;
        k->peer = p;
        k->done = done;
        k->userdata = userdata;
        k->since_ms = timer_now_ms();
        k->turn = (struct turn_taker){ .granted = on_turn, .userdata = k };
        k->hold = (struct discovery_hold){ .quiet = on_quiet, .userdata = k };
        k->watch = (struct objects_watch){ .changed = on_change, .userdata = k };
        peer_use(p);
        objects_watch(c->objects, &k->watch);
        enter(k, STATE_PAUSE, 0); /* begins from the loop */
        *ret = &k->op;
        return 0;
}
