/* SPDX-License-Identifier: Apache-2.0 */

/* The words are read off the library's object, so that both always say the same. */

#include "setup/cli/setup-plan.h"
#include "setup/cli/line.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

static const char *in_words(const char *key, const char *value)
{
        if (strcmp(key, "secret") == 0 && strcmp(value, "partial") == 0)
                return "partial, the cloud completes it";
        return strcmp(key, "secret") == 0 && strcmp(value, "profile") == 0 ? "from the profile" : value;
}

static void put_words(FILE *f, json_t *plan_)
{
        const char *key;
        json_t *value;
        size_t i;

        json_object_foreach(plan_, key, value) {
                if (json_is_string(value))
                        fprintf(f, "  %-12s%s\n", key, in_words(key, json_string_value(value)));
                else if (json_is_integer(value))
                        fprintf(f, "  %-12s%d\n", key, (int)json_integer_value(value));
        }
        value = json_object_get(plan_, "networks");
        if (json_array_size(value) == 0)
                fputs("  network     asked for on the terminal, from the device's own scan\n", f);
        json_array_foreach(value, i, plan_) {
                fprintf(f, "  network     %s (%s%s, %s)\n",
                        json_string_value(json_object_get(plan_, "ssid")),
                        json_string_value(json_object_get(plan_, "security")),
                        json_is_true(json_object_get(plan_, "hidden")) ? ", hidden" : "",
                        json_is_true(json_object_get(plan_, "password")) ? "password given" : "no password");
        }
}

int setup_plan(FILE *f, bool json, const char *serial, const char *plan)
{
        json_t *p = json_loads(plan, 0, NULL);

        if (json)
                return line_job_event(f, serial, "plan", p);
        if (!p)
                return -ENOMEM;
        fprintf(f, "Nothing was done. This would be:\n  %-12s%s\n", "serial", serial);
        put_words(f, p);
        json_decref(p);
        return fflush(f) != 0 ? -EIO : 0;
}
