/* SPDX-License-Identifier: Apache-2.0 */

/* A line is added by one write at the end of the file, which the kernel does not mix with another's: no
 * lock, so that nobody can hold one against us. For the same reason the file is opened without waiting, and
 * is nothing but a file. */

#include "setup/account/finished.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 128 };

static void closef(FILE **f)
{
        if (*f)
                (void)fclose(*f);
}

/* FNV-1a */
static void mix(uint64_t *hash, const void *data, size_t len)
{
        const uint8_t *byte = data;

        for (size_t i = 0; i < len; i++)
                *hash = (*hash ^ byte[i]) * UINT64_C(0x100000001b3);
}

static void mix_number(uint64_t *hash, unsigned n)
{
        uint8_t bytes[] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };

        mix(hash, bytes, sizeof(bytes));
}

uint64_t finished_hash(const struct profile *p)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325);

        mix_number(&hash, (unsigned)p->claim);
        mix_number(&hash, p->product);
        mix_number(&hash, (unsigned)p->sim);
        mix_number(&hash, (unsigned)p->ethernet);
        mix(&hash, p->apn.name ? p->apn.name : "", p->apn.name ? strlen(p->apn.name) : 0);
        for (size_t i = 0; i < p->n_networks; i++) {
                mix_number(&hash, (unsigned)p->networks[i].ssid_len);
                mix(&hash, p->networks[i].ssid, p->networks[i].ssid_len);
        }
        return hash;
}

static int open_file(const char *path, int flags, struct stat *ret)
{
        _cleanup_(closep) int fd = file_open_kept(path, flags | O_NOFOLLOW);

        if (fd < 0)
                return fd;
        if (fstat(fd, ret) < 0)
                return -errno;
        return TAKE_FD(fd);
}

/* The serial number gets an end; false: no line of ours. */
static bool read_line(char *line, int64_t *ret_s, uint64_t *ret_hash)
{
        size_t len = strcspn(line, " ");
        char *end;
        int64_t s;

        if (line[len] != ' ' || len == 0)
                return false;
        line[len] = 0;
        s = strtoll(line + len + 1, &end, 10);
        if (s < 0 || *end != ' ')
                return false;
        *ret_hash = strtoull(end + 1, &end, 16);
        *ret_s = s;
        return *end == '\n';
}

void finished_each(const char *path, finished_fn fn, void *userdata)
{
        _cleanup_(closef) FILE *f = NULL;
        _cleanup_(closep) int fd = -1;
        char line[LINE_MAX_BYTES];
        uint64_t hash;
        int64_t s;
        struct stat st;

        fd = open_file(path, O_RDONLY, &st);
        if (fd < 0 || st.st_size > FINISHED_FILE_MAX)
                return;
        f = fdopen(fd, "r");
        if (!f)
                return;
        fd = -1; /* it is the stream's now */
        while (fgets(line, sizeof(line), f))
                if (read_line(line, &s, &hash))
                        fn(userdata, line, s, hash);
}

struct search {
        const char *serial;
        int64_t last_s;
        uint64_t last;
};

static void on_line(void *userdata, const char *serial, int64_t when_s, uint64_t hash)
{
        struct search *x = userdata;

        if (strcmp(serial, x->serial) != 0)
                return;
        x->last_s = when_s;
        x->last = hash;
}

int finished_find(const char *path, const char *serial, uint64_t hash, int64_t *ret_s)
{
        struct search x = { .serial = serial };

        finished_each(path, on_line, &x);
        if (x.last_s == 0 || x.last != hash)
                return -ENOENT;
        *ret_s = x.last_s;
        return 0;
}

int finished_note(const char *path, const char *serial, uint64_t hash, int64_t when_s)
{
        _cleanup_(closep) int fd = -1;
        char line[LINE_MAX_BYTES];
        struct stat st;
        int n;

        if (!serial[0] || strpbrk(serial, " \r\n"))
                return -EINVAL;
        n = snprintf(line, sizeof(line), "%s %" PRId64 " %016" PRIx64 "\n", serial, when_s, hash);
        if (n < 0 || (size_t)n >= sizeof(line))
                return -EINVAL;
        fd = open_file(path, O_WRONLY | O_APPEND | O_CREAT, &st);
        if (fd < 0)
                return fd;
        if (st.st_size > FINISHED_FILE_MAX - LINE_MAX_BYTES)
                return -E2BIG;
        return file_append(fd, line, (size_t)n);
}
