/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What finding and browsing share: waiting for an adapter, scanning on it, and a word each time that there
 * may be something new. */

#include "ble/central-private.h"

struct search {
        struct central *central;
        const struct search_ops *ops;
        void *userdata;
        struct discovery_user user;
        struct objects_watch watch;
        struct timer *timer;
        bool waiting; /* for an adapter, until the timer fires */
        struct trouble trouble;
};

struct search_ops {
        /* The device at `path` was told of; NULL: look at all, or one is gone. */
        void (*look)(void *userdata, const char *path);

        /* From the loop; the search has ended. */
        void (*failed)(void *userdata, const struct trouble *why);
};

/* 0 or -ENOMEM. `service` outlives the search. */
int search_begin(struct search *s, struct central *c, const char *service, const struct search_ops *ops,
                 void *userdata);
void search_end(struct search *s);
