/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The verb "vhci" of usher-sim: a Bluetooth adapter with virtual devices in range, on /dev/vhci. */

int vhci_main(int argc, char **argv);
