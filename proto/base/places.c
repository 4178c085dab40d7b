/* SPDX-License-Identifier: Apache-2.0 */

/* A variable counts if it holds an absolute path: the XDG specification wants others ignored, and systemd
 * gives no others. */

#include "proto/base/places.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct place {
        const char *service, *xdg;
        const char *home; /* below the home folder */
};

/* Of systemd's list (several, with colons) the first. */
static bool join(const char *variable, const char *between, const char *name, char ret[static PLACE_MAX],
                 int *ret_r)
{
        const char *folder = getenv(variable);
        int n;

        if (!folder || folder[0] != '/')
                return false;
        n = snprintf(ret, PLACE_MAX, "%.*s%s/%s", (int)strcspn(folder, ":"), folder, between, name);
        *ret_r = n < PLACE_MAX ? place_make_folders(ret) : -ENAMETOOLONG;
        return true;
}

static int find(const struct place *p, const char *name, char ret[static PLACE_MAX])
{
        int r = -ENOENT;

        (void)(join(p->service, "", name, ret, &r) || join(p->xdg, "/usher", name, ret, &r) ||
               join("HOME", p->home, name, ret, &r));
        return r;
}

int place_cache(const char *name, char ret[static PLACE_MAX])
{
        static const struct place cache = { "CACHE_DIRECTORY", "XDG_CACHE_HOME", "/.cache/usher" };

        return find(&cache, name, ret);
}

int place_state(const char *name, char ret[static PLACE_MAX])
{
        static const struct place state = { "STATE_DIRECTORY", "XDG_STATE_HOME", "/.local/state/usher" };

        return find(&state, name, ret);
}

int place_make_folders(const char *path)
{
        char folder[PLACE_MAX];

        for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                (void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
                if (mkdir(folder, 0700) < 0 && errno != EEXIST)
                        return -errno;
        }
        return 0;
}
