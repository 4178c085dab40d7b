/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A private message bus for one test program: a dbus-daemon of its own with its socket in a folder of its
 * own, set as the system bus of this process. */

#include <stdbool.h>

/* Starts it (a call that starts org.bluez gets an error that says so), and makes `dir` (for sysfs, records
 * and locks of the test). denies: everybody may not talk to org.bluez. Fails the test when it does not come
 * up. */
void bus_start(bool denies);

/* From now on it answers nothing, and takes nothing beyond what its socket holds. */
void bus_pause(void);

/* Ends it, and removes the folder. */
void bus_stop(void);

const char *bus_dir(void);

/* Writes a file below the folder, making its folders. */
void bus_write(const char *path, const char *text);
