/* SPDX-License-Identifier: Apache-2.0 */

/* Lines of number, serial number and name. Reading and adding happen under one lock; lines that cannot be
 * read are passed over, never mended, as somebody else may have written them. */

#include "setup/account/numbers.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 256, NUMBER_MAX = 1000000000 };

static void closef(FILE **f)
{
        if (*f)
                (void)fclose(*f);
}

static bool is_line(const char *name, const char *serial)
{
        return name[0] && serial[0] && !strpbrk(name, "\r\n") && !strpbrk(serial, " \r\n") &&
               strlen(name) + strlen(serial) + 16 < LINE_MAX_BYTES;
}

/* "12 ARNHAM000000001 Lamp {n}\n"; false: not of this series. */
static bool read_line(const char *line, const char *name, const char **ret_serial, size_t *ret_len,
                      unsigned *ret)
{
        char *at;
        unsigned long n = strtoul(line, &at, 10);
        size_t len;

        if (line[0] < '0' || line[0] > '9' || *at != ' ' || n == 0 || n > NUMBER_MAX)
                return false;
        at++;
        len = strcspn(at, " \n");
        if (at[len] != ' ' || strncmp(at + len + 1, name, strlen(name)) != 0 ||
            strcmp(at + len + 1 + strlen(name), "\n") != 0)
                return false;
        *ret_serial = at;
        *ret_len = len;
        *ret = (unsigned)n;
        return true;
}

/* The device's number (true), or the highest one. */
static bool find(FILE *f, const char *name, const char *serial, unsigned *ret)
{
        char line[LINE_MAX_BYTES];
        unsigned n, highest = 0;
        const char *whose;
        size_t len;

        while (fgets(line, sizeof(line), f)) {
                if (!read_line(line, name, &whose, &len, &n))
                        continue;
                if (len == strlen(serial) && memcmp(whose, serial, len) == 0) {
                        *ret = n;
                        return true;
                }
                if (n > highest)
                        highest = n;
        }
        *ret = highest;
        return false;
}

/* Behind what is there, on a line of its own, also when the last one was cut off. */
static int add(FILE *f, const char *name, const char *serial, unsigned n)
{
        struct stat st;
        char last = '\n', line[LINE_MAX_BYTES];
        int len;

        if (fstat(fileno(f), &st) < 0)
                return -errno;
        if (st.st_size > NUMBERS_FILE_MAX - LINE_MAX_BYTES)
                return -E2BIG;
        if (st.st_size > 0 && pread(fileno(f), &last, 1, st.st_size - 1) < 0)
                return -errno;
        len = snprintf(line, sizeof(line), "%s%u %s %s\n", last == '\n' ? "" : "\n", n, serial, name);
        return len < (int)sizeof(line) ? file_append(fileno(f), line, (size_t)len) : -EINVAL;
}

int numbers_take(const char *path, const char *name, const char *serial, unsigned *ret)
{
        _cleanup_(closep) int fd = -1;
        _cleanup_(closef) FILE *f = NULL;
        unsigned n = 0;
        int r;

        if (!is_line(name, serial))
                return -EINVAL;
        fd = file_open_kept(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
        if (fd < 0)
                return fd;
        r = file_lock(fd, LOCK_EX);
        if (r < 0)
                return r;
        f = fdopen(fd, "a+");
        if (!f)
                return -errno;
        fd = -1; /* it is the stream's now */
        rewind(f);
        if (find(f, name, serial, &n)) {
                *ret = n;
                return 0;
        }
        if (ferror(f))
                return -EIO;
        if (n >= NUMBER_MAX)
                return -ERANGE;
        r = add(f, name, serial, n + 1);
        if (r == 0)
                *ret = n + 1;
        return r;
}
