/* SPDX-License-Identifier: Apache-2.0 */

/* SQLite's own lock keeps a second one out, too, but cannot say whom to ask. The file stays: deleting it
 * would let two processes hold the locks of two files of one name. */

#include "setup/store/lock.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

static int held(const char *path, int fd, struct trouble *ret_trouble)
{
        char text[16] = "";
        size_t len;

        if (file_read_all(fd, text, sizeof(text) - 1, &len) < 0)
                len = 0;
        text[len] = 0;
        text[strspn(text, "0123456789")] = 0;
        return trouble_set(ret_trouble, FAULT_STORE,
                           "%s is in use by another usher%s%s: wait for its end, or end it", path,
                           text[0] ? ", process " : "", text);
}

int lock_take(const char *path, struct trouble *ret_trouble)
{
        _cleanup_(closep) int fd = -1;
        char *name = NULL, text[16];

        if (asprintf(&name, "%s.lock", path) < 0)
                return -ENOMEM;
        fd = file_open_kept(name, O_RDWR | O_CREAT);
        free(name);
        if (fd < 0)
                return fd;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? held(path, fd, ret_trouble) : -errno;
        (void)snprintf(text, sizeof(text), "%d\n", getpid());
        if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0)
                return -errno;
        return TAKE_FD(fd);
}
