/* SPDX-License-Identifier: Apache-2.0 */

/* Finding the token. The Particle CLI's profile is only ever read: the CLI rewrites its file as a whole, and
 * a second writer would lose what it just wrote. A token is checked to be one printable word before anything
 * else sees it, so that it cannot break the header it is sent in. */

#include "cloud/token.h"
#include "cloud/client.h"
#include "cloud/json.h"
#include "proto/base/file.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PROFILE_MAX = 65536, STALE_S = 300 };

void token_done(struct token *t)
{
        secret_free(t->secret);
        free(t->origin);
        free(t->user);
        free(t->url);
        free(t->proxy);
        *t = (struct token){ 0 };
}

/* Without trailing slashes; host names are not compared beyond that: a difference means "ask the person". */
static size_t url_len(const char *url)
{
        size_t n = strlen(url);

        while (n > 0 && url[n - 1] == '/')
                n--;
        return n;
}

bool token_is_for(const struct token *t, const char *url)
{
        const char *mine = t->url ? t->url : CLOUD_URL;
        const char *theirs = url ? url : CLOUD_URL;

        return t->kind == TOKEN_GIVEN ||
               (url_len(mine) == url_len(theirs) && strncasecmp(mine, theirs, url_len(mine)) == 0);
}

static bool is_token(const struct secret *s)
{
        for (size_t i = 0; i < secret_len(s); i++)
                if (!isgraph(secret_bytes(s)[i]))
                        return false;
        return secret_len(s) > 0;
}

/* What these look for is in one place or not: -ENOENT goes on with the next, all else ends the search. */
static int place_error(const char *path, int r, struct trouble *trouble)
{
        switch (-r) {
        case 0:
        case ENOENT:
        case ENOMEM: return r;
        case ENOTDIR: return -ENOENT;
        case EPERM:
                return trouble_set(trouble, FAULT_CONFIG,
                                   "%s may be read by everybody on this machine: run chmod o-rwx on it.",
                                   path);
        case EACCES: return trouble_set(trouble, FAULT_CONFIG, "%s may not be read by this user.", path);
        case EISDIR: return trouble_set(trouble, FAULT_CONFIG, "%s is a folder, not a file.", path);
        case ENOTSUP:
        case ETIMEDOUT:
        case ECANCELED: return file_trouble(path, r, trouble);
        case ENODATA: return trouble_set(trouble, FAULT_TOKEN_INVALID, "%s is empty.", path);
        case E2BIG:
                return trouble_set(trouble, FAULT_TOKEN_INVALID, "%s is too long to hold a token.", path);
        default: return trouble_set(trouble, FAULT_CONFIG, "%s cannot be read.", path);
        }
}

static int read_place(const char *path, size_t max, struct secret **ret, struct trouble *trouble)
{
        return place_error(path, secret_read_file(path, max, ret), trouble);
}

/* What the API or the CLI's file says of a token, kept as it came: {"access_token":"...", ...}. */
static int take_json(const struct plain *text, struct secret **token, struct trouble *trouble)
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        const char *said = NULL;
        int r = cloud_json_read(text->at, text->len, &j);

        if (r == -ENOMEM)
                return r;
        if (r >= 0)
                said = cloud_json_text(j, "access_token");
        if (!said)
                return trouble_set(trouble, FAULT_CONFIG, "JSON without an access_token");
        secret_free(TAKE_PTR(*token));
        return secret_new(said, strlen(said), token);
}

/* Leaves the token alone of what the file holds. */
static int unwrap(struct secret **token, struct trouble *trouble)
{
        struct plain text = { secret_text(*token), secret_len(*token) };
        int r = plain_begin(&text, trouble);

        if (r < 0)
                return r;
        if (text.at[strspn(text.at, " \t\r\n")] == '{')
                return take_json(&text, token, trouble);
        r = plain_word(&text, trouble);
        if (r >= 0)
                secret_cut(*token, text.at, text.len);
        return r;
}

static int from_file(const char *path, struct token *ret, struct trouble *trouble)
{
        const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
        int r;

        r = read_place(path, PLAIN_FILE_MAX, &ret->secret, trouble);
        if (r < 0)
                return r;
        r = unwrap(&ret->secret, trouble);
        if (r < 0 && r != -ENOMEM)
                return trouble_set(trouble, FAULT_TOKEN_INVALID, "%s: %s.", name, trouble->cause);
        if (r < 0)
                return r;
        if (secret_len(ret->secret) > TOKEN_MAX)
                return trouble_set(trouble, FAULT_TOKEN_INVALID, "%s is too long to hold a token.", name);
        if (!is_token(ret->secret))
                return trouble_set(trouble, FAULT_TOKEN_INVALID,
                                   "%s holds a character that no token has: a token is letters and digits.",
                                   name);
        ret->origin = strdup(name);
        return ret->origin ? 0 : -ENOMEM;
}

/* the Particle CLI */

static bool is_folder(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ~/.particle/NAME; false if there is no home. */
static bool profile_path(char *path, size_t size, const char *name, const char *suffix)
{
        static const char *const variables[] = { "home", "HOME", "HOMEPATH", "USERPROFILE" };

        for (size_t i = 0; i < ELEMENTSOF(variables); i++) {
                const char *home = getenv(variables[i]);

                if (home && *home && is_folder(home))
                        return (size_t)snprintf(path, size, "%s/.particle/%s%s", home, name, suffix) < size;
        }
        return false;
}

/* Read with the mode that it has: it holds no secret. */
static int read_open(const char *path, size_t max, struct secret **ret, struct trouble *trouble)
{
        _cleanup_(closep) int fd = file_open(path);
        int r = fd < 0 ? fd : secret_read(fd, max, ret);

        return place_error(path, r, trouble);
}

static int read_json(const char *path, bool secret, json_t **ret, struct trouble *trouble)
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        int r;

        r = (secret ? read_place : read_open)(path, PROFILE_MAX, &text, trouble);
        if (r < 0)
                return r;
        r = cloud_json_read(secret_text(text), secret_len(text), ret);
        if (r < 0 && r != -ENOMEM)
                return trouble_set(trouble, FAULT_CONFIG, "%s is not the JSON that the Particle CLI writes.",
                                   path);
        return r;
}

/* The name of the CLI's profile in use; "particle" unless profile.json says another. */
static int profile_name(char *name, size_t size, struct trouble *trouble)
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        char path[4096];
        const char *said;
        int r;

        (void)snprintf(name, size, "particle");
        if (!profile_path(path, sizeof(path), "profile.json", ""))
                return -ENOENT;
        r = read_json(path, false, &j, trouble);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        said = cloud_json_text(j, "name");
        if (!said)
                return 0;
        if (strchr(said, '/') || strlen(said) >= size)
                return trouble_set(trouble, FAULT_CONFIG, "%s names a profile that cannot be one.", path);
        (void)snprintf(name, size, "%s", said);
        return 0;
}

static bool copy_text(const json_t *j, const char *key, char **ret)
{
        const char *text = cloud_json_text(j, key);

        if (!text)
                return true;
        *ret = strdup(text);
        return *ret != NULL;
}

static int take_profile(const json_t *j, const char *path, struct token *ret, struct trouble *trouble)
{
        const char *text = cloud_json_text(j, "access_token");

        if (!text)
                return -ENOENT;
        if (secret_new(text, strlen(text), &ret->secret) < 0)
                return -ENOMEM;
        if (!is_token(ret->secret))
                return trouble_set(trouble, FAULT_TOKEN_INVALID,
                                   "%s holds an access_token that cannot be one.", path);
        ret->expires_s = cloud_json_time(j, "access_token_expires_at");
        if (ret->expires_s && ret->expires_s - timer_wall_s() < STALE_S)
                return trouble_set(trouble, FAULT_TOKEN_EXPIRED,
                                   "%s has expired, or will within 5 minutes: run 'particle login'.", path);
        ret->kind = TOKEN_PARTICLE_CLI;
        ret->origin = strdup(path);
        if (!ret->origin || !copy_text(j, "username", &ret->user) || !copy_text(j, "apiUrl", &ret->url) ||
            !copy_text(j, "proxyUrl", &ret->proxy))
                return -ENOMEM;
        return 0;
}

static int from_profile(struct token *ret, struct trouble *trouble)
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        char name[128], path[4096];
        int r;

        r = profile_name(name, sizeof(name), trouble);
        if (r < 0)
                return r;
        if (!profile_path(path, sizeof(path), name, ".config.json"))
                return -ENOENT;
        r = read_json(path, true, &j, trouble);
        return r < 0 ? r : take_profile(j, path, ret, trouble);
}

/* the search */
static int from_credentials(struct token *ret, struct trouble *trouble)
{
        const char *folder = getenv("CREDENTIALS_DIRECTORY");
        char path[4096];

        if (!folder || !*folder || (size_t)snprintf(path, sizeof(path), "%s/token", folder) >= sizeof(path))
                return -ENOENT;
        return from_file(path, ret, trouble);
}

int token_own_path(char ret[static TOKEN_PATH_MAX])
{
        const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
        int n;

        if (config && config[0] == '/')
                n = snprintf(ret, TOKEN_PATH_MAX, "%s/usher/token", config);
        else if (home && *home)
                n = snprintf(ret, TOKEN_PATH_MAX, "%s/.config/usher/token", home);
        else
                return -ENOENT;
        return n < TOKEN_PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int from_own(struct token *ret, struct trouble *trouble)
{
        char path[TOKEN_PATH_MAX];

        if (token_own_path(path) < 0)
                return -ENOENT;
        ret->kind = TOKEN_OWN;
        return from_file(path, ret, trouble);
}

static int refuse_missing(const char *file, struct trouble *ret)
{
        const char *folder = getenv("CREDENTIALS_DIRECTORY");
        char name[128], path[4096] = "the Particle CLI's profile (no HOME is set)";
        char own[TOKEN_PATH_MAX] = "usher's own sign-in (no HOME is set)";

        if (file)
                return trouble_set(ret, FAULT_TOKEN_MISSING, "%s: there is no such file.", file);
        (void)profile_name(name, sizeof(name), ret);
        (void)profile_path(path, sizeof(path), name, ".config.json");
        (void)token_own_path(own);
        return trouble_set(ret, FAULT_TOKEN_MISSING, "Looked for it in %s%s, %s and %s.",
                           folder && *folder ? folder : "$CREDENTIALS_DIRECTORY (not set)",
                           folder && *folder ? "/token" : "", own, path);
}

int token_find(const char *file, struct token *ret, struct trouble *ret_trouble)
{
        _cleanup_(token_done) struct token t = { 0 };
        int r;

        if (file)
                r = from_file(file, &t, ret_trouble);
        else {
                r = from_credentials(&t, ret_trouble);
                if (r == -ENOENT)
                        r = from_own(&t, ret_trouble);
                if (r == -ENOENT) {
                        t.kind = TOKEN_GIVEN;
                        r = from_profile(&t, ret_trouble);
                }
        }
        if (r == -ENOENT)
                return refuse_missing(file, ret_trouble);
        if (r < 0)
                return r;
        *ret = t;
        t = (struct token){ 0 };
        return 0;
}

/* saving */
static int write_all(int fd, const struct secret *token)
{
        int r = file_write(fd, secret_bytes(token), secret_len(token));

        if (r == 0)
                r = file_write(fd, "\n", 1);
        return r == 0 && fsync(fd) < 0 ? -errno : r;
}

/* A file beside it, mode 0600. */
static int open_beside(const char *path, char beside[static TOKEN_PATH_MAX])
{
        int fd;

        if (is_folder(path))
                return -EISDIR;
        if (snprintf(beside, TOKEN_PATH_MAX, "%s.XXXXXX", path) >= TOKEN_PATH_MAX)
                return -ENAMETOOLONG;
        fd = mkostemp(beside, O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

int token_place_check(const char *path)
{
        static const char zeros[TOKEN_MAX];
        _cleanup_(closep) int fd = -1;
        char beside[TOKEN_PATH_MAX];
        int r;

        fd = open_beside(path, beside);
        if (fd < 0)
                return fd;
        r = file_write(fd, zeros, sizeof(zeros));
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        (void)unlink(beside);
        return r;
}

int token_save(const char *path, const struct secret *token)
{
        _cleanup_(closep) int fd = -1;
        char beside[TOKEN_PATH_MAX];
        int r;

        fd = open_beside(path, beside);
        if (fd < 0)
                return fd;
        r = write_all(fd, token);
        if (r >= 0 && rename(beside, path) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(beside);
        return r;
}
