/* SPDX-License-Identifier: Apache-2.0 */

/* What a list would do: `usher setup --from LIST --dry-run`. */

#include "setup/engine/event.h"
#include "setup/lib/list-private.h"
#include <errno.h>

static json_t *profile_json(const struct profile *p, const char *named, size_t rows)
{
        return json_pack("{s:o, s:I, s:s, s:I, s:o}", "profile", event_text(named[0] ? named : NULL),
                         "devices", (json_int_t)rows, "claim", profile_claim_name(p->claim), "networks",
                         (json_int_t)p->n_networks, "name", event_text(p->name));
}

static json_t *profiles_json(const struct list_profiles *profiles)
{
        json_t *list = json_array();
        const struct profile *p;
        const char *named;
        size_t rows;

        for (size_t i = 0; list && (p = list_profiles_at(profiles, i, &named, &rows)); i++)
                if (json_array_append_new(list, profile_json(p, named, rows)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

/* All radios in one text. */
static json_t *radios_json(const struct usher_list *l)
{
        const char *one = ctx_text(l->ctx, SETTING_RADIO);
        json_t *all = l->n_radios ? event_word(l->radios[0]) : event_word(one ? one : "bluez");

        for (size_t i = 1; all && i < l->n_radios; i++) {
                json_t *more = json_sprintf("%s %s", json_string_value(all), l->radios[i]);

                json_decref(all);
                all = more;
        }
        return all;
}

static char *plan(const struct usher_list *l, const struct world *w)
{
        const char *token = setups_customer(l)     ? "the customer's, with the product's OAuth client"
                            : l->ctx->token.origin ? l->ctx->token.origin
                                                   : "given by the program";
        json_t *j = event_new("list", json_pack("{s:I, s:o, s:o, s:o, s:o}", "devices",
                                                (json_int_t)l->rows.n, "radio", radios_json(l), "token",
                                                event_text(w->account ? token : NULL), "cloud",
                                                event_text(w->account ? w->config.cloud_url : NULL),
                                                "profiles", profiles_json(l->profiles)));
        char *line = j ? json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(j);
        return line;
}

int usher_list_get_plan(struct usher_list *l, char **ret_json)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(world_done) struct world world = {};
        bool account = false;
        char *line;
        int r = ctx_enter(l->ctx, &e);

        if (r == 0 && l->stage != LIST_STAGE_NEW)
                r = -EALREADY;
        if (r == 0)
                r = list_prepare(l, &account);
        if (r == 0)
                r = world_keep(l->ctx, setups_customer(l), account, &world);
        if (r < 0)
                return r;
        line = plan(l, &world);
        if (!line)
                return -ENOMEM;
        *ret_json = line;
        return 0;
}
