/* SPDX-License-Identifier: Apache-2.0 */

/* Hints come many times a second and are the live line; what is plugged in or out is a line that stays. */

#include "setup/cli/scan-tell.h"

const char *scan_told(const struct label *l, char ret[static SCAN_TOLD_MAX])
{
        unsigned platform_id;
        const char *model = label_model_hint(l, &platform_id);

        (void)snprintf(ret, SCAN_TOLD_MAX, "serial %s, %s, setup code %s", l->serial,
                       model ? model : "unknown model", label_setup_code(l));
        return ret;
}

void scan_tell_trouble(struct progress *p, const struct trouble *why)
{
        const struct fault_info *info = fault_info(why->fault);

        progress_warn(p, "%s\n  Cause: %s\n  What to do: %s", info->sentence, why->cause, info->advice);
}

static const char *hint_words(enum source_hint hint)
{
        switch (hint) {
        case SOURCE_HINT_CLOSER: return "Camera: hold it closer";
        case SOURCE_HINT_FARTHER: return "Camera: hold it farther away";
        case SOURCE_HINT_TOO_DARK: return "Camera: it is too dark";
        case SOURCE_HINT_GLARE: return "Camera: it glares, tilt it";
        case SOURCE_HINT_HOLD_STILL: return "Camera: hold it still";
        case SOURCE_HINT_NONE: break;
        }
        return NULL;
}

void scan_tell_event(struct progress *p, const struct intake *i, enum source_event event)
{
        switch (event) {
        case SOURCE_HINT: progress_live(p, hint_words(intake_hint(i))); break;
        case SOURCE_LOST: progress_warn(p, "%s It is waited for.", trouble_words(intake_trouble(i))); break;
        case SOURCE_BACK: progress_say(p, "It is back."); break;
        case SOURCE_REFUSED: scan_tell_trouble(p, intake_trouble(i)); break;
        case SOURCE_NOTHING:
        case SOURCE_SCAN:
        case SOURCE_END: break;
        }
}
