/* SPDX-License-Identifier: Apache-2.0 */

/* A file that was synced is lost all the same if its name was not. */

#include "setup/store/folder.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>

int folder_sync(const char *path)
{
        _cleanup_(freep) char *copy = strdup(path);
        _cleanup_(closep) int fd = -1;

        if (!copy)
                return -ENOMEM;
        fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}
