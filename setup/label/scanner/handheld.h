/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One scanner that is plugged in, by its node: a keyboard (/dev/input/event*), a serial line (ttyACM,
 * ttyUSB; also a pseudo terminal or a FIFO that plays one), or a HID POS scanner (hidraw). Which one it is,
 * the node itself tells. */

#include "proto/base/trouble.h"
#include "setup/label/scanner/gather.h"
#include "setup/label/scanner/keymap.h"
#include "setup/label/scanner/options.h"

struct handheld;

/* Takes it for this process alone where the kernel can (a keyboard's keys reach no window then). -ENODEV: it
 * is not there; -ENOTSUP (no scanner can be read there) and -EINVAL (no permission, in use), both with
 * *ret_trouble filled; -ENOMEM, -EMFILE. */
int handheld_open(const char *path, const struct scanner_options *o, struct handheld **ret,
                  struct trouble *ret_trouble);

/* Gives it back. Takes NULL, returns NULL. */
struct handheld *handheld_free(struct handheld *d);

DEFINE_CLEANUP(struct handheld *, handheld_free)

int handheld_fd(const struct handheld *d);
const char *handheld_path(const struct handheld *d);
const char *handheld_name(
        const struct handheld *d); /* for people: "Honeywell Voyager (/dev/input/event5)" */

/* Goes on with what has come: an enum gathered; -EAGAIN: there is nothing more; -ENODEV: it is gone. */
int handheld_take(struct handheld *d);

/* When handheld_take() has something to say though nothing comes: 0: now; INT64_MAX: never. CLOCK_BOOTTIME.
 */
int64_t handheld_due_ms(const struct handheld *d);

/* Of the last scan that handheld_take() told, until it is called again: the text, and when it ended. */
struct gather *handheld_gather(struct handheld *d);

/* Of a keyboard only. */
bool handheld_is_keyboard(const struct handheld *d);
bool handheld_is_person(const struct handheld *d); /* Ctrl-C came with nothing before it */
enum keymap handheld_map(const struct handheld *d);
void handheld_set_map(struct handheld *d, enum keymap map);
const char *handheld_id(const struct handheld *d); /* for memory.h */

/* What came since the last scan, for people to look at, or NULL if it is not kept. */
struct secret *handheld_raw(struct handheld *d);
