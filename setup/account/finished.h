/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which devices were set up on this machine, and when: so that a setup that is run again for a device that
 * is not in setup mode any more can say so, where nobody else could. A file in the state folder (places.h)
 * of whoever runs usher, mode 0600, one line a setup, the last one of a serial number counts:
 *
 *   ARNHAM000000001 1795867200 0123456789abcdef
 *
 * serial number, seconds since 1970 (0: begun again since, and not finished), and a hash of what was asked
 * for: another network's name, SIM or way of claiming is another setup. No secret goes into it, so that a
 * changed password is not seen. It is a convenience: without the file, or with one that cannot be read or
 * written, everything is as if nothing had been set up here. Several processes may use it. */

#include "setup/flow/profile/profile.h"

enum { FINISHED_FILE_MAX = 1 << 22 /* bytes, of some 80 000 setups; then nothing more is added */ };

/* The hash of what is asked for. Taken before a setup begins: an answer at the terminal may add to it. */
uint64_t finished_hash(const struct profile *profile);

/* When that setup of the device was finished here; -ENOENT: it was not, as far as is known. */
int finished_find(const char *path, const char *serial, uint64_t hash, int64_t *ret_s);

/* All lines, in their order: the last one of a serial number counts. */
typedef void (*finished_fn)(void *userdata, const char *serial, int64_t when_s, uint64_t hash);
void finished_each(const char *path, finished_fn fn, void *userdata);

/* Adds a line. -EINVAL: a serial number that no line can hold; -E2BIG; as file_open_kept(); the errno of
 * writing. */
int finished_note(const char *path, const char *serial, uint64_t hash, int64_t when_s);
