/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A device that sends back what it gets, frame by frame (u16 LE length, payload): for measuring links
 * without the setup protocol. */

#include "tests/sim/vhci/peripheral.h"

/* The n-th of them, named "Argon-ECHO" and two digits. Advertises at once. It goes
 * with its peripheral.
 */
int app_echo_new(unsigned n, unsigned max_mtu, struct peripheral **ret);
