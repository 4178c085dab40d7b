/* SPDX-License-Identifier: Apache-2.0 */

/* Finding the token. The Particle CLI's profile is only ever read: the CLI rewrites its file as a whole, and
 * a second writer would lose what it just wrote. A token is checked to be one printable word before anything
 * else sees it, so that it cannot break the header it is sent in. */

#include "cloud/token.h"
#include "cloud/client.h"
#include "cloud/json.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

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

static void say(char cause[static TOKEN_CAUSE_MAX], const char *path, const char *what)
{
        (void)snprintf(cause, TOKEN_CAUSE_MAX, "%.380s%s", path, what);
}

static bool is_token(const struct secret *s)
{
        for (size_t i = 0; i < secret_len(s); i++)
                if (!isgraph(secret_bytes(s)[i]))
                        return false;
        return secret_len(s) > 0;
}

/* Anything but "there is no such file" (FAULT_TOKEN_MISSING, no cause) ends the search. */
static enum fault read_place(const char *path, size_t max, struct secret **ret,
                             char cause[static TOKEN_CAUSE_MAX])
{
        switch (-secret_read_file(path, max, ret)) {
        case 0: return FAULT_NONE;
        case ENOENT:
        case ENOTDIR: return FAULT_TOKEN_MISSING;
        case EPERM:
                say(cause, path, " may be read by everybody on this machine: run chmod o-rwx on it.");
                return FAULT_CONFIG;
        case EACCES: say(cause, path, " may not be read by this user."); return FAULT_CONFIG;
        case EISDIR: say(cause, path, " is a folder, not a file."); return FAULT_CONFIG;
        case ENODATA: say(cause, path, " is empty."); return FAULT_TOKEN_INVALID;
        case E2BIG: say(cause, path, " is too long to hold a token."); return FAULT_TOKEN_INVALID;
        case ENOMEM: return FAULT_INTERNAL;
        default: say(cause, path, " cannot be read."); return FAULT_CONFIG;
        }
}

static enum fault from_file(const char *path, struct token *ret, char cause[static TOKEN_CAUSE_MAX])
{
        const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
        enum fault fault;

        fault = read_place(path, TOKEN_MAX, &ret->secret, cause);
        if (fault != FAULT_NONE)
                return fault;
        if (!is_token(ret->secret)) {
                say(cause, name, " holds more than one word: a token is one line without spaces.");
                return FAULT_TOKEN_INVALID;
        }
        ret->origin = strdup(name);
        return ret->origin ? FAULT_NONE : FAULT_INTERNAL;
}

/* the Particle CLI */

/* ~/.particle/NAME; false if there is no home. */
static bool profile_path(char *path, size_t size, const char *name, const char *suffix)
{
        static const char *const variables[] = { "home", "HOME", "HOMEPATH", "USERPROFILE" };

        for (size_t i = 0; i < ELEMENTSOF(variables); i++) {
                const char *home = getenv(variables[i]);

                if (home && *home)
                        return (size_t)snprintf(path, size, "%s/.particle/%s%s", home, name, suffix) < size;
        }
        return false;
}

static enum fault read_json(const char *path, json_t **ret, char cause[static TOKEN_CAUSE_MAX])
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        enum fault fault;
        int r;

        fault = read_place(path, PROFILE_MAX, &text, cause);
        if (fault != FAULT_NONE)
                return fault;
        r = cloud_json_read(secret_text(text), secret_len(text), ret);
        if (r == -ENOMEM)
                return FAULT_INTERNAL;
        if (r < 0) {
                say(cause, path, " is not the JSON that the Particle CLI writes.");
                return FAULT_CONFIG;
        }
        return FAULT_NONE;
}

/* The name of the CLI's profile in use; "particle" unless profile.json says another. */
static enum fault profile_name(char *name, size_t size, char cause[static TOKEN_CAUSE_MAX])
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        char path[4096];
        const char *said;
        enum fault fault;

        (void)snprintf(name, size, "particle");
        if (!profile_path(path, sizeof(path), "profile.json", ""))
                return FAULT_TOKEN_MISSING;
        fault = read_json(path, &j, cause);
        if (fault == FAULT_TOKEN_MISSING)
                return FAULT_NONE;
        if (fault != FAULT_NONE)
                return fault;
        said = cloud_json_text(j, "name");
        if (!said)
                return FAULT_NONE;
        if (strchr(said, '/') || strlen(said) >= size) {
                say(cause, path, " names a profile that cannot be one.");
                return FAULT_CONFIG;
        }
        (void)snprintf(name, size, "%s", said);
        return FAULT_NONE;
}

static bool copy_text(const json_t *j, const char *key, char **ret)
{
        const char *text = cloud_json_text(j, key);

        if (!text)
                return true;
        *ret = strdup(text);
        return *ret != NULL;
}

static enum fault take_profile(const json_t *j, const char *path, struct token *ret,
                               char cause[static TOKEN_CAUSE_MAX])
{
        const char *text = cloud_json_text(j, "access_token");

        if (!text)
                return FAULT_TOKEN_MISSING;
        if (secret_new(text, strlen(text), &ret->secret) < 0)
                return FAULT_INTERNAL;
        if (!is_token(ret->secret)) {
                say(cause, path, " holds an access_token that cannot be one.");
                return FAULT_TOKEN_INVALID;
        }
        ret->expires_s = cloud_json_time(j, "access_token_expires_at");
        if (ret->expires_s && ret->expires_s - timer_wall_s() < STALE_S) {
                say(cause, path, " has expired, or will within 5 minutes: run 'particle login'.");
                return FAULT_TOKEN_EXPIRED;
        }
        ret->kind = TOKEN_PARTICLE_CLI;
        ret->origin = strdup(path);
        if (!ret->origin || !copy_text(j, "username", &ret->user) || !copy_text(j, "apiUrl", &ret->url) ||
            !copy_text(j, "proxyUrl", &ret->proxy))
                return FAULT_INTERNAL;
        return FAULT_NONE;
}

static enum fault from_profile(struct token *ret, char cause[static TOKEN_CAUSE_MAX])
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        char name[128], path[4096];
        enum fault fault;

        fault = profile_name(name, sizeof(name), cause);
        if (fault != FAULT_NONE)
                return fault;
        if (!profile_path(path, sizeof(path), name, ".config.json"))
                return FAULT_TOKEN_MISSING;
        fault = read_json(path, &j, cause);
        if (fault != FAULT_NONE)
                return fault;
        return take_profile(j, path, ret, cause);
}

/* the search */
static enum fault from_credentials(struct token *ret, char cause[static TOKEN_CAUSE_MAX])
{
        const char *folder = getenv("CREDENTIALS_DIRECTORY");
        char path[4096];

        if (!folder || !*folder || (size_t)snprintf(path, sizeof(path), "%s/token", folder) >= sizeof(path))
                return FAULT_TOKEN_MISSING;
        return from_file(path, ret, cause);
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

static enum fault from_own(struct token *ret, char cause[static TOKEN_CAUSE_MAX])
{
        char path[TOKEN_PATH_MAX];

        if (token_own_path(path) < 0)
                return FAULT_TOKEN_MISSING;
        ret->kind = TOKEN_OWN;
        return from_file(path, ret, cause);
}

static void say_missing(const char *file, char cause[static TOKEN_CAUSE_MAX])
{
        const char *folder = getenv("CREDENTIALS_DIRECTORY");
        char name[128], path[4096] = "the Particle CLI's profile (no HOME is set)", ignored[TOKEN_CAUSE_MAX];
        char own[TOKEN_PATH_MAX] = "usher's own sign-in (no HOME is set)";

        if (file) {
                say(cause, file, ": there is no such file.");
                return;
        }
        (void)profile_name(name, sizeof(name), ignored);
        (void)profile_path(path, sizeof(path), name, ".config.json");
        (void)token_own_path(own);
        (void)snprintf(cause, TOKEN_CAUSE_MAX, "Looked for it in %.130s%s, %.150s and %.150s.",
                       folder && *folder ? folder : "$CREDENTIALS_DIRECTORY (not set)",
                       folder && *folder ? "/token" : "", own, path);
}

enum fault token_find(const char *file, struct token *ret, char cause[static TOKEN_CAUSE_MAX])
{
        _cleanup_(token_done) struct token t = { 0 };
        enum fault fault;

        cause[0] = 0;
        if (file)
                fault = from_file(file, &t, cause);
        else {
                fault = from_credentials(&t, cause);
                if (fault == FAULT_TOKEN_MISSING)
                        fault = from_own(&t, cause);
                if (fault == FAULT_TOKEN_MISSING) {
                        t.kind = TOKEN_GIVEN;
                        fault = from_profile(&t, cause);
                }
        }
        if (fault == FAULT_TOKEN_MISSING)
                say_missing(file, cause);
        if (fault != FAULT_NONE)
                return fault;
        *ret = t;
        t = (struct token){ 0 };
        return FAULT_NONE;
}

/* saving */
static int write_all(int fd, const struct secret *token)
{
        size_t len = 0;

        while (len < secret_len(token)) {
                ssize_t n = write(fd, secret_bytes(token) + len, secret_len(token) - len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                len += (size_t)n;
        }
        if (write(fd, "\n", 1) != 1 || fsync(fd) < 0)
                return -errno;
        return 0;
}

int token_save(const char *path, const struct secret *token)
{
        _cleanup_(closep) int fd = -1;
        char beside[4096];
        int r;

        if ((size_t)snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= sizeof(beside))
                return -ENAMETOOLONG;
        fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
        if (fd < 0)
                return -errno;
        r = write_all(fd, token);
        if (r >= 0 && rename(beside, path) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(beside);
        return r;
}
