/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Running numbers for the names of devices ("Lamp {n}"), kept in a file: one series for each name, one
 * number for each device, so that a setup that is run again gives the same name. Several processes may use
 * one file.
 */

enum { NUMBERS_FILE_MAX = 1 << 22 /* bytes, of some 50 000 devices */ };

/* The device's number in the series: the one that it has, or the next one, beginning with 1. -EINVAL: a name
 * or serial number that no line can hold; -E2BIG: the file is full; as file_open_kept() and file_lock();
 * the errno of reading or writing. */
int numbers_take(const char *path, const char *name, const char *serial, unsigned *ret);
