/* SPDX-License-Identifier: Apache-2.0 */

/* The words are read off the object that --json prints, so that both always say the same. */

#include "setup/cli/list-plan.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <jansson.h>

static void plan_freep(json_t **plan)
{
        json_decref(*plan);
}

static int number(const json_t *object, const char *key)
{
        return (int)json_integer_value(json_object_get(object, key));
}

/* NULL: it is null. */
static const char *text(const json_t *object, const char *key)
{
        return json_string_value(json_object_get(object, key));
}

static void put_profile(FILE *f, const json_t *p)
{
        const char *named = text(p, "profile"), *name = text(p, "name");

        fprintf(f, "  %-12s%s, devices: %d, claim: %s, networks: %d", "profile",
                named ? named : "of this command", number(p, "devices"), text(p, "claim"),
                number(p, "networks"));
        if (name)
                fprintf(f, ", name: %s", name);
        fputc('\n', f);
}

int list_plan_words(FILE *f, const char *json)
{
        _cleanup_(plan_freep) json_t *plan = json_loads(json, 0, NULL);
        json_t *profiles = json_object_get(plan, "profiles"), *p;
        size_t i;

        if (!plan)
                return -ENOMEM;
        fprintf(f, "Nothing was done. This would be:\n  %-12s%d\n  %-12s%s\n", "devices",
                number(plan, "devices"), "radio", text(plan, "radio"));
        if (text(plan, "token"))
                fprintf(f, "  %-12s%s\n  %-12s%s\n", "token", text(plan, "token"), "cloud",
                        text(plan, "cloud"));
        json_array_foreach(profiles, i, p)
                put_profile(f, p);
        return fflush(f) != 0 ? -EIO : 0;
}
