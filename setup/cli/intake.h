/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A source of label texts (setup/label/source.h) on a loop: its events come by themselves, while whatever
 * else is on the loop goes on. */

#include "setup/label/source.h"
#include <systemd/sd-event.h>

struct intake;

/* What source_dispatch() answered, never SOURCE_NOTHING; of SOURCE_SCAN the scan, whose text may be taken
 * out. Nothing follows SOURCE_END. A refusal that is the end comes as SOURCE_END alone. The intake is not
 * freed inside of it. */
typedef void (*intake_fn)(void *userdata, enum source_event event, struct scan *scan);

/* Takes the source over, also on failure. -ENOMEM, or the errno of the loop. */
int intake_new(sd_event *loop, struct source *source, intake_fn on_event, void *userdata,
               struct intake **ret);

/* Of the last event, as source_trouble() and source_hint(); of SOURCE_END the refusal that it was, if it was
 * one. */
const struct trouble *intake_trouble(const struct intake *i);
enum source_hint intake_hint(const struct intake *i);

/* After SOURCE_END: 0, or the negative errno with which this process failed. */
int intake_error(const struct intake *i);

/* Takes NULL, returns NULL. Gives back what the source holds. */
struct intake *intake_free(struct intake *i);
DEFINE_CLEANUP(struct intake *, intake_free)
