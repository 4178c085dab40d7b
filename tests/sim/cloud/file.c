/* SPDX-License-Identifier: Apache-2.0 */

/* Written under a temporary name and renamed. Not synced to the disk: it survives the program, and a test
 * cloud need not survive the machine. */

#include "tests/sim/cloud/file.h"
#include "proto/base/bytes.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

int file_read(const char *path, size_t max, char **ret)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        _cleanup_(freep) char *text = NULL;
        size_t len = 0, size = 0;
        ssize_t n;

        if (fd < 0)
                return -errno;
        do {
                if (len == size) {
                        char *grown = realloc(text, size + 65536 + 1);

                        if (!grown)
                                return -ENOMEM;
                        text = grown;
                        size += 65536;
                }
                n = read(fd, text + len, size - len);
                if (n < 0)
                        return -errno;
                len += (size_t)n;
                if (len > max)
                        return -EFBIG;
        } while (n > 0);
        text[len] = 0;
        *ret = TAKE_PTR(text);
        return 0;
}

static int write_all(int fd, const char *text)
{
        size_t len = strlen(text);
        ssize_t n;

        for (; len > 0; text += n, len -= (size_t)n) {
                n = write(fd, text, len);
                if (n < 0)
                        return -errno;
        }
        return 0;
}

int file_replace(const char *path, const char *text)
{
        _cleanup_(freep) char *temporary = NULL;
        _cleanup_(closep) int fd = -1;
        int r;

        if (asprintf(&temporary, "%s.new", path) < 0) {
                temporary = NULL;
                return -ENOMEM;
        }
        fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        r = write_all(fd, text);
        if (r == 0 && rename(temporary, path) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(temporary);
        return r;
}
