/* SPDX-License-Identifier: Apache-2.0 */

/* SIMs of a product: imported in a queue, changed and read by its team. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/sims.h"
#include <errno.h>

/* The SIM of the product that the path names; refuses by itself. */
static json_t *product_sim(struct call *c, int *ret_r)
{
        json_t *product = access_product(c, c->arg[0]), *sim;

        if (!product) {
                *ret_r = refuse(c, SHAPE_NO_PRODUCT);
                return NULL;
        }
        sim = state_find(c->cloud, SIMS, c->arg[1]);
        if (!sim || rec_int(sim, "product_id") != rec_int(product, "id")) {
                *ret_r = refuse(c, SHAPE_SIM_UNKNOWN);
                return NULL;
        }
        return sim;
}

int product_sims_list(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *list, *sim;
        const char *key;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        list = json_array();
        json_object_foreach(state_all(c->cloud, SIMS), key, sim)
                if (rec_int(sim, "product_id") == rec_int(product, "id") &&
                    json_array_append_new(list, sim_json(c->cloud, sim)) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        return answer(c, 200, json_pack("{s:o*,s:{s:i}}", "sims", list, "meta", "total_pages", 1));
}

int product_sim_get(struct call *c)
{
        json_t *sim;
        int r;

        sim = product_sim(c, &r);
        if (!sim)
                return r;
        r = sim_look(c->cloud, sim);
        return r < 0 ? r : answer(c, 200, sim_json(c->cloud, sim));
}

int product_sim_put(struct call *c)
{
        json_t *sim;
        int r;

        sim = product_sim(c, &r);
        return sim ? sim_change(c, sim) : r;
}

int product_sim_status(struct call *c)
{
        json_t *sim;
        int r;

        sim = product_sim(c, &r);
        return sim ? sim_answer_status(c, sim) : r;
}

/* Queued: 200 says nothing about success, the SIMs change later. */
int product_sims_import(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *item;
        _cleanup_(json_decrefp) json_t *list = json_incref(json_object_get(c->body, "sims"));
        const char *country = call_text(c, "country");
        size_t i;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!list && import_lines(c, &list) < 0)
                return refuse(c, SHAPE_IMPORT_NOTHING);
        if (country && !sim_is_country(country))
                return refuse(c, SHAPE_SIM_COUNTRY);
        json_array_foreach(list, i, item) {
                const char *iccid = json_string_value(item);
                const json_t *sim = state_find(c->cloud, SIMS, iccid);

                if (!sim || (rec_text(sim, "owner") && !sim_is_mine(c, sim)))
                        continue; /* told by e-mail only */
                r = sim_import(c->cloud, iccid, rec_int(product, "id"), country ?: "US");
                if (r < 0)
                        return r;
        }
        return answer_ok(c);
}
