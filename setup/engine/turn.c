/* SPDX-License-Identifier: Apache-2.0 */

/* Who goes next. A round asks the store at most once for each adapter with a free slot, for the devices that
 * it hears better than the others; then, if devices that are not heard may be looked for, for whoever is
 * next in line; then for what is left to do in the cloud. Order among those (people first, fair between
 * submitters, age) is the store's, and nothing here undoes it.
 *
 * Rounds begin when something has changed: new jobs, a slot that is free, a device that was not heard
 * before, and every few seconds for jobs whose time has come. */

#include "setup/engine/engine-private.h"
#include <errno.h>
#include <string.h>

enum { POLL_MS = 2000, HELD_POLL_MS = 10000, ROOM_AGAIN_MS = 30000 };

static void go(struct engine *e);

void turn_give_back(struct engine *e, const struct store_job *row, int64_t after_ms)
{
        struct store_change c = { .id = row->id,
                                  .epoch = row->epoch,
                                  .state = e->turn.stage == STAGE_PENDING ? STORE_PENDING : STORE_WAITING,
                                  .not_before_ms = after_ms ? timer_wall_ms() + after_ms : 0 };
        struct op *op = NULL;

        if (store_change(e->store, &c, NULL, NULL, &op) == 0)
                op_free(op); /* the write is done all the same */
}

/* counting */
static size_t free_slots(const struct engine *e)
{
        size_t n = 0;

        for (size_t i = 0; i < e->n_adapters; i++)
                n += adapter_free_slots(&e->adapters[i]);
        return n;
}

static size_t in_cloud(const struct engine *e, bool pending)
{
        size_t n = 0;

        for (const struct slot *s = e->slots; s; s = s->next)
                n += !s->adapter && !s->home && (!pending || s->pending);
        return n;
}

static bool may_begin(const struct engine *e)
{
        uint64_t now_ms = timer_now_ms();

        return !e->paused && !e->stopping && !e->overslept && !slot_any_alone(e) &&
               in_cloud(e, false) < CLOUD_MAX && (!e->store_refuses || now_ms >= e->store_until_ms);
}

/* the store's answer */

/* False: there is no place for it, and it goes back. */
static bool place(struct engine *e, const struct store_job *row, const struct secret *secret)
{
        bool may = !e->stopping && !e->paused && (!slot_any_alone(e) || row_is_alone(row)) &&
                   !held_is(e, row->profile); /* by one that came before it in the same answer */
        struct adapter *a = NULL;

        if (may && e->turn.stage == STAGE_PENDING) {
                slot_start(e, NULL, row, secret);
                return true;
        }
        if (!slot_by_code(e, row->code))
                a = adapter_hearing(e, row->code);
        if (!a && e->turn.stage == STAGE_ANY && !slot_by_code(e, row->code))
                a = adapter_free_most(e);
        if (may && a)
                slot_start(e, a, row, secret);
        else
                turn_give_back(e, row, 0);
        return may && a;
}

static void on_claimed(void *userdata, const struct store_answer *a)
{
        struct engine *e = userdata;
        size_t placed = 0;

        e->turn.claim = op_free(e->turn.claim);
        for (size_t i = 0; a->error == 0 && i < a->n_jobs; i++) {
                struct slot *before = slot_by_id(e, a->jobs[i].id);

                if (before)
                        slot_drop(before); /* its lease had run out */
                placed += place(e, &a->jobs[i], a->secrets[i]);
        }
        engine_store_said(e, a->error);
        if (e->turn.stage == STAGE_ANY && a->n_jobs == 0 && e->held)
                e->turn.held_until_ms = timer_now_ms() + HELD_POLL_MS;
        if (a->error < 0)
                e->turn.stage = STAGE_OVER;
        else if (placed < e->turn.limit && e->turn.stage != STAGE_HEARD)
                e->turn.stage++; /* there are no more, or none that could begin now */
        go(e);
        engine_changed(e);
}

/* the questions */
static void claim(struct engine *e, const struct store_claim *c)
{
        const char *held[STORE_PASSED_OVER_MAX];
        struct store_claim want = *c;

        want.passed_over = held;
        want.n_passed_over = held_now(e, held);
        want.lease_ms = LEASE_MS;
        if (want.limit > STORE_PAGE_MAX)
                want.limit = STORE_PAGE_MAX;
        e->turn.limit = want.limit;
        if (store_claim(e->store, &want, on_claimed, e, &e->turn.claim) < 0)
                e->turn.stage = STAGE_OVER;
}

static bool claim_heard(struct engine *e, struct adapter *a)
{
        char codes[HEARD_MAX][STORE_CODE_LEN + 1];
        const struct heard_device *d = NULL;
        size_t n = 0;

        for (size_t i = 0; a->heard && n < HEARD_MAX && (d = heard_at(a->heard, i)); i++)
                if (d->connectable && strlen(d->setup_code) == STORE_CODE_LEN &&
                    !slot_by_code(e, d->setup_code) && adapter_hearing(e, d->setup_code) == a)
                        memcpy(codes[n++], d->setup_code, sizeof(codes[0]));
        if (n == 0)
                return false;
        claim(e, &(struct store_claim){ .codes = codes, .n_codes = n, .limit = adapter_free_slots(a) });
        return true;
}

/* True: the store is asked. */
static bool ask(struct engine *e)
{
        struct store_counts counts;
        size_t n;

        store_counts(e->store, &counts);
        switch (e->turn.stage) {
        case STAGE_HEARD:
                while (counts.of[STORE_WAITING] > 0 && e->turn.adapter < e->n_adapters)
                        if (claim_heard(e, &e->adapters[e->turn.adapter++]))
                                return true;
                break;
        case STAGE_ANY:
                n = free_slots(e);
                if (!e->any || counts.of[STORE_WAITING] == 0 || n == 0 ||
                    (e->held && timer_now_ms() < e->turn.held_until_ms))
                        break;
                claim(e, &(struct store_claim){ .limit = n });
                return true;
        case STAGE_PENDING:
                n = in_cloud(e, true);
                if (counts.of[STORE_PENDING] == 0 || n >= PENDING_MAX)
                        break;
                claim(e, &(struct store_claim){ .pending = true, .limit = PENDING_MAX - n });
                return true;
        case STAGE_OVER: break;
        }
        return false;
}

/* room for who is heard */

/* One that nobody waits for must not send the same jobs back again and again. */
static bool made_lately(struct engine *e, const char *code)
{
        struct turn *t = &e->turn;
        uint64_t now_ms = timer_now_ms();
        size_t at = 0;

        while (at < t->n_room && strcmp(t->room[at].code, code) != 0)
                at++;
        if (at < t->n_room && now_ms - t->room[at].ms < ROOM_AGAIN_MS)
                return true;
        if (at == HEARD_MAX)
                at = (size_t)(now_ms % HEARD_MAX);
        else if (at == t->n_room)
                t->n_room++;
        memcpy(t->room[at].code, code, sizeof(t->room[at].code));
        t->room[at].ms = now_ms;
        return false;
}

static struct slot *who_looks(const struct engine *e, const struct adapter *a)
{
        struct slot *longest = NULL;

        for (struct slot *s = e->slots; s; s = s->next)
                if (s->adapter == a && s->looking && !s->yields && s->work)
                        longest = s; /* the newest comes first */
        return longest;
}

/* A device is heard, and its adapter's slots are full of jobs that look for theirs: one of those goes back.
 */
static void make_room(struct engine *e, struct adapter *a)
{
        const struct heard_device *d;

        for (size_t i = 0; a->heard && (d = heard_at(a->heard, i)); i++) {
                struct slot *s = who_looks(e, a);

                if (!s)
                        return;
                if (!d->connectable || strlen(d->setup_code) != STORE_CODE_LEN ||
                    slot_by_code(e, d->setup_code) || adapter_hearing(e, d->setup_code) ||
                    made_lately(e, d->setup_code))
                        continue;
                s->yields = true;
                work_stop_after_step(s->work);
        }
}

/* The one that has asked for longest, if all at that adapter do. */
static struct slot *who_asks(const struct engine *e, const struct adapter *a)
{
        struct slot *longest = NULL;

        for (struct slot *s = e->slots; s; s = s->next) {
                if (s->adapter == a && !s->asking)
                        return NULL;
                if (s->adapter == a)
                        longest = s;
        }
        return longest && longest->thinks ? longest : NULL;
}

static bool is_wanted(struct engine *e, const struct adapter *a)
{
        const struct heard_device *d;
        struct store_counts counts;

        for (const struct slot *s = e->slots; s; s = s->next)
                if (s->answered && s->home == a)
                        return true;
        store_counts(e->store, &counts);
        if (e->any || counts.of[STORE_WAITING] == 0)
                return counts.of[STORE_WAITING] > 0;
        for (size_t i = 0; a->heard && (d = heard_at(a->heard, i)); i++)
                if (d->connectable && strlen(d->setup_code) == STORE_CODE_LEN &&
                    !slot_by_code(e, d->setup_code))
                        return true;
        return false;
}

/* People think for as long as they like: where all slots wait for them, others have one meanwhile; not at
 * once, for who is answered goes on with the same link, and the next is asked the same. */
static void lend(struct engine *e, struct adapter *a)
{
        struct slot *s = who_asks(e, a);

        if (s && a->trouble.fault == FAULT_NONE && adapter_free_slots(a) == 0 && is_wanted(e, a))
                slot_lend(s);
}

/* the round */
static void on_poll(void *userdata)
{
        struct engine *e = userdata;

        e->turn.poll = timer_free(e->turn.poll);
        engine_look(e);
}

/* For jobs whose time comes, and for what an account that was refused has held up. */
static void poll_later(struct engine *e)
{
        struct store_counts counts;

        store_counts(e->store, &counts);
        if (!e->turn.poll && counts.of[STORE_WAITING] + counts.of[STORE_PENDING] > 0 && !e->stopping)
                (void)timer_new(engine_loop(e), POLL_MS, on_poll, e, &e->turn.poll);
}

static void go(struct engine *e)
{
        engine_renew_if_late(e);
        while (!e->turn.claim && e->turn.stage != STAGE_OVER && may_begin(e))
                if (!ask(e))
                        e->turn.stage++;
        if (e->turn.claim)
                return;
        if (e->turn.again)
                engine_look(e);
        else
                poll_later(e);
}

static void on_soon(void *userdata)
{
        struct engine *e = userdata;

        e->turn.soon = timer_free(e->turn.soon);
        e->turn.again = false;
        e->turn.stage = STAGE_HEARD;
        e->turn.adapter = 0;
        adapters_listen(e);
        if (!e->paused && !e->stopping)
                slot_begin_alone(e);
        slots_go_on(e);
        for (size_t i = 0; i < e->n_adapters; i++)
                lend(e, &e->adapters[i]);
        for (size_t i = 0; may_begin(e) && i < e->n_adapters; i++)
                make_room(e, &e->adapters[i]);
        go(e);
        engine_changed(e);
}

void engine_look(struct engine *e)
{
        if (e->turn.claim)
                e->turn.again = true;
        else if (!e->turn.soon && !e->stopping)
                (void)timer_new(engine_loop(e), 0, on_soon, e, &e->turn.soon);
}

void turn_done(struct engine *e)
{
        e->turn.claim = op_free(e->turn.claim);
        e->turn.soon = timer_free(e->turn.soon);
        e->turn.poll = timer_free(e->turn.poll);
}
