/* SPDX-License-Identifier: Apache-2.0 */

/* The table of routes and how a path is matched with it. Fixed segments come before named ones of the same
 * place ("/v1/devices/events" before "/v1/devices/:id"), because the first match counts. */

#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/params.h"
#include <errno.h>
#include <string.h>

#define PRODUCT "/v1/products/:product"

static const struct route routes[] = {
        /* accounts */
        { "POST", "/oauth/token", 0, NULL, RATE_SIGN_IN, token_new },
        { "GET", "/v1/access_tokens", 0, NULL, RATE_ACCESS_TOKENS, tokens_list },
        { "DELETE", "/v1/access_tokens", WHO_PEOPLE, NULL, RATE_ACCESS_TOKENS, tokens_delete },
        { "GET", "/v1/access_tokens/current", WHO_TEAM | WHO_CUSTOMER, "*", RATE_ACCESS_TOKENS,
          token_current },
        { "DELETE", "/v1/access_tokens/current", WHO_PEOPLE, NULL, RATE_ACCESS_TOKENS,
          token_current_delete },
        { "DELETE", "/v1/access_tokens/:token", 0, NULL, RATE_ACCESS_TOKENS, token_delete },
        { "GET", "/v1/user", WHO_PEOPLE, NULL, RATE_ANY, user_get },
        { "GET", "/v1/user/service_agreements", WHO_USER, NULL, RATE_ANY, service_agreements },
        { "GET", "/v1/user/products", WHO_USER, NULL, RATE_ANY, products_list },
        { "POST", PRODUCT "/team", WHO_USER, NULL, RATE_ANY, team_add },
        { "GET", PRODUCT "/team", WHO_USER, NULL, RATE_ANY, team_list },
        { "PUT", PRODUCT "/team/:username/token", WHO_USER, NULL, RATE_ANY, team_renew },
        { "DELETE", PRODUCT "/team/:username", WHO_USER, NULL, RATE_ANY, team_remove },

        /* claiming; there is no scope for it: API users cannot (cloud.md 2.5) */
        { "POST", "/v1/device_claims", WHO_PEOPLE, NULL, RATE_ANY, claim_code_new },
        { "POST", PRODUCT "/device_claims", WHO_PEOPLE, NULL, RATE_ANY, product_claim_code_new },
        { "POST", "/v1/orgs/:org/products/:product/device_claims", WHO_PEOPLE, NULL, RATE_ANY,
          product_claim_code_new },
        { "POST", "/v1/devices", WHO_PEOPLE, NULL, RATE_ANY, device_claim },

        /* events */
        { "GET", "/v1/devices/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_mine },
        { "GET", "/v1/devices/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM,
          events_mine },
        { "POST", "/v1/devices/events", WHO_PEOPLE | WHO_API, "events:send", RATE_ANY, event_publish },
        { "GET", "/v1/devices/:id/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_device },
        { "GET", "/v1/devices/:id/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM,
          events_device },
        { "GET", "/v1/events", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_all },
        { "GET", "/v1/events/*prefix", WHO_PEOPLE | WHO_API, "events:get", RATE_STREAM, events_all },
        { "GET", PRODUCT "/events", WHO_TEAM, "events:get", RATE_STREAM, events_product },
        { "GET", PRODUCT "/events/*prefix", WHO_TEAM, "events:get", RATE_STREAM, events_product },
        { "POST", PRODUCT "/events", WHO_TEAM, "events:send", RATE_ANY, event_publish_product },
        { "GET", PRODUCT "/devices/:id/events", WHO_TEAM, "events:get", RATE_STREAM, events_product_device },
        { "GET", PRODUCT "/devices/:id/events/*prefix", WHO_TEAM, "events:get", RATE_STREAM,
          events_product_device },

        /* devices */
        { "GET", "/v1/devices", WHO_PEOPLE | WHO_API, "devices:list", RATE_ANY, devices_list },
        { "GET", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:get", RATE_ANY, device_get },
        { "PUT", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:update", RATE_ANY, device_put },
        { "DELETE", "/v1/devices/:id", WHO_PEOPLE | WHO_API, "devices:release", RATE_ANY, device_delete },
        { "PUT", "/v1/devices/:id/ping", WHO_PEOPLE | WHO_API, "devices:ping", RATE_ANY, device_ping },
        { "PUT", "/v1/devices/:id/unprotect", WHO_PEOPLE | WHO_API, "devices:update", RATE_ANY,
          device_unprotect },
        { "GET", "/v1/serial_numbers/:serial", WHO_PEOPLE | WHO_API, "devices:get", RATE_SERIAL,
          serial_get },

        /* products */
        { "GET", "/v1/products", WHO_TEAM, "products:list", RATE_ANY, products_list },
        { "GET", PRODUCT, WHO_TEAM, "products:get", RATE_ANY, product_get },
        { "GET", PRODUCT "/devices", WHO_TEAM, "devices:list", RATE_ANY, members_list },
        { "POST", PRODUCT "/devices", WHO_TEAM, "devices:import", RATE_ANY, devices_import },
        { "PUT", PRODUCT "/devices", WHO_TEAM, "devices:update", RATE_ANY, groups_assign },
        { "GET", PRODUCT "/groups", WHO_TEAM, "groups:list", RATE_ANY, groups_list },
        { "POST", PRODUCT "/groups", WHO_TEAM, "groups:create", RATE_ANY, group_new },
        { "GET", PRODUCT "/groups/:name", WHO_TEAM, "groups:get", RATE_ANY, group_get },
        { "GET", PRODUCT "/devices/:id", WHO_TEAM, "devices:get", RATE_ANY, member_get },
        { "PUT", PRODUCT "/devices/:id", WHO_TEAM, "devices:update", RATE_ANY, member_put },
        { "DELETE", PRODUCT "/devices/:id", WHO_TEAM, "devices:remove", RATE_ANY, member_delete },
        { "PUT", PRODUCT "/devices/:id/ping", WHO_TEAM, "devices:ping", RATE_ANY, member_ping },
        { "DELETE", PRODUCT "/devices/:id/owner", WHO_TEAM, "devices:release", RATE_ANY, member_unclaim },
        { "PUT", PRODUCT "/devices/:id/unprotect", WHO_TEAM, "devices:update", RATE_ANY, member_unprotect },
        { "POST", PRODUCT "/customers", 0, NULL, RATE_ANY, customer_new },
        { "GET", PRODUCT "/customers", WHO_TEAM, "customers:list", RATE_ANY, customers_list },
        { "PUT", PRODUCT "/customers/:email", WHO_TEAM, "customers:update", RATE_ANY, customer_put },
        { "DELETE", PRODUCT "/customers/:email", WHO_TEAM, "customers:remove", RATE_ANY, customer_delete },

        /* SIMs */
        { "GET", "/v1/sims", WHO_USER, NULL, RATE_ANY, sims_list },
        { "GET", "/v1/sims/:iccid", WHO_USER, NULL, RATE_ANY, sim_get },
        { "HEAD", "/v1/sims/:iccid", WHO_USER, NULL, RATE_ANY, sim_head },
        { "PUT", "/v1/sims/:iccid", WHO_USER, NULL, RATE_ANY, sim_put },
        { "DELETE", "/v1/sims/:iccid", WHO_USER, NULL, RATE_ANY, sim_delete },
        { "GET", "/v1/sims/:iccid/status", WHO_USER, NULL, RATE_ANY, sim_status },
        { "GET", "/v1/sims/:iccid/data_usage", WHO_USER, NULL, RATE_ANY, sim_usage },
        { "GET", PRODUCT "/sims", WHO_TEAM, "sims:list", RATE_ANY, product_sims_list },
        { "POST", PRODUCT "/sims", WHO_TEAM, "sims:import", RATE_ANY, product_sims_import },
        { "GET", PRODUCT "/sims/data_usage", WHO_TEAM, "sims.usage:get", RATE_ANY, product_sims_usage },
        { "GET", PRODUCT "/sims/:iccid", WHO_TEAM, "sims:get", RATE_ANY, product_sim_get },
        { "PUT", PRODUCT "/sims/:iccid", WHO_TEAM, "sims:update", RATE_ANY, product_sim_put },
        { "DELETE", PRODUCT "/sims/:iccid", WHO_TEAM, "sims:remove", RATE_ANY, product_sim_delete },
        { "GET", PRODUCT "/sims/:iccid/data_usage", WHO_TEAM, "sims.usage:get", RATE_ANY,
          product_sim_usage },
        { "GET", PRODUCT "/sims/:iccid/status", WHO_TEAM, "sims.status:get", RATE_ANY, product_sim_status },

        /* firmware; the files are what a link in an answer points to, without the token */
        { "GET", "/v1/system_firmware/upgrade", WHO_PEOPLE | WHO_API, "*", RATE_ANY, firmware_upgrade },
        { "GET", "/v1/firmware/files/:step/:name", 0, NULL, RATE_ANY, firmware_file },
        { "GET", "/v1/device-os/versions", WHO_TEAM, "*", RATE_ANY, releases_list },
        { "GET", "/v1/device-os/versions/:version", WHO_TEAM, "*", RATE_ANY, release_get },
        { "GET", "/v1/firmware/device-os/:version/:file", 0, NULL, RATE_ANY, release_file },
        { "GET", "/v1/build_targets", 0, NULL, RATE_ANY, build_targets },

        /* for the virtual device and for tests only: no real cloud has these */
        { "POST", "/sim/devices/:id", 0, NULL, RATE_NONE, lab_made },
        { "POST", "/sim/devices/:id/event", 0, NULL, RATE_NONE, lab_event },
        { "POST", "/sim/devices/:id/online", 0, NULL, RATE_NONE, lab_online },
        { "POST", "/sim/devices/:id/offline", 0, NULL, RATE_NONE, lab_offline },
        { "GET", "/sim/state", 0, NULL, RATE_NONE, lab_state },
        { "GET", "/sim/requests", 0, NULL, RATE_NONE, lab_requests },
        { "POST", "/sim/faults", 0, NULL, RATE_NONE, lab_faults },
        { "POST", "/sim/clock", 0, NULL, RATE_NONE, lab_clock },
        { "POST", "/sim/transfers/:id", 0, NULL, RATE_NONE, lab_transfer },
        { "GET", "/sim/streams", 0, NULL, RATE_NONE, lab_streams },
        { "DELETE", "/sim/streams", 0, NULL, RATE_NONE, lab_streams_end },
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
