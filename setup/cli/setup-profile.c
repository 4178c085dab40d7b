/* SPDX-License-Identifier: Apache-2.0 */

/* A network that is an option takes the place of all that the file names: whoever names one means that. */

#include "setup/cli/setup-profile.h"
#include "setup/cli/defaults.h"
#include "setup/cli/line.h"
#include "setup/flow/profile/keys.h"
#include <errno.h>
#include <string.h>

static const struct profile_key *over(const struct setup_args *a, size_t i)
{
        return profile_key(a->over[i].key);
}

static bool names_network(const struct setup_args *a)
{
        for (size_t i = 0; i < a->n_over; i++)
                if (strcmp(over(a, i)->section, "wifi") == 0 && strncmp(over(a, i)->key, "ssid", 4) == 0)
                        return true;
        return false;
}

static int lay_over(const struct setup_args *a, struct usher_ctx *ctx)
{
        int r = names_network(a) ? usher_ctx_drop_networks(ctx) : 0;

        for (size_t i = 0; i < a->n_over && r == 0; i++)
                r = usher_ctx_set_profile(ctx, over(a, i)->section, over(a, i)->key, a->over[i].value);
        return r;
}

static void tell(const struct setup_args *a, const char *named, const char *path)
{
        char shown[LINE_SHOWN_MAX];

        if (!a->quiet && named == a->profile && (a->profile_unnamed || strcmp(path, named) != 0))
                fprintf(stderr, "Profile: %s\n", line_shown(path, shown));
}

int setup_profile(const struct setup_args *args, const char *named, struct host *host,
                  struct trouble *ret_trouble)
{
        struct usher_ctx *ctx = host_ctx(host);
        char path[PLACE_MAX];
        int r = defaults_profile(named, path, ret_trouble);

        if (r < 0)
                return r;
        if (r > 0)
                tell(args, named, path);
        r = usher_ctx_load_profile(ctx, r > 0 ? path : NULL);
        if (r == 0)
                r = lay_over(args, ctx);
        if (r == -EINVAL)
                host_trouble(host, r, ret_trouble);
        return r;
}
