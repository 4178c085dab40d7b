/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What usher-scan does: reads codes from a camera and writes records until whoever reads them has gone. */

#include <stdbool.h>

/* `which`: "auto", or a device's path; `out`: a SOCK_SEQPACKET socket. 0: its other end was closed, or
 * RECORD_ENDED was written; a negative errno of this process. */
int scan_run(const char *which, bool qr, int out);
