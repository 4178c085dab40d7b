/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where usher keeps small files of its own between runs, as the XDG base directories want it; a service's
 * own folders (systemd's CacheDirectory=, StateDirectory=) come first. Folders are made with mode 0700. */

enum { PLACE_MAX = 4096 };

/* The file's path, its folder being there: what can be asked again, and what should stay.
 *   cache  $CACHE_DIRECTORY/NAME, $XDG_CACHE_HOME/usher/NAME, ~/.cache/usher/NAME
 *   state  $STATE_DIRECTORY/NAME, $XDG_STATE_HOME/usher/NAME, ~/.local/state/usher/NAME
 * -ENOENT: there is none of these; -ENAMETOOLONG; the errno of making a folder. */
int place_cache(const char *name, char ret[static PLACE_MAX]);
int place_state(const char *name, char ret[static PLACE_MAX]);

/* Makes the folders above the file. 0 or the errno. */
int place_make_folders(const char *path);
