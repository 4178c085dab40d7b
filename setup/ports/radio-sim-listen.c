/* SPDX-License-Identifier: Apache-2.0 */

/* The sockets in the folder, looked at twice a second: a socket's name and its signal strength are all that
 * a device tells there, and the socket is there only while the device advertises. */

#include "proto/base/timer.h"
#include "setup/ports/radio-private.h"
#include "setup/ports/sim-signal.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_MS = 500 };

struct listen {
        struct op op;
        sd_event *loop;
        const char *dir;
        struct timer *timer;
        radio_heard_fn told;
        void *userdata;
};

static void listen_free(struct op *op)
{
        struct listen *l = container_of(op, struct listen, op);

        timer_free(l->timer);
        free(l);
}

/* False: no device. */
static bool describe(DIR *dir, const char *name, struct heard_device *ret)
{
        const char *dash = strrchr(name, '-');
        struct stat st;

        if (fstatat(dirfd(dir), name, &st, 0) < 0 || !S_ISSOCK(st.st_mode) || strlen(name) >= HEARD_TEXT_MAX)
                return false;
        memset(ret, 0, sizeof(*ret)); /* with the padding: lists are compared as bytes */
        (void)snprintf(ret->name, sizeof(ret->name), "%s", name);
        (void)snprintf(ret->address, sizeof(ret->address), "%s", name);
        if (dash && strlen(dash + 1) == sizeof(ret->setup_code) - 1)
                (void)snprintf(ret->setup_code, sizeof(ret->setup_code), "%s", dash + 1);
        ret->rssi = sim_signal(dirfd(dir), name);
        ret->connectable = true;
        return true;
}

static void look(void *userdata)
{
        struct heard_device list[HEARD_MAX];
        struct listen *l = userdata;
        DIR *dir = opendir(l->dir);
        struct dirent *e;
        size_t n = 0;

        l->timer = timer_free(l->timer);
        if (!dir) {
                l->told(l->userdata,
                        &(struct answer){
                                .trouble = { FAULT_CONFIG, "the folder of the sim radio cannot be read" } },
                        NULL, 0);
                return;
        }
        while (n < HEARD_MAX && (e = readdir(dir)))
                n += describe(dir, e->d_name, &list[n]);
        (void)closedir(dir);
        (void)timer_new(l->loop, LOOK_MS, look, l, &l->timer);
        l->told(l->userdata, &(struct answer){}, list, n);
}

int radio_sim_listen(sd_event *loop, const char *dir, radio_heard_fn told, void *userdata, struct op **ret)
{
        struct listen *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        *l = (struct listen){
                .op.free = listen_free, .loop = loop, .dir = dir, .told = told, .userdata = userdata
        };
        r = timer_new(loop, 0, look, l, &l->timer);
        if (r < 0) {
                listen_free(&l->op);
                return r;
        }
        *ret = &l->op;
        return 0;
}
