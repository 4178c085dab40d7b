/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The surface of the virtual cloud: THE table of routes (routes.c) and the handlers that it names. */

#include "tests/sim/cloud/limits.h"
#include "tests/sim/cloud/machine.h"

/* Whose tokens a route takes. 0: it takes none. */
enum {
        WHO_USER = 1,
        WHO_CUSTOMER = 2, /* a product's customer: user endpoints only */
        WHO_PRODUCT = 4,  /* a product's own client (client_credentials) */
        WHO_API = 8,      /* an API user, with the route's scope */
        WHO_PEOPLE = WHO_USER | WHO_CUSTOMER,
        WHO_TEAM = WHO_USER | WHO_PRODUCT | WHO_API,
};

struct route {
        const char *method;
        const char *pattern; /* ":name" is one segment, "*name" the rest, if any: call.arg[] */
        unsigned who;
        const char *scope; /* what an API user needs */
        enum rate rate;
        int (*answer)(struct call *c);
};

/* Finds the route and fills call.route and call.arg. -ENOENT. */
int route_find(struct call *c);

/* grants.c */
int token_new(struct call *c);

/* accounts.c */
int token_current(struct call *c);
int token_current_delete(struct call *c);
int tokens_list(struct call *c);
int tokens_delete(struct call *c);
int token_delete(struct call *c);
int user_get(struct call *c);
int service_agreements(struct call *c);

/* team.c */
int team_list(struct call *c);
int team_add(struct call *c);
int team_renew(struct call *c);
int team_remove(struct call *c);

/* devices.c */
int devices_list(struct call *c);
int device_get(struct call *c);
int device_put(struct call *c);
int device_ping(struct call *c);
int device_delete(struct call *c);

/* claims.c */
int claim_code_new(struct call *c);
int product_claim_code_new(struct call *c);
int device_claim(struct call *c);

/* members.c */
int members_list(struct call *c);

/* products.c */
int products_list(struct call *c);
int product_get(struct call *c);
int member_get(struct call *c);
int member_put(struct call *c);
int member_ping(struct call *c);
int member_unclaim(struct call *c);
int member_delete(struct call *c);

/* protection.c */
int device_unprotect(struct call *c);
int member_unprotect(struct call *c);

/* groups.c */
int groups_list(struct call *c);
int group_get(struct call *c);
int group_new(struct call *c);
int groups_assign(struct call *c);

/* import.c */
int devices_import(struct call *c);

/* customers.c */
int customer_new(struct call *c);
int customers_list(struct call *c);
int customer_put(struct call *c);
int customer_delete(struct call *c);

/* sims.c, sims-product.c */
int sims_list(struct call *c);
int sim_get(struct call *c);
int sim_head(struct call *c);
int sim_put(struct call *c);
int sim_delete(struct call *c);
int sim_status(struct call *c);
int sim_usage(struct call *c);
int product_sims_list(struct call *c);
int product_sims_import(struct call *c);
int product_sim_get(struct call *c);
int product_sim_put(struct call *c);
int product_sim_delete(struct call *c);
int product_sim_usage(struct call *c);
int product_sims_usage(struct call *c);
int product_sim_status(struct call *c);

/* firmware.c */
int firmware_upgrade(struct call *c);
int firmware_file(struct call *c);
int releases_list(struct call *c);
int release_get(struct call *c);
int release_file(struct call *c);
int build_targets(struct call *c);

/* events.c */
int events_mine(struct call *c);
int events_all(struct call *c);
int events_device(struct call *c);
int events_product(struct call *c);
int events_product_device(struct call *c);
int event_publish(struct call *c);
int event_publish_product(struct call *c);

/* serials.c */
int serial_get(struct call *c);

/* lab.c */
int lab_made(struct call *c);
int lab_event(struct call *c);
int lab_online(struct call *c);
int lab_offline(struct call *c);
int lab_state(struct call *c);
int lab_requests(struct call *c);
int lab_faults(struct call *c);
int lab_clock(struct call *c);
int lab_transfer(struct call *c);
int lab_streams(struct call *c);
int lab_streams_end(struct call *c);
