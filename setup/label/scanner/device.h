/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One scanner that is plugged in, by its node: a keyboard (/dev/input/event*), a serial line (ttyACM,
 * ttyUSB; also a pseudo terminal or a FIFO that plays one), or a HID POS scanner (hidraw). Which one it is,
 * the node itself tells. */

#include "proto/base/trouble.h"
#include "setup/label/scanner/gather.h"
#include "setup/label/scanner/keymap.h"
#include "setup/label/scanner/options.h"

struct device;

/* Takes it for this process alone where the kernel can (a keyboard's keys reach no window then). -ENODEV: it
 * is not there; -ENOTSUP (no scanner can be read there) and -EINVAL (no permission, in use), both with
 * *ret_trouble filled; -ENOMEM, -EMFILE. */
int device_open(const char *path, const struct scanner_options *o, struct device **ret,
                struct trouble *ret_trouble);

/* Gives it back. Takes NULL, returns NULL. */
struct device *device_free(struct device *d);

DEFINE_CLEANUP(struct device *, device_free)

int device_fd(const struct device *d);
const char *device_path(const struct device *d);
const char *device_name(const struct device *d); /* for people: "Honeywell Voyager (/dev/input/event5)" */

/* Goes on with what has come: an enum gathered; -EAGAIN: there is nothing more; -ENODEV: it is gone. */
int device_take(struct device *d);

/* When device_take() has something to say though nothing comes: 0: now; INT64_MAX: never. CLOCK_BOOTTIME. */
int64_t device_due_ms(const struct device *d);

/* Of the last scan that device_take() told, until it is called again: the text, and when it ended. */
struct gather *device_gather(struct device *d);

/* Of a keyboard only. */
bool device_is_keyboard(const struct device *d);
bool device_is_person(const struct device *d); /* Ctrl-C came with nothing before it */
enum keymap device_map(const struct device *d);
void device_set_map(struct device *d, enum keymap map);
const char *device_id(const struct device *d); /* for memory.h */

/* What came since the last scan, for people to look at, or NULL if it is not kept. */
struct secret *device_raw(struct device *d);
