/* SPDX-License-Identifier: Apache-2.0 */

/* Only a file that is not there lets the search go on: a profile that is there and cannot be read must not
 * be passed over for another one, so it is left to whoever opens it to say why. */

#include "setup/cli/defaults.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_PROFILES "/etc/usher/profiles"

/* The i-th folder of profiles; false: the variable that it hangs on is not set. */
static bool folder_at(size_t i, const char *name, char ret[static PLACE_MAX])
{
        const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
        int n = -1;

        if (i == 1)
                n = snprintf(ret, PLACE_MAX, SYSTEM_PROFILES "/%s.ini", name);
        else if (config && config[0] == '/')
                n = snprintf(ret, PLACE_MAX, "%s/usher/%s.ini", config, name);
        else if (home && home[0])
                n = snprintf(ret, PLACE_MAX, "%s/.config/usher/%s.ini", home, name);
        return n > 0 && n < PLACE_MAX;
}

static bool is_there(const char *path)
{
        return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

int defaults_profile(const char *given, char ret[static PLACE_MAX], struct trouble *ret_trouble)
{
        char path[PLACE_MAX];

        if (given && strcmp(given, "none") == 0)
                return 0;
        if (given && (strpbrk(given, "/.") || !given[0])) {
                if (snprintf(ret, PLACE_MAX, "%s", given) >= PLACE_MAX)
                        return trouble_set(ret_trouble, FAULT_CONFIG, "the profile's path is too long");
                return 1;
        }
        for (size_t i = 0; i < 2; i++)
                if (folder_at(i, given ? given : "default", path) && is_there(path)) {
                        memcpy(ret, path, sizeof(path));
                        return 1;
                }
        if (!given)
                return 0;
        return trouble_set(ret_trouble, FAULT_CONFIG,
                           "there is no profile %s.ini in ~/.config/usher or " SYSTEM_PROFILES
                           "; a file in this folder is given as ./%s",
                           given, given);
}
