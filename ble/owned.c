/* SPDX-License-Identifier: Apache-2.0 */

/* One small file per process, a path a line, locked while the process lives: the lock, not a process id,
 * says whether its owner is alive. Adopting writes the paths into the own record first and removes the dead
 * one after, so that a second SIGKILL loses nothing. */

#include "ble/owned.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { OWNED_MAX = 64, LINE_MAX_LEN = 128 };

#define RECORD_PREFIX "bluez-"

struct owned {
        char dir[256]; /* "" = no record */
        char file[300];
        int fd;
        char paths[OWNED_MAX][LINE_MAX_LEN];
        size_t n;
};

DEFINE_CLEANUP(DIR *, closedir)

int owned_new(const char *dir, struct owned **ret)
{
        struct owned *o = calloc(1, sizeof(*o));

        if (!o)
                return -ENOMEM;
        o->fd = -1;
        if (dir && strlen(dir) < sizeof(o->dir) && (mkdir(dir, 0700) == 0 || errno == EEXIST))
                (void)snprintf(o->dir, sizeof(o->dir), "%s", dir);
        *ret = o;
        return 0;
}

struct owned *owned_free(struct owned *o)
{
        if (!o)
                return NULL;
        if (o->fd >= 0 && o->n == 0)
                (void)unlink(o->file);
        closep(&o->fd);
        free(o);
        return NULL;
}

static int record_open(struct owned *o)
{
        _cleanup_(closep) int fd = -1;

        (void)snprintf(o->file, sizeof(o->file), "%s/" RECORD_PREFIX "XXXXXX", o->dir);
        fd = mkostemp(o->file, O_CLOEXEC);
        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
                return -errno;
        o->fd = TAKE_FD(fd);
        return 0;
}

static int record_write(struct owned *o)
{
        char text[OWNED_MAX * (LINE_MAX_LEN + 1)];
        size_t len = 0;
        int r;

        if (!*o->dir)
                return 0;
        if (o->fd < 0) {
                r = record_open(o);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < o->n; i++)
                len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n", o->paths[i]);
        if (pwrite(o->fd, text, len, 0) != (ssize_t)len || ftruncate(o->fd, (off_t)len) < 0)
                return -errno;
        return 0;
}

static bool has(const struct owned *o, const char *path)
{
        for (size_t i = 0; i < o->n; i++)
                if (strcmp(o->paths[i], path) == 0)
                        return true;
        return false;
}

int owned_add(struct owned *o, const char *path)
{
        if (has(o, path))
                return 0;
        if (o->n == OWNED_MAX || strlen(path) >= LINE_MAX_LEN)
                return -ENOSPC;
        (void)snprintf(o->paths[o->n++], LINE_MAX_LEN, "%s", path);
        return record_write(o);
}

void owned_remove(struct owned *o, const char *path)
{
        for (size_t i = 0; i < o->n; i++)
                if (strcmp(o->paths[i], path) == 0) {
                        memmove(o->paths[i], o->paths[o->n - 1], LINE_MAX_LEN);
                        o->n--;
                        (void)record_write(o); /* one path too many: the next start finds it gone */
                        return;
                }
}

/* Reads one line into `line`; false at the end. Lines that are too long, and one without an end, are
 * nobody's. */
static bool next_line(FILE *f, char line[static LINE_MAX_LEN + 2])
{
        bool rest = false; /* of a line that is too long */

        while (fgets(line, LINE_MAX_LEN + 2, f)) {
                size_t n = strcspn(line, "\n");
                bool whole = !rest && line[n] == '\n' && n > 0 && n < LINE_MAX_LEN;

                rest = line[n] != '\n';
                line[n] = '\0';
                if (whole)
                        return true;
        }
        return false;
}

DEFINE_CLEANUP(FILE *, fclose)

/* Opens the next record of another process; NULL at the end. *ret_dead: its owner lives no more (and the
 * record is locked as long as it is open). */
static FILE *next_record(struct owned *o, DIR *dir, size_t size, char *name, bool *ret_dead)
{
        const char *own = strrchr(o->file, '/');
        struct dirent *e;

        while ((e = readdir(dir))) {
                _cleanup_(closep) int fd = -1;
                FILE *f;

                if (strncmp(e->d_name, RECORD_PREFIX, strlen(RECORD_PREFIX)) != 0 ||
                    (o->fd >= 0 && own && strcmp(own + 1, e->d_name) == 0))
                        continue;
                fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
                if (fd < 0)
                        continue;
                *ret_dead = flock(fd, LOCK_EX | LOCK_NB) == 0;
                f = fdopen(fd, "re");
                if (!f)
                        continue;
                (void)TAKE_FD(fd);
                (void)snprintf(name, size, "%s", e->d_name);
                return f;
        }
        return NULL;
}

bool owned_elsewhere(struct owned *o, const char *path)
{
        _cleanup_(closedirp) DIR *dir = *o->dir ? opendir(o->dir) : NULL;
        char line[LINE_MAX_LEN + 2], name[300];
        bool dead, found = false;
        FILE *f;

        while (dir && !found && (f = next_record(o, dir, sizeof(name), name, &dead))) {
                while (!dead && !found && next_line(f, line))
                        found = strcmp(line, path) == 0;
                (void)fclose(f);
        }
        return found;
}

void owned_adopt(struct owned *o, void (*each)(void *userdata, const char *path), void *userdata)
{
        _cleanup_(closedirp) DIR *dir = *o->dir ? opendir(o->dir) : NULL;
        char line[LINE_MAX_LEN + 2], name[300];
        bool dead, kept;
        FILE *f;

        while (dir && (f = next_record(o, dir, sizeof(name), name, &dead))) {
                kept = true;
                while (dead && next_line(f, line))
                        kept &= owned_add(o, line) == 0;
                if (dead && kept)
                        (void)unlinkat(dirfd(dir), name, 0);
                (void)fclose(f);
        }
        for (size_t i = o->n; i > 0; i--) {
                char path[LINE_MAX_LEN];

                if (i > o->n)
                        continue;
                memcpy(path, o->paths[i - 1], sizeof(path));
                each(userdata, path);
        }
}
