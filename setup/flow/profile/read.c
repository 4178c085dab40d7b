/* SPDX-License-Identifier: Apache-2.0 */

/* Reading a profile. inih takes the lines apart; what it would do silently - cut a value at " ;", break a
 * long line in two, join an indented line to the one before - is refused here, because each of them would
 * change a network's name without a word. */

#include "setup/flow/profile/read.h"
#include "setup/flow/profile/check.h"
#include "setup/flow/profile/keys.h"
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

/* What inih's buffers hold, less brackets, line end and NUL. */
enum { LINE_MAX_BYTES = 190, SECTION_MAX_BYTES = 48, QR_TEXT_MAX = 512 };

/* the text */
struct reader {
        const char *at, *end;
        unsigned line;
        struct profile *profile;
        const char *name; /* of the file; NULL: it has none */
        struct trouble *trouble;
        int e;
        char seen[64][96]; /* "section/key" of the values so far */
        size_t n_seen;
};

/* Puts file and line in front of what is wrong there. */
static int refuse_at(struct reader *r, unsigned line)
{
        const char *name = r->name ? r->name : "";

        return trouble_set(r->trouble, FAULT_CONFIG, "%s%sline %u: %s", name, *name ? ", " : "", line,
                           r->trouble->cause);
}

static int refuse_line(struct reader *r, const char *why)
{
        if (r->e == 0) {
                (void)trouble_set(r->trouble, FAULT_CONFIG, "%s", why);
                r->e = refuse_at(r, r->line);
        }
        return r->e;
}

static bool is_blank(const char *line, size_t len)
{
        for (size_t i = 0; i < len; i++)
                if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
                        return false;
        return true;
}

static void check_line(struct reader *r, const char *line, size_t len)
{
        if (is_blank(line, len) || line[0] == '#' || line[0] == ';')
                return;
        if (memchr(line, 0, len))
                (void)refuse_line(r, "a byte of value zero");
        else if (line[0] == ' ' || line[0] == '\t')
                (void)refuse_line(r, "a line must not begin with a space");
        else if (line[0] == '[' ? !memchr(line, ']', len)
                                : !memchr(line, '=', len) && !memchr(line, ':', len))
                (void)refuse_line(r, "neither [section] nor key = value");
        else if (line[0] == '[' && len > SECTION_MAX_BYTES)
                (void)refuse_line(r, "the name of the section is too long");
        else if (memmem(line, len, " ;", 2) || memmem(line, len, "\t;", 2))
                (void)refuse_line(r,
                                  "a ';' after a space would cut the value off; a name that has it can be "
                                  "given with ssid-hex, a comment on a line of its own");
}

/* fgets() for inih. */
static char *next_line(char *to, int size, void *stream)
{
        struct reader *r = stream;
        size_t len = 0;
        const char *newline;

        if (r->at == r->end || r->e < 0)
                return NULL;
        r->line++;
        newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
        len = (size_t)((newline ? newline : r->end) - r->at);
        if (len > LINE_MAX_BYTES || len + 2 > (size_t)size)
                (void)refuse_line(r, "the line is too long");
        else
                check_line(r, r->at, len);
        if (r->e < 0)
                return NULL;
        memcpy(to, r->at, len);
        to[len] = '\n';
        to[len + 1] = 0;
        r->at += len + (newline ? 1 : 0);
        return to;
}

static bool note_key(struct reader *r, const char *section, const char *key)
{
        char name[sizeof(r->seen[0])];

        snprintf(name, sizeof(name), "%s/%s", section, key);
        for (size_t i = 0; i < r->n_seen; i++)
                if (strcmp(r->seen[i], name) == 0)
                        return false;
        if (r->n_seen < ELEMENTSOF(r->seen))
                memcpy(r->seen[r->n_seen++], name, sizeof(name));
        return true;
}

static int on_value(void *userdata, const char *section, const char *key, const char *value)
{
        struct reader *r = userdata;

        if (r->e < 0)
                return 0;
        if (!note_key(r, section, key)) {
                r->e = trouble_set(r->trouble, FAULT_CONFIG, "'%.60s' is given twice", key);
        } else if (!section[0]) {
                r->e = trouble_set(r->trouble, FAULT_CONFIG, "'%.60s' stands before the first [section]",
                                   key);
        } else {
                r->e = profile_set(r->profile, section, key, value, r->trouble);
        }
        if (r->e == -EINVAL)
                (void)refuse_at(r, r->line);
        return r->e == 0;
}

static int parse(const char *name, const char *text, size_t len, struct profile *ret,
                 struct trouble *ret_trouble)
{
        struct profile p = {};
        struct reader r = {
                .at = text, .end = text + len, .name = name, .profile = &p, .trouble = ret_trouble
        };
        int line;

        if (len > PROFILE_TEXT_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "longer than %d bytes", PROFILE_TEXT_MAX);
        line = ini_parse_stream(next_line, &r, on_value, &r);
        if (r.e == 0 && line != 0) {
                (void)trouble_set(ret_trouble, FAULT_CONFIG, "the line is not understood");
                r.e = refuse_at(&r, line > 0 ? (unsigned)line : 0);
        }
        if (r.e < 0) {
                profile_done(&p);
                return r.e;
        }
        *ret = p;
        return 0;
}

int profile_parse(const char *text, size_t len, struct profile *ret, struct trouble *ret_trouble)
{
        return parse(NULL, text, len, ret, ret_trouble);
}

/* files */
static int read_secret(const char *folder, const char *file, size_t max, struct secret **ret,
                       struct trouble *ret_trouble)
{
        _cleanup_(freep) char *path = NULL;
        int e;

        if (file[0] == '/' || strcmp(file, "-") == 0)
                path = strdup(file);
        else if (asprintf(&path, "%s/%s", folder, file) < 0)
                path = NULL;
        if (!path)
                return -ENOMEM;
        e = secret_read_file(path, max, ret);
        if (e == -EPERM)
                (void)trouble_set(ret_trouble, FAULT_CONFIG, "%s can be read by others: chmod o-rwx %s",
                                  path, path);
        else if (e < 0 && e != -ENOMEM)
                (void)trouble_set(ret_trouble, FAULT_CONFIG, "%s: %s", path,
                                  e == -ENODATA ? "the file is empty"
                                  : e == -E2BIG ? "too long for a secret"
                                                : strerror(-e));
        return e;
}

/* Moves one secret from its file to its place in `holder`, a profile or a network. */
static int take_secret(const char *folder, const struct profile_key *key, void *holder,
                       struct trouble *ret_trouble)
{
        char **file = (char **)((char *)holder + key->offset);
        struct secret **to = (struct secret **)((char *)holder + key->secret), *secret;
        int e;

        if (!*file)
                return 0;
        e = read_secret(folder, *file, (size_t)key->limit, &secret, ret_trouble);
        if (e < 0)
                return e;
        secret_free(*to);
        *to = secret;
        free(TAKE_PTR(*file));
        return 0;
}

/* The code says everything about the network: it takes the place of what stood there. */
static int take_qr(const char *folder, struct wifi_network *n, struct trouble *ret_trouble)
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        struct wifi_network read;
        int e;

        if (!n->qr_file)
                return 0;
        if (n->ssid_len > 0 || n->password_file)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "qr-file names a network; ssid and password-file do not go with it");
        e = read_secret(folder, n->qr_file, QR_TEXT_MAX, &text, ret_trouble);
        if (e >= 0)
                e = wifi_network_from_qr(secret_text(text), secret_len(text), &read, ret_trouble);
        if (e < 0)
                return e;
        wifi_network_done(n);
        *n = read;
        return 0;
}

static int take_wifi_secret(const char *folder, const struct profile_key *key, struct profile *p,
                            struct trouble *ret_trouble)
{
        int e = 0;

        for (size_t i = 0; i < p->n_networks && e >= 0; i++)
                e = take_secret(folder, key, &p->networks[i], ret_trouble);
        return e;
}

int profile_read_secrets(struct profile *p, const char *folder, struct trouble *ret_trouble)
{
        const struct profile_key *key;
        int e = 0;

        for (size_t i = 0; i < p->n_networks && e >= 0; i++)
                e = take_qr(folder, &p->networks[i], ret_trouble);
        for (size_t i = 0; e >= 0 && (key = profile_key(i)); i++) {
                if (key->kind != KEY_SECRET_FILE)
                        continue;
                if (strcmp(key->section, "wifi") == 0)
                        e = take_wifi_secret(folder, key, p, ret_trouble);
                else
                        e = take_secret(folder, key, p, ret_trouble);
        }
        return e;
}

static int read_text(const char *path, char *to, size_t size, size_t *ret_len)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        size_t len = 0;

        if (fd < 0)
                return -errno;
        while (len < size) {
                ssize_t n = read(fd, to + len, size - len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                len += (size_t)n;
        }
        *ret_len = len;
        return 0;
}

int profile_load(const char *path, struct profile *ret, struct trouble *ret_trouble)
{
        _cleanup_(freep) char *text = malloc(PROFILE_TEXT_MAX + 1), *folder = strdup(path);
        struct profile p;
        char *slash;
        size_t len = 0;
        int e;

        if (!text || !folder)
                return -ENOMEM;
        e = read_text(path, text, PROFILE_TEXT_MAX + 1, &len);
        if (e < 0) {
                (void)trouble_set(ret_trouble, FAULT_CONFIG, "%s: %s", path, strerror(-e));
                return e;
        }
        e = parse(path, text, len, &p, ret_trouble);
        if (e < 0)
                return e;
        slash = strrchr(folder, '/');
        if (slash)
                slash[slash == folder ? 1 : 0] = 0;
        e = profile_read_secrets(&p, slash ? folder : ".", ret_trouble);
        if (e >= 0)
                e = profile_check(&p, ret_trouble);
        if (e < 0) {
                profile_done(&p);
                return e;
        }
        *ret = p;
        return 0;
}
