/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A camera as a source of codes. The camera is held, and its pictures are looked at, by the program
 * usher-scan and its decoder; what comes here is the texts that were read twice (accept.h), and hints. */

#include "setup/label/source.h"
#include <stdbool.h>

/* Starts usher-scan on the device `which`, or on the first camera that can be used ("auto"). `qr`: QR codes
 * are looked for, too, which takes longer. What is wrong with the camera, or with the installation, is told
 * by dispatch as SOURCE_REFUSED with what to do about it, and then SOURCE_END; a camera that was there and
 * is unplugged is waited for (SOURCE_LOST, SOURCE_BACK). The thread that opens it must not end before
 * source_free(): usher-scan ends with it. */
int source_open_camera(const char *which, bool qr, struct source **ret);
