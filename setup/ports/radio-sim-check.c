/* SPDX-License-Identifier: Apache-2.0 */

/* A folder is all the hardware that there is. */

#include "proto/base/timer.h"
#include "setup/ports/radio-private.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct sim_check {
        struct op op;
        const char *dir;
        struct timer *timer;
        answer_fn done;
        void *userdata;
};

static void check_free(struct op *op)
{
        struct sim_check *c = container_of(op, struct sim_check, op);

        timer_free(c->timer);
        free(c);
}

static void look(void *userdata)
{
        struct sim_check *c = userdata;
        struct answer a = {};
        struct stat st;
        int r = stat(c->dir, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;

        if (r == 0 && access(c->dir, R_OK | X_OK) < 0)
                r = errno;
        (void)trouble_set(&a.trouble, r ? FAULT_BT_NO_ADAPTER : FAULT_NONE, "%s%s%s", c->dir, r ? ": " : "",
                          r ? strerror(r) : "");
        c->done(c->userdata, &a);
}

int radio_sim_check(sd_event *loop, const char *dir, answer_fn done, void *userdata, struct op **ret)
{
        struct sim_check *c = calloc(1, sizeof(*c));
        int r;

        if (!c)
                return -ENOMEM;
        *c = (struct sim_check){ .op.free = check_free, .dir = dir, .done = done, .userdata = userdata };
        r = timer_new(loop, 0, look, c, &c->timer);
        if (r < 0) {
                check_free(&c->op);
                return r;
        }
        *ret = &c->op;
        return 0;
}
