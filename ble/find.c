/* SPDX-License-Identifier: Apache-2.0 */

/* Looking for one device, and listing all of them.
 *
 * A device that is connected does not advertise, so a stale link hides it for good: links outlive the client
 * that made them (bluez.md 9). If the target is connected through this very adapter and no usher lives that
 * uses it, it is disconnected after a moment in which whoever uses it may finish; a paired one is somebody's
 * and is left alone. */

#include "ble/search.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
        STALE_LINK_MS = 3500,
        STALE_AGAIN_MS = 6000,
        OTHERS_MS = 30, /* one interval of the adverts, 20 ms and up to 10 of chance: others with the same
                         * code are heard by then, too */
};

struct find {
        struct op op;
        struct search search;
        struct ble_mode mode;
        struct ble_want want; /* no setup code: browse */
        central_found_fn done;
        void *userdata;
        struct timer *answer, *stale;
        char path[BLE_PATH_MAX]; /* what is connected */
        bool calling, dead;      /* freed by its owner while it calls him */
};

static void find_free(struct op *op)
{
        struct find *f = container_of(op, struct find, op);

        search_end(&f->search);
        timer_free(f->answer);
        timer_free(f->stale);
        if (f->calling)
                f->dead = true; /* browse_look() frees it */
        else
                free(f);
}

static void on_failed(void *userdata, const struct trouble *why)
{
        struct find *f = userdata;

        f->done(f->userdata, &(struct central_found){ .trouble = *why });
}

static int find_new(struct central *c, const struct ble_mode *mode, const struct ble_want *want,
                    const struct search_ops *ops, central_found_fn done, void *userdata, struct op **ret)
{
        struct find *f = calloc(1, sizeof(*f));
        int r;

        if (!f)
                return -ENOMEM;
        f->op.free = find_free;
        f->mode = *mode;
        f->want = *want;
        f->done = done;
        f->userdata = userdata;
        r = search_begin(&f->search, c, f->mode.service, ops, f);
        if (r < 0) {
                find_free(&f->op);
                return r;
        }
        *ret = &f->op;
        return 0;
}

/* find */
static bool can_be_had(const struct find *f, const struct ble_device *d)
{
        return ble_path_is_below(d->path, f->search.central->adapter) && !d->connected &&
               ble_is_target(d, &f->mode, f->want.setup_code) && ble_is_wanted(d, &f->want);
}

static void answer_found(void *userdata)
{
        struct find *f = userdata;
        struct central *c = f->search.central;
        const struct ble_device *d;
        struct central_found found = {};
        struct peer *p;
        int r;

        f->answer = timer_free(f->answer);
        for (size_t i = 0; (d = objects_device_at(c->objects, i)); i++)
                if (can_be_had(f, d) && (!found.device || d->rssi > found.device->rssi))
                        found.device = d;
        if (!found.device)
                return; /* gone within the moment: the search goes on */
        search_end(&f->search);
        r = peer_found(c, &f->mode, f->want.setup_code, found.device, &p);
        if (r < 0) {
                trouble_complete(&found.trouble, r);
                found.device = NULL;
        }
        f->done(f->userdata, &found);
}

static void on_stale(void *userdata)
{
        struct find *f = userdata;
        struct central *c = f->search.central;
        const struct ble_device *d = objects_device(c->objects, f->path);

        f->stale = timer_free(f->stale);
        if (!d || !d->connected || central_path_is_used(c, f->path))
                return;
        central_call_device(c, f->path, "Disconnect");
        (void)timer_new(f->search.central->loop, STALE_AGAIN_MS, on_stale, f, &f->stale);
}

static void consider(struct find *f, const struct ble_device *d)
{
        struct central *c = f->search.central;

        if (!ble_path_is_below(d->path, c->adapter))
                return;
        if (d->connected) {
                if (!f->stale && !d->paired && ble_is_known_target(d, &f->mode, f->want.setup_code) &&
                    ble_is_wanted(d, &f->want)) {
                        (void)snprintf(f->path, sizeof(f->path), "%s", d->path);
                        (void)timer_new(f->search.central->loop, STALE_LINK_MS, on_stale, f, &f->stale);
                }
                return;
        }
        if (!f->answer && can_be_had(f, d))
                (void)timer_new(f->search.central->loop, *f->want.only ? 0 : OTHERS_MS, answer_found, f,
                                &f->answer);
}

static void find_look(void *userdata, const char *path)
{
        struct find *f = userdata;
        const struct objects *o = f->search.central->objects;
        const struct ble_device *d;

        if (path) {
                d = objects_device(o, path);
                if (d)
                        consider(f, d);
                return;
        }
        for (size_t i = 0; (d = objects_device_at(o, i)); i++)
                consider(f, d);
}

int central_find(struct central *c, const struct ble_mode *mode, const struct ble_want *want,
                 central_found_fn done, void *userdata, struct op **ret)
{
        static const struct search_ops ops = { .look = find_look, .failed = on_failed };

        if (strlen(want->setup_code) != BLE_SETUP_CODE_LEN)
                return -EINVAL;
        return find_new(c, mode, want, &ops, done, userdata, ret);
}

/* browse */
static void browse_look(void *userdata, const char *path)
{
        struct find *f = userdata;
        const struct objects *o = f->search.central->objects;
        const struct ble_device *d;

        f->calling = true;
        if (path) {
                d = objects_device(o, path);
                if (d && ble_is_setup_device(d, &f->mode))
                        f->done(f->userdata, &(struct central_found){ .device = d });
        } else {
                for (size_t i = 0; !f->dead && (d = objects_device_at(o, i)); i++)
                        if (ble_is_setup_device(d, &f->mode))
                                f->done(f->userdata, &(struct central_found){ .device = d });
                if (!f->dead)
                        f->done(f->userdata, &(struct central_found){ 0 });
        }
        f->calling = false;
        if (f->dead)
                free(f);
}

int central_browse(struct central *c, const struct ble_mode *mode, central_found_fn told, void *userdata,
                   struct op **ret)
{
        static const struct search_ops ops = { .look = browse_look, .failed = on_failed };

        return find_new(c, mode, &(struct ble_want){}, &ops, told, userdata, ret);
}
