/* SPDX-License-Identifier: Apache-2.0 */

/* Secrets in sodium_malloc() memory: guard pages on both sides, mlock()ed, MADV_DONTDUMP, wiped on free.
 * Reading from a file is here too, although proto/ touches no descriptor otherwise: a secret must go from
 * the file straight into guarded memory, and both cloud/ and setup/cli read some. */

#include "proto/base/secret.h"
#include "proto/base/file.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct secret {
        size_t len;
        size_t max; /* for secret_append() */
        char text[];
};

int secret_init(void)
{
        return sodium_init() < 0 ? -EIO : 0;
}

int secret_hide_process(void)
{
        if (prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 }) < 0)
                return -EIO;
        return 0;
}

/* sodium_malloc() puts the end of the block at a page's end, so only a rounded size keeps `len` aligned. */
static struct secret *allocate(size_t text_size)
{
        return sodium_malloc((sizeof(struct secret) + text_size + 15) & ~(size_t)15);
}

int secret_new(const void *data, size_t len, struct secret **ret)
{
        struct secret *s;

        s = allocate(len + 1);
        if (!s)
                return -ENOMEM;
        s->len = s->max = len;
        if (len)
                memcpy(s->text, data, len);
        s->text[len] = 0;
        *ret = s;
        return 0;
}

int secret_new_empty(size_t max, struct secret **ret)
{
        struct secret *s = allocate(max + 1);

        if (!s)
                return -ENOMEM;
        s->len = 0;
        s->max = max;
        memset(s->text, 0, max + 1);
        *ret = s;
        return 0;
}

int secret_append(struct secret *s, const void *data, size_t len)
{
        if (len > s->max - s->len)
                return -ENOBUFS;
        memcpy(s->text + s->len, data, len);
        s->len += len;
        return 0;
}

struct secret *secret_free(struct secret *s)
{
        sodium_free(s);
        return NULL;
}

int secret_read(int fd, size_t max, struct secret **ret)
{
        _cleanup_(secret_freep) struct secret *s = NULL;
        size_t len = 0, room = max + 3; /* CR, LF and one byte that tells "too long" */
        int r;

        s = allocate(room);
        if (!s)
                return -ENOMEM;
        r = file_read_all(fd, s->text, room, &len);
        if (r < 0)
                return r;
        if (len && s->text[len - 1] == '\n')
                len--;
        if (len && s->text[len - 1] == '\r')
                len--;
        if (len > max)
                return -E2BIG;
        if (!len)
                return -ENODATA;
        s->len = s->max = len;
        memset(s->text + len, 0, room - len);
        *ret = TAKE_PTR(s);
        return 0;
}

int secret_read_file(const char *path, size_t max, struct secret **ret)
{
        _cleanup_(closep) int fd = file_open(path);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (strcmp(path, "-") != 0 && S_ISREG(st.st_mode) && (st.st_mode & 007))
                return -EPERM;
        return secret_read(fd, max, ret);
}

void secret_cut(struct secret *s, const char *at, size_t len)
{
        memmove(s->text, at, len);
        sodium_memzero(s->text + len, s->len - len);
        s->len = len;
}

static void tell(int error, const char *name, size_t max, struct trouble *ret)
{
        switch (-error) {
        case EINVAL: (void)trouble_set(ret, FAULT_CONFIG, "%s: %s", name, ret->cause); break;
        case EPERM:
                (void)trouble_set(ret, FAULT_CONFIG, "%s can be read by others: chmod o-rwx %s", name, name);
                break;
        case E2BIG:
                (void)trouble_set(ret, FAULT_CONFIG, "%s is too long: at most %zu bytes", name, max);
                break;
        case ENODATA: (void)trouble_set(ret, FAULT_CONFIG, "%s is empty", name); break;
        default: (void)file_trouble(name, error, ret);
        }
}

int secret_read_plain(const char *path, size_t max,
                      int (*take)(struct plain *text, struct trouble *ret_trouble), struct secret **ret,
                      struct trouble *ret_trouble)
{
        _cleanup_(secret_freep) struct secret *s = NULL;
        struct plain text;
        int r;

        r = secret_read_file(path, PLAIN_FILE_MAX, &s);
        if (r >= 0) {
                text = (struct plain){ s->text, s->len };
                r = take(&text, ret_trouble);
        }
        if (r >= 0 && text.len > max)
                r = -E2BIG;
        if (r < 0) {
                tell(r, strcmp(path, "-") == 0 ? "standard input" : path, max, ret_trouble);
                return r;
        }
        secret_cut(s, text.at, text.len);
        *ret = TAKE_PTR(s);
        return 0;
}

const uint8_t *secret_bytes(const struct secret *s)
{
        return (const uint8_t *)s->text;
}

const char *secret_text(const struct secret *s)
{
        return s->text;
}

size_t secret_len(const struct secret *s)
{
        return s->len;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
        return a && b && a->len == b->len && sodium_memcmp(a->text, b->text, a->len) == 0;
}
