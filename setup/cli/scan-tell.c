/* SPDX-License-Identifier: Apache-2.0 */

/* Hints come many times a second and are the live line; what is plugged in or out is a line that stays. */

#include "setup/cli/scan-tell.h"
#include "setup/cli/label-print.h"
#include "setup/cli/line.h"
#include "setup/engine/event.h"

const char *scan_told(const struct label *l, char ret[static SCAN_TOLD_MAX])
{
        unsigned platform_id;
        const char *model = label_model_hint(l, &platform_id);

        (void)snprintf(ret, SCAN_TOLD_MAX, "serial %s, %s, setup code %s", l->serial,
                       model ? model : "unknown model", label_setup_code(l));
        return ret;
}

static const char *origin_name(enum source_origin origin)
{
        switch (origin) {
        case SOURCE_FILE: return "file";
        case SOURCE_PICTURE: return "picture";
        case SOURCE_CAMERA: return "camera";
        case SOURCE_SCANNER: return "scanner";
        case SOURCE_TERMINAL: break;
        }
        return "terminal";
}

static const char *symbology_name(enum label_symbology symbology)
{
        return symbology == LABEL_DATA_MATRIX ? "data-matrix" : symbology == LABEL_QR ? "qr" : NULL;
}

int scan_tell_json(FILE *f, const struct scan *scan, const struct label *l, const struct trouble *why,
                   bool show_secret, const char *fate)
{
        json_t *e = json_pack("{s:o, s:s?, s:s?, s:s?}", "from", event_text(scan ? scan->from : NULL),
                              "origin", scan ? origin_name(scan->origin) : NULL, "symbology",
                              scan ? symbology_name(scan->symbology) : NULL, "fate", fate);

        return line_event(f, "scan", label_print_json(e, l, why, show_secret));
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

/* It is waited for: whoever holds it does what the cause says. */
static void tell_lost(struct progress *p, const struct trouble *why)
{
        progress_warn(p, "Waiting: %s.", trouble_words(why));
}

static void tell_refused(struct progress *p, const struct trouble *why)
{
        if (why->fault != FAULT_NONE)
                scan_tell_trouble(p, why);
        else
                progress_say(p, "%s.", why->cause); /* the calibration code was read */
}

void scan_tell_event(struct progress *p, const struct intake *i, enum source_event event)
{
        switch (event) {
        case SOURCE_HINT: progress_live(p, hint_words(intake_hint(i))); break;
        case SOURCE_LOST: tell_lost(p, intake_trouble(i)); break;
        case SOURCE_BACK: progress_say(p, "It is back."); break;
        case SOURCE_REFUSED: tell_refused(p, intake_trouble(i)); break;
        case SOURCE_NOTHING:
        case SOURCE_SCAN:
        case SOURCE_END: break;
        }
}
