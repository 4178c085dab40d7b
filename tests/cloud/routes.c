/* SPDX-License-Identifier: Apache-2.0 */

/* The table of routes and how a path is matched with it. Fixed segments come before named ones of the same
 * place ("/v1/devices/events" before "/v1/devices/:id"), because the first match counts. */

#include "tests/cloud/routes.h"
#include "tests/cloud/params.h"
#include <errno.h>
#include <string.h>

static const struct route routes[] = {
        /* accounts */
        { "GET", "/v1/access_tokens/current", WHO_TEAM | WHO_CUSTOMER, "*", RATE_ACCESS_TOKENS,
          token_current },
        { "DELETE", "/v1/access_tokens/current", WHO_PEOPLE, NULL, RATE_ACCESS_TOKENS,
          token_current_delete },
        { "GET", "/v1/user", WHO_PEOPLE, NULL, RATE_ANY, user_get },

        /* claiming; there is no scope for it: API users cannot (section 2.5) */
        { "POST", "/v1/device_claims", WHO_PEOPLE, NULL, RATE_ANY, claim_code_new },
        { "POST", "/v1/devices", WHO_PEOPLE, NULL, RATE_ANY, device_claim },

        /* devices */
        { "GET", "/v1/devices", WHO_PEOPLE | WHO_API, "devices:list", RATE_ANY, devices_list },
        { "GET", "/v1/devices/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_mine },
        { "GET", "/v1/devices/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM,
          events_mine },
        { "POST", "/v1/devices/events", WHO_PEOPLE | WHO_API, "events:send", RATE_ANY, event_publish },
        { "GET", "/v1/devices/:id/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_device },
        { "GET", "/v1/devices/:id/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM,
          events_device },
        { "GET", "/v1/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_all },
        { "GET", "/v1/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_all },
        { "GET", "/v1/products/:product/events", WHO_TEAM, "events:get", RATE_STREAM, events_product },
        { "GET", "/v1/products/:product/events/*prefix", WHO_TEAM, "events:get", RATE_STREAM,
          events_product },
        { "GET", "/v1/products/:product/devices/:id/events", WHO_TEAM, "events:get", RATE_STREAM,
          events_product_device },
        { "GET", "/v1/products/:product/devices/:id/events/*prefix", WHO_TEAM, "events:get", RATE_STREAM,
          events_product_device },

        { "GET", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:get", RATE_ANY, device_get },
        { "PUT", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:update", RATE_ANY, device_put },
        { "DELETE", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:remove", RATE_ANY, device_delete },
        { "PUT", "/v1/devices/:id/ping", WHO_PEOPLE | WHO_API, "devices:ping", RATE_ANY, device_ping },

        { "GET", "/v1/serial_numbers/:serial", WHO_PEOPLE | WHO_API, "devices:get", RATE_SERIAL,
          serial_get },

        /* for the virtual device and for tests only: no real cloud has these */
        { "POST", "/sim/devices/:id/online", 0, NULL, RATE_NONE, lab_online },
        { "POST", "/sim/devices/:id/offline", 0, NULL, RATE_NONE, lab_offline },
        { "GET", "/sim/state", 0, NULL, RATE_NONE, lab_state },
        { "GET", "/sim/requests", 0, NULL, RATE_NONE, lab_requests },
        { "POST", "/sim/faults", 0, NULL, RATE_NONE, lab_faults },
        { "POST", "/sim/clock", 0, NULL, RATE_NONE, lab_clock },
};

/* Matches one segment of the pattern; moves both on. */
static bool match_segment(const char **pattern, const char **path, const char **ret_arg, size_t *ret_len)
{
        bool rest = **pattern == '*', named = rest || **pattern == ':';
        size_t want = strcspn(*pattern, "/"), have = rest ? strlen(*path) : strcspn(*path, "/");

        *ret_arg = named ? *path : NULL;
        *ret_len = have;
        if (named ? have == 0 : (want != have || strncmp(*pattern, *path, want) != 0))
                return false;
        *pattern += want;
        *path += have;
        return true;
}

static int match(struct call *c, const struct route *route)
{
        const char *pattern = route->pattern, *path = c->request->path, *arg;
        size_t n = 0, len;
        int r;

        while (*pattern == '/' && *path == '/') {
                pattern++, path++;
                if (!match_segment(&pattern, &path, &arg, &len))
                        return -ENOENT;
                if (!arg)
                        continue;
                r = percent_decode(arg, len, false, &c->arg[n++]);
                if (r < 0)
                        return r == -EINVAL ? -ENOENT : r;
        }
        if (*path == '/' && !path[1])
                path++;
        return *pattern || *path ? -ENOENT : 0;
}

static void forget_args(struct call *c)
{
        for (size_t i = 0; i < MAX_ARGS; i++) {
                free(c->arg[i]);
                c->arg[i] = NULL;
        }
}

int route_find(struct call *c)
{
        int r;

        for (size_t i = 0; i < ELEMENTSOF(routes); i++) {
                if (strcmp(routes[i].method, c->request->method) != 0)
                        continue;
                r = match(c, &routes[i]);
                if (r == 0) {
                        c->route = &routes[i];
                        return 0;
                }
                forget_args(c);
                if (r != -ENOENT)
                        return r;
        }
        return -ENOENT;
}
