/* SPDX-License-Identifier: Apache-2.0 */

/* What dm-log-writes kept of a disk's writes (the kernel's
 * Documentation/admin-guide/device-mapper/log-writes.rst; the records are those of its
 * drivers/md/dm-log-writes.c), put on another disk as far as a power cut lets it come.
 *
 *   log-replay points LOG               how many flush points there are: flushes, and writes that are
 * through (FUA) log-replay apply LOG DISK FROM TO   writes all that lies behind point FROM (0: the
 * beginning) up to point TO
 *
 * In the log a write stands where the disk had it for certain, before the flush that made it so. */

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC 0x6a736677736872ULL

enum { VERSION = 1, FLUSH = 1, FUA = 2, DISCARD = 4, SECTOR_MAX = 4096 };

/* The log's first sector. */
struct super {
        uint64_t magic, version, entries;
        uint32_t sector_bytes;
};

/* A sector before the data of each write; counts and places are in sectors. */
struct entry {
        uint64_t sector, sectors, flags, data_len;
};

struct log {
        int fd;
        uint64_t entries;
        size_t sector_bytes;
        off_t at; /* of the next entry */
};

static void die(const char *what)
{
        (void)fprintf(stderr, "log-replay: %s: %s\n", what, errno ? strerror(errno) : "not as it should be");
        exit(1);
}

static void read_at(int fd, void *to, size_t len, off_t at)
{
        ssize_t n = pread(fd, to, len, at);

        if (n < 0 || (size_t)n != len)
                die("the log");
}

static void log_open(struct log *l, const char *path)
{
        struct super s;

        l->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (l->fd < 0)
                die(path);
        read_at(l->fd, &s, sizeof(s), 0);
        l->entries = le64toh(s.entries);
        l->sector_bytes = le32toh(s.sector_bytes);
        l->at = (off_t)l->sector_bytes;
        if (le64toh(s.magic) != MAGIC || le64toh(s.version) != VERSION || l->sector_bytes < 512 ||
            l->sector_bytes > SECTOR_MAX)
                die(path);
}

/* The next entry; where its data are. */
static off_t log_next(struct log *l, struct entry *ret)
{
        off_t data = l->at + (off_t)l->sector_bytes;

        read_at(l->fd, ret, sizeof(*ret), l->at);
        ret->sector = le64toh(ret->sector);
        ret->sectors = le64toh(ret->sectors);
        ret->flags = le64toh(ret->flags);
        if (ret->flags & DISCARD)
                die("a discard, which nothing here asks for");
        l->at = data + (off_t)(ret->sectors * l->sector_bytes);
        return data;
}

static void put(const struct log *l, const struct entry *e, off_t data, int disk)
{
        off_t to = (off_t)(e->sector * l->sector_bytes);
        char bytes[SECTOR_MAX];

        for (uint64_t i = 0; i < e->sectors; i++) {
                off_t step = (off_t)(i * l->sector_bytes);

                read_at(l->fd, bytes, l->sector_bytes, data + step);
                if (pwrite(disk, bytes, l->sector_bytes, to + step) != (ssize_t)l->sector_bytes)
                        die("the disk");
        }
}

/* How many points it passed. */
static unsigned long walk(struct log *l, int disk, unsigned long from, unsigned long to)
{
        unsigned long point = 0;

        for (uint64_t i = 0; i < l->entries && point < to; i++) {
                struct entry e;
                off_t data = log_next(l, &e);

                if (point >= from && disk >= 0)
                        put(l, &e, data, disk);
                if (e.flags & (FLUSH | FUA))
                        point++;
        }
        return point;
}

int main(int argc, char **argv)
{
        struct log l;
        int disk;

        if (argc == 3 && strcmp(argv[1], "points") == 0) {
                log_open(&l, argv[2]);
                printf("%lu\n", walk(&l, -1, 0, ~0UL));
                return 0;
        }
        if (argc != 6 || strcmp(argv[1], "apply") != 0)
                return 2;
        log_open(&l, argv[2]);
        disk = open(argv[3], O_WRONLY | O_CLOEXEC);
        if (disk < 0)
                die(argv[3]);
        if (walk(&l, disk, strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10)) !=
            strtoul(argv[5], NULL, 10))
                die("there is no such point");
        return close(disk) < 0;
}
