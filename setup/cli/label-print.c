/* SPDX-License-Identifier: Apache-2.0 */

/* The same words and keys for what a picture and what a scanner says. */

#include "setup/cli/label-print.h"
#include "setup/cli/line.h"
#include "setup/engine/event.h"
#include <string.h>

static const char *show(const struct label *l, bool show_secret, char masked[static LABEL_SECRET_LEN + 1])
{
        size_t len = secret_len(l->mobile_secret);

        if (show_secret)
                return secret_text(l->mobile_secret);
        memset(masked, '*', len);
        masked[len] = 0;
        return masked;
}

void label_print(FILE *f, const char *name, const struct label *l, bool show_secret)
{
        char shown[LINE_SHOWN_MAX], masked[LABEL_SECRET_LEN + 1];
        unsigned platform_id;
        const char *model = label_model_hint(l, &platform_id);

        fprintf(f, "%s: serial %s, %s, setup code %s, mobile secret %s%s\n", line_shown(name, shown),
                l->serial, model ? model : "unknown model", label_setup_code(l),
                show(l, show_secret, masked), label_is_partial(l) ? " (short: the cloud completes it)" : "");
}

json_t *label_print_json(json_t *to, const struct label *l, const struct trouble *why, bool show_secret)
{
        const struct fault_info *info = fault_info(why->fault);
        bool good = why->fault == FAULT_NONE;
        char masked[LABEL_SECRET_LEN + 1];
        unsigned platform_id = 0;
        json_t *more;

        more = json_pack("{s:s?, s:s?, s:s?, s:s?, s:b, s:s?, s:o, s:s?}", "serial", good ? l->serial : NULL,
                         "setup_code", good ? label_setup_code(l) : NULL, "model",
                         good ? label_model_hint(l, &platform_id) : NULL, "secret",
                         good ? show(l, show_secret, masked) : NULL, "partial", good && label_is_partial(l),
                         "fault", good ? NULL : info->key, "cause", event_text(why->cause), "advice",
                         good ? NULL : info->advice);
        if (to && json_object_update(to, more) == 0) {
                json_decref(more);
                return to;
        }
        json_decref(more);
        json_decref(to);
        return NULL;
}
