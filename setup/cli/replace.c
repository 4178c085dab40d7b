/* SPDX-License-Identifier: Apache-2.0 */

/* The new text lies beside the file until it is whole and on the disk. */

#include "setup/cli/replace.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int replace_check(const char *path)
{
        const char *slash = strrchr(path, '/');
        _cleanup_(freep) char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
        struct stat st;

        if (!folder)
                return -ENOMEM;
        if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
                return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
        return access(folder, W_OK | X_OK) < 0 ? -errno : 0;
}

/* mkostemp() makes it 0600. */
int replace_write(const char *path, const void *text, size_t len)
{
        _cleanup_(freep) char *temporary = NULL;
        _cleanup_(closep) int fd = -1;
        int r;

        if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
                temporary = NULL;
                return -ENOMEM;
        }
        fd = mkostemp(temporary, O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = file_write(fd, text, len);
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        if (r == 0 && rename(temporary, path) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(temporary);
        return r;
}
