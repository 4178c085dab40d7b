/* SPDX-License-Identifier: Apache-2.0 */

/* SIMs of a product: imported in a queue, changed and read by its team. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/page.h"
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

static bool passes(struct call *c, const json_t *sim)
{
        const json_t *device = state_find(c->cloud, DEVICES, rec_text(sim, "device"));

        return call_filter(c, "iccid", rec_text(sim, "iccid")) &&
               call_filter(c, "deviceId", rec_text(sim, "device")) &&
               call_filter(c, "deviceName", device ? rec_text(device, "name") : NULL);
}

int product_sims_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *list = json_array();
        json_t *product = access_product(c, c->arg[0]), *sim;
        struct page page;
        const char *key;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        page_read(c, &page);
        json_object_foreach(state_all(c->cloud, SIMS), key, sim)
                if (rec_int(sim, "product_id") == rec_int(product, "id") && passes(c, sim) &&
                    page_takes(&page) && json_array_append_new(list, sim_json(c->cloud, sim)) < 0)
                        return -ENOMEM;
        return answer(c, 200, json_pack("{s:O,s:o*}", "sims", list, "meta", page_meta(&page)));
}

/* The whole fleet's. */
int product_sims_usage(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *sim;
        int64_t mb = 0, active = 0;
        const char *key;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        json_object_foreach(state_all(c->cloud, SIMS), key, sim)
                if (rec_int(sim, "product_id") == rec_int(product, "id")) {
                        mb += rec_int(sim, "mb_used");
                        active += rec_is(sim, "status", "active");
                }
        return answer(c, 200,
                      json_pack("{s:I,s:I,s:o*}", "total_mbs_used", (json_int_t)mb, "total_active_sim_cards",
                                (json_int_t)active, "usage_by_day", sim_usage_days(c->cloud, mb)));
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

int product_sim_delete(struct call *c)
{
        json_t *sim;
        int r;

        sim = product_sim(c, &r);
        return sim ? sim_release(c, sim) : r;
}

int product_sim_usage(struct call *c)
{
        json_t *sim;
        int r;

        sim = product_sim(c, &r);
        return sim ? sim_answer_usage(c, sim) : r;
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
