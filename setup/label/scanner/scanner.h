/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Handheld scanners as a source of texts. */

#include "setup/label/scanner/options.h"
#include "setup/label/source.h"

/* `which` is the path of a node (also a link to one, /dev/input/by-id/..., /dev/serial/by-id/...), or
 * "auto": every scanner that the udev rule knows, whenever it is plugged in. Only a keyboard that is named
 * by its path can be one that nobody knows as a scanner. *o and its texts are copied.
 *
 * A path that cannot be used is told by dispatch: SOURCE_REFUSED (FAULT_SCANNER) and SOURCE_END; so is a
 * keyboard at which a person presses Ctrl-C. With "auto" and no scanner the first event is SOURCE_LOST, and
 * source_trouble() says what to do; a scanner that is plugged in is then SOURCE_BACK.
 *
 * SOURCE_REFUSED also tells that the calibration code was read: source_trouble() has FAULT_NONE and says
 * which country the scanner is set to; it is remembered (`memory`) and used from now on. */
int source_open_scanner(const char *which, const struct scanner_options *o, struct source **ret);

/* Of such a source, with `raw`: what arrived for the last event as people can look at it: keys as they are
 * named on an American keyboard, other keys and bytes as numbers in angle brackets. "" if nothing did. It
 * has the mobile secret in it. */
const char *scanner_raw(const struct source *s);
