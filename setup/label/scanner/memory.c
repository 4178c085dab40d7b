/* SPDX-License-Identifier: Apache-2.0 */

/* A line is added, none is changed: whoever is interrupted while writing leaves what was there. A file that
 * has grown beyond what anybody's scanners need begins anew. */

#include "setup/label/scanner/memory.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MEMORY_MAX = 16 * 1024 };

int memory_find(const char *path, const char *id, enum keymap *ret)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDONLY);
        char text[MEMORY_MAX + 1];
        size_t len, id_len = strlen(id);
        int r, found = -ENOENT;

        if (fd < 0)
                return fd;
        r = file_read_all(fd, text, MEMORY_MAX, &len);
        if (r < 0)
                return r;
        text[len] = 0;
        for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
                size_t n = (size_t)(end - line);

                if (n > id_len && memcmp(line, id, id_len) == 0 && line[id_len] == ' ' &&
                    keymap_find(line + id_len + 1, n - id_len - 1, ret) == 0)
                        found = 0;
        }
        return found;
}

/* False after a line that was not finished: the power went. */
static bool ends_well(int fd)
{
        off_t size = lseek(fd, 0, SEEK_END);
        char last = '\n';

        return size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

int memory_keep(const char *path, const char *id, enum keymap map)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDWR | O_CREAT | O_APPEND);
        char line[MEMORY_ID_MAX + 16];
        enum keymap known;
        int r;

        if (fd < 0)
                return fd;
        if (memory_find(path, id, &known) == 0 && known == map)
                return 0;
        r = file_lock(fd, LOCK_EX);
        if (r < 0)
                return r;
        if (lseek(fd, 0, SEEK_END) > MEMORY_MAX / 2 && ftruncate(fd, 0) < 0)
                return -errno;
        (void)snprintf(line, sizeof(line), "%s%s %s\n", ends_well(fd) ? "" : "\n", id, keymap_name(map));
        return file_append(fd, line, strlen(line));
}
