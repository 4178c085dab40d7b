/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How strongly a virtual device is heard: the text in NAME.rssi beside its socket. */

/* dBm; 0 = unknown: there is no such file, or no number from -127 to 20 in it. Never blocks. */
int sim_signal(int dir_fd, const char *name);
