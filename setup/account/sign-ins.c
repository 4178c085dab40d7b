/* SPDX-License-Identifier: Apache-2.0 */

/* One line per failure: "SECONDS CLOUD USER". The file is short and rewritten as a whole under a lock; what
 * a crash leaves of a line is not understood and goes with the next change. Failures from the future (a
 * clock that was wrong) do not count: they could lock somebody out for years. */

#include "setup/account/sign-ins.h"
#include "cloud/client.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { SECONDS_DIGITS_MAX = 15, HASH_SIZE = SIGN_INS_HASH_LEN / 2, LINE_LEN_MAX = 96 };

static void hash(const char *text, size_t len, char ret[static SIGN_INS_HASH_LEN + 1])
{
        crypto_generichash_state state;
        uint8_t digest[HASH_SIZE];

        (void)crypto_generichash_init(&state, NULL, 0, sizeof(digest));
        for (size_t i = 0; i < len; i++) {
                uint8_t c = (uint8_t)tolower((unsigned char)text[i]);

                (void)crypto_generichash_update(&state, &c, 1);
        }
        (void)crypto_generichash_final(&state, digest, sizeof(digest));
        (void)sodium_bin2hex(ret, SIGN_INS_HASH_LEN + 1, digest, sizeof(digest));
}

void sign_in_key_make(const char *url, const char *user, struct sign_in_key *ret)
{
        size_t len;

        url = url ? url : CLOUD_URL;
        len = strlen(url);
        while (len && url[len - 1] == '/')
                len--;
        hash(url, len, ret->cloud);
        hash(user, strlen(user), ret->user);
}

/* pure */

static bool take_hash(const char **at, const char *end, char ret[static SIGN_INS_HASH_LEN + 1])
{
        if (end - *at < 1 + SIGN_INS_HASH_LEN || **at != ' ')
                return false;
        for (size_t i = 1; i <= SIGN_INS_HASH_LEN; i++)
                if (!strchr("0123456789abcdef", (*at)[i]) || !(*at)[i])
                        return false;
        memcpy(ret, *at + 1, SIGN_INS_HASH_LEN);
        ret[SIGN_INS_HASH_LEN] = 0;
        *at += 1 + SIGN_INS_HASH_LEN;
        return true;
}

static bool take_line(const char *at, const char *end, struct sign_in_failure *ret)
{
        const char *begin = at;

        ret->at_s = 0;
        while (at < end && isdigit((unsigned char)*at) && at - begin < SECONDS_DIGITS_MAX)
                ret->at_s = ret->at_s * 10 + (*at++ - '0');
        return at > begin && take_hash(&at, end, ret->key.cloud) && take_hash(&at, end, ret->key.user) &&
               at == end;
}

static void keep(struct sign_ins *s, const struct sign_in_failure *f)
{
        if (s->n == SIGN_INS_KEEP_MAX)
                memmove(&s->failure[0], &s->failure[1], --s->n * sizeof(s->failure[0]));
        s->failure[s->n++] = *f;
}

void sign_ins_parse(const char *text, size_t len, int64_t now_s, struct sign_ins *ret)
{
        const char *end = text + len;
        struct sign_in_failure f;

        ret->n = 0;
        while (text < end) {
                const char *stop = memchr(text, '\n', (size_t)(end - text));

                if (stop && take_line(text, stop, &f) && f.at_s <= now_s &&
                    now_s - f.at_s < SIGN_INS_WINDOW_S)
                        keep(ret, &f);
                text = stop ? stop + 1 : end;
        }
}

/* Until the `max`-th last of those that count is out of the window. `user` NULL: of all. */
static unsigned wait_s(const struct sign_ins *s, const char *cloud, const char *user, unsigned max,
                       int64_t now_s)
{
        for (size_t i = s->n; i-- > 0;) {
                const struct sign_in_failure *f = &s->failure[i];

                if (strcmp(f->key.cloud, cloud) != 0 || (user && strcmp(f->key.user, user) != 0) || --max)
                        continue;
                return (unsigned)(f->at_s + SIGN_INS_WINDOW_S - now_s);
        }
        return 0;
}

unsigned sign_ins_wait_s(const struct sign_ins *s, const struct sign_in_key *key, int64_t now_s, bool again)
{
        unsigned user_s = again ? 0 : wait_s(s, key->cloud, key->user, SIGN_INS_USER_MAX, now_s);
        unsigned all_s = wait_s(s, key->cloud, NULL, SIGN_INS_CLOUD_MAX, now_s);

        return user_s > all_s ? user_s : all_s;
}

/* the file */

static int read_failures(int fd, int64_t now_s, struct sign_ins *ret)
{
        char text[SIGN_INS_LEN_MAX];
        ssize_t len = pread(fd, text, sizeof(text), 0);

        if (len < 0)
                return -errno;
        sign_ins_parse(text, (size_t)len, now_s, ret);
        return 0;
}

unsigned sign_ins_file_wait_s(const char *path, const struct sign_in_key *key, int64_t now_s, bool again)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDONLY | O_NOFOLLOW);
        struct sign_ins s;

        if (fd < 0)
                return 0;
        (void)file_lock(fd, LOCK_SH); /* held by somebody, it ends no limit */
        if (read_failures(fd, now_s, &s) < 0)
                return 0;
        return sign_ins_wait_s(&s, key, now_s, again);
}

static int write_failures(int fd, const struct sign_ins *s)
{
        char text[SIGN_INS_KEEP_MAX * LINE_LEN_MAX];
        size_t len = 0;
        int r;

        for (size_t i = 0; i < s->n; i++)
                len += (size_t)snprintf(text + len, sizeof(text) - len, "%lld %s %s\n",
                                        (long long)s->failure[i].at_s, s->failure[i].key.cloud,
                                        s->failure[i].key.user);
        if (lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        r = file_write(fd, text, len);
        if (r == 0 && ftruncate(fd, (off_t)len) < 0)
                r = -errno;
        return r;
}

static void forget(struct sign_ins *s, const struct sign_in_key *key)
{
        size_t kept = 0;

        for (size_t i = 0; i < s->n; i++)
                if (strcmp(s->failure[i].key.cloud, key->cloud) != 0 ||
                    strcmp(s->failure[i].key.user, key->user) != 0)
                        s->failure[kept++] = s->failure[i];
        s->n = kept;
}

static int change(const char *path, const struct sign_in_key *key, int64_t now_s, bool failed)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDWR | (failed ? O_CREAT : 0) | O_NOFOLLOW);
        struct sign_ins s;
        int r;

        if (fd < 0)
                return !failed && fd == -ENOENT ? 0 : fd;
        r = file_lock(fd, LOCK_EX);
        if (r < 0)
                return r;
        r = read_failures(fd, now_s, &s);
        if (r < 0)
                return r;
        if (failed)
                keep(&s, &(struct sign_in_failure){ .at_s = now_s, .key = *key });
        else
                forget(&s, key);
        return write_failures(fd, &s);
}

int sign_ins_file_failed(const char *path, const struct sign_in_key *key, int64_t now_s)
{
        return change(path, key, now_s, true);
}

int sign_ins_file_succeeded(const char *path, const struct sign_in_key *key, int64_t now_s)
{
        return change(path, key, now_s, false);
}

/* ---- a sign-in ---- */

int sign_ins_allowed(const char *path, const struct sign_in_key *key, int64_t now_s, bool again,
                     struct trouble *ret_trouble)
{
        unsigned wait_s = path ? sign_ins_file_wait_s(path, key, now_s, again) : 0;
        unsigned minutes = (wait_s + 59) / 60;

        if (wait_s == 0)
                return 0;
        return trouble_set(
                ret_trouble, FAULT_SIGN_IN,
                "The last tries were wrong, and more would make the cloud block this address: it is "
                "not asked now. Wait %u minute%s, then try again%s.",
                minutes, minutes == 1 ? "" : "s",
                again ? "" : "; or, if you are sure now: usher login --again");
}

void sign_ins_judged(const char *path, const struct sign_in_key *key, int64_t now_s, enum fault how)
{
        if (!path)
                return;
        if (how == FAULT_SIGN_IN || how == FAULT_SIGN_IN_CODE || how == FAULT_CONFIG)
                (void)sign_ins_file_failed(path, key, now_s);
        else if (how == FAULT_NONE)
                (void)sign_ins_file_succeeded(path, key, now_s);
}
